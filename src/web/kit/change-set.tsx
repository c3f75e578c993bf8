import './change-set.css'
import { useState } from 'react'
import { Alert, Button, Stack } from '@mantine/core'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { preview, type Act, type ChangeSet, type Preview } from '#features/policies/schema.act.ts'
import { api } from '../api.ts'
import { Effect } from './confirm.tsx'
import { plural } from './plural.ts'
import { Status } from './status.tsx'

/** What an act would do to whom, asked of the server while nothing has happened yet. */
export function useChangeSet(act: Act | undefined): UseQueryResult<Preview> {
  return useQuery({
    queryKey: ['change-set', act],
    queryFn: () => api.post('/api/v1/change-sets/preview', { body: { act }, schema: preview }),
    enabled: act !== undefined,
    staleTime: 0,
    gcTime: 0,
  })
}

/** `3 members, 1 enrolment and 2 service accounts`. */
export const people = (set: {
  readonly members: number
  readonly enrolments: number
  readonly accounts: number
}): string => {
  const { members, enrolments, accounts } = set
  const parts = [
    count(members, 'member'),
    count(enrolments, 'enrolment'),
    count(accounts, 'service account'),
  ].filter((part) => part !== '')
  return new Intl.ListFormat('en-GB').format(parts)
}
const count = (n: number, word: string): string => (n === 0 ? '' : plural(n, word))

interface ChangeSetViewProps {
  readonly set: ChangeSet
  /** The act has an effect on clients even where nobody gets another policy: a surface that is about signing in. */
  readonly alwaysWhen?: boolean
}

/** Who gets another policy, which keys change for them, when their clients know and how to take it back. */
export function ChangeSetView({ set, alwaysWhen = false }: ChangeSetViewProps) {
  return (
    <Stack gap="md">
      <Effect
        touches={
          set.touches === 0 ? (
            'Nobody gets another policy by this.'
          ) : (
            <>
              <strong>{people(set)}</strong> {set.touches === 1 ? 'gets' : 'get'} another policy.
            </>
          )
        }
        {...(set.touches === 0 && !alwaysWhen ? {} : { when: set.clients })}
        undo={set.undo}
      />
      {set.changes.length > 0 && (
        <ul className="gh-changes" aria-label="Changes">
          {set.changes.map((change, i) => (
            <OneChange key={i} change={change} />
          ))}
        </ul>
      )}
      {set.moreChanges > 0 && (
        <p className="gh-quiet">And {set.moreChanges} more kinds of change.</p>
      )}
      <Complaints of={set.complaints} severity="error" />
      <Complaints of={set.complaints} severity="warning" />
    </Stack>
  )
}

/** What the check says about a text that would be served: its errors, or its warnings. */
export function Complaints(props: {
  readonly of: ChangeSet['complaints']
  readonly severity: 'error' | 'warning'
}) {
  const found = props.of.filter(({ severity }) => severity === props.severity)
  if (found.length === 0) return null
  return (
    <Alert
      color={props.severity === 'error' ? 'red' : 'yellow'}
      title={`${count(found.length, props.severity)} of the check`}
    >
      {found.slice(0, complaintsAtOnce).map((one, i) => (
        <div key={i}>
          {one.document === 'defaults' ? 'Defaults, line' : 'Line'} {one.line}: {one.message}{' '}
          {props.severity === 'error' ? one.effect : ''}
        </div>
      ))}
      {found.length > complaintsAtOnce && <div>And {found.length - complaintsAtOnce} more.</div>}
    </Alert>
  )
}
const complaintsAtOnce = 5

type Change = ChangeSet['changes'][number]

function OneChange({ change }: { readonly change: Change }) {
  const shown = change.sample.slice(0, 4)
  const rest = change.sample.slice(4)
  const unnamed = change.count - change.sample.length
  return (
    <li>
      <div className="gh-change-head">
        <span className="gh-change-count">{change.count.toLocaleString('en')} ×</span>
        <Side side={change.before} is={change.beforeIs} />
        <span aria-label="becomes">→</span>
        <Side side={change.after} is={change.afterIs} />
      </div>
      <div className="gh-quiet">
        {shown.map(({ label }) => label).join(', ')}
        {rest.length > 0 && (
          <details>
            <summary>and {(rest.length + unnamed).toLocaleString('en')} more</summary>
            {rest.map(({ label }) => label).join(', ')}
            {unnamed > 0 && ` … and ${unnamed.toLocaleString('en')} others`}
          </details>
        )}
      </div>
      {change.keys.length > 0 && <Keys keys={change.keys} />}
      {change.beforeIs === 'policy' && change.afterIs === 'policy' && change.keys.length === 0 && (
        <div className="gh-quiet">No key has another value: only comments or layout differ.</div>
      )}
    </li>
  )
}

/** One end of a change: a policy in a version, or what there is instead. */
export function Side({
  side,
  is,
}: {
  readonly side: Change['before']
  readonly is: Change['beforeIs']
}) {
  if (side)
    return (
      <span>
        <strong>{side.name}</strong> version {side.version}
      </span>
    )
  if (is === 'refused') return <Status meaning="forbidden">refuses to start</Status>
  if (is === 'gone') return <Status meaning="removed">gone</Status>
  return <Status meaning="prompt">no policy: unconstrained</Status>
}

const keysAtOnce = 12

function Keys({ keys }: { readonly keys: Change['keys'] }) {
  const [all, setAll] = useState(false)
  const shown = all ? keys : keys.slice(0, keysAtOnce)
  return (
    <div className="gh-keys" role="region" aria-label="Keys that change" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ document, key, before, after }) => (
            <tr key={`${document} ${key}`}>
              <th scope="row">
                <code>{key}</code>
                {document === 'defaults' && <span className="gh-quiet"> (default)</span>}
              </th>
              <td data-label="Before">
                {before === undefined ? <em>not set</em> : <code data-side="before">{before}</code>}
              </td>
              <td data-label="After">
                {after === undefined ? <em>not set</em> : <code data-side="after">{after}</code>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {keys.length > shown.length && (
        <Button variant="subtle" size="compact-xs" onClick={() => setAll(true)}>
          Show {keys.length - shown.length} more keys
        </Button>
      )}
    </div>
  )
}
