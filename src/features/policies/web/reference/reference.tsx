import { useEffect, type ReactNode } from 'react'
import { z } from 'zod'
import { FilterBox, LinkButton, Loaded, Page, useAddress, useApi } from '#web/kit/index.ts'
import { requirementsSchema, type RequirementsSchema } from '../../schema.reference.ts'
import { ComplaintList } from './complaints.tsx'
import { KeyList } from './keys.tsx'
import { filtered, sectionsOf, toldOnce } from './sections.ts'
import './reference.css'

const view = z.object({ q: z.string().catch('').default('') })

/** The schema table as a page: what every key means, and what the check says of mistakes. */
export function ReferenceScreen() {
  const answer = useApi(['reference'], '/api/v1/requirements/schema', requirementsSchema)
  return (
    <Loaded of={answer}>
      {(whole) => (
        <Reference
          whole={whole}
          title="Reference"
          about={`Every key of requirements.toml as Codex ${whole.clientVersion} takes it, tried with that client unless it says otherwise, and everything the check says.`}
          actions={
            <LinkButton variant="default" to="/docs/defaults">
              Keys of the defaults
            </LinkButton>
          }
        />
      )}
    </Loaded>
  )
}

/** The same for the config.toml that people start with. */
export function DefaultsReferenceScreen() {
  const answer = useApi(['reference', 'defaults'], '/api/v1/defaults/schema', requirementsSchema)
  return (
    <Loaded of={answer}>
      {(whole) => (
        <Reference
          whole={whole}
          title="Reference of the defaults"
          about={`Every key of the overridable config.toml beside a policy, as Codex ${whole.clientVersion} takes it. People may set all of it otherwise, within what the requirements allow.`}
          actions={
            <LinkButton variant="default" to="/docs/requirements">
              Keys of the requirements
            </LinkButton>
          }
        />
      )}
    </Loaded>
  )
}

interface Props {
  readonly whole: RequirementsSchema
  readonly title: string
  readonly about: string
  readonly actions: ReactNode
}

function Reference({ whole, title, about, actions }: Props) {
  const [{ q }, setView] = useAddress(view)
  const { keys, complaints } = filtered(whole, q)
  const sections = sectionsOf(q === '' ? toldOnce(keys) : keys)
  useEffect(() => {
    // The page was not there yet when the browser looked for the anchor.
    showAnchor(decodeURIComponent(window.location.hash.slice(1)))
  }, [])
  const all = whole.keys.length + whole.complaints.length
  const shown = keys.length + complaints.length
  return (
    <Page title={title} about={about} actions={actions}>
      <div className="gh-ref-tools">
        <FilterBox
          label="Filter keys and complaints"
          placeholder="Key, value or word"
          value={q}
          onChange={(next) => setView({ q: next }, { replace: true })}
        />
        <span role="status" className="gh-ref-count">
          {q === '' ? `${whole.keys.length} keys` : `${shown} of ${all}`}
        </span>
      </div>
      <div className="gh-ref">
        <details className="gh-ref-contents" open={window.innerWidth > 900}>
          <summary>Contents</summary>
          <nav aria-label="Contents">
            <ul>
              {sections.map(({ name }) => (
                <li key={name}>
                  <a href={`#${name}`}>{name}</a>
                </li>
              ))}
              {complaints.length > 0 && (
                <li>
                  <a href="#complaints">Complaints of the check</a>
                </li>
              )}
            </ul>
          </nav>
        </details>
        <div className="gh-ref-body">
          {shown === 0 && <p>Nothing has “{q}” in it.</p>}
          {sections.map((section) => (
            <KeyList key={section.name} section={section} />
          ))}
          {complaints.length > 0 && <ComplaintList complaints={complaints} />}
        </div>
      </div>
    </Page>
  )
}

/** The key itself, or what stands for it: the table above it where its keys are told elsewhere. */
function showAnchor(anchor: string): void {
  for (let path = anchor; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.')))) {
    const found = document.getElementById(path)
    if (found) {
      found.scrollIntoView()
      return
    }
  }
}
