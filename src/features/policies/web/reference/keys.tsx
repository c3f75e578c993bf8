import { Marked, Status } from '#web/kit/index.ts'
import type { ReferenceKey } from '../../schema.reference.ts'
import type { ReferenceSection } from './sections.ts'

export function KeyList({ section }: { readonly section: ReferenceSection }) {
  // With a filter the key itself may be missing, and only some below it are there.
  const alone = section.keys[0]?.path !== section.name
  return (
    <section className="gh-ref-section" aria-label={section.name}>
      {alone && <h2 id={section.name}>{section.name}</h2>}
      {section.keys.map((key) => (
        <KeyEntry key={key.path} of={key} />
      ))}
    </section>
  )
}

function KeyEntry({ of: key }: { readonly of: ReferenceKey }) {
  const cut = key.path.lastIndexOf('.') + 1
  const Heading = cut === 0 ? 'h2' : 'h3'
  const explained = key.values.filter(({ about, caution }) => about ?? caution)
  return (
    <article id={key.path} className="gh-ref-key">
      <Heading>
        <a href={`#${key.path}`}>
          <span className="gh-ref-prefix">{key.path.slice(0, cut)}</span>
          {key.path.slice(cut)}
        </a>
        {key.required && <Status>required</Status>}
        {key.delivered === 'local-only' && <Status meaning="prompt">only on the machine</Status>}
        {key.delivered === 'refused' && <Status meaning="forbidden">refused in a policy</Status>}
      </Heading>
      <p>
        <Marked text={key.about} />
      </p>
      <p className="gh-ref-facts">{factsOf(key).join(' · ')}</p>
      {key.like !== undefined && (
        <p>
          The same keys as below <a href={`#${key.like}`}>{key.like}</a>.
        </p>
      )}
      {explained.length > 0 && (
        <ul>
          {explained.map(({ value, about, caution }) => (
            <li key={value}>
              <code>{value}</code>{' '}
              <Marked text={[about, caution?.message, caution?.effect].filter(Boolean).join(' ')} />
            </li>
          ))}
        </ul>
      )}
      {key.caution && (
        <p>
          <Status meaning="prompt">note</Status>{' '}
          <Marked text={`${key.caution.message} ${key.caution.effect} ${key.caution.remedy}`} />
        </p>
      )}
      {key.example !== undefined && <pre>{key.example}</pre>}
    </article>
  )
}

function factsOf(key: ReferenceKey): readonly string[] {
  return [
    `Must be ${key.expects}`,
    ...(key.only.length === 0 ? [] : [`with ${key.only.join(' or ')}`]),
    ...(key.since === undefined ? [] : [`since ${key.since}`]),
    ...(key.aliases.length === 0 ? [] : [`also read as ${key.aliases.join(', ')}`]),
    ...(key.source === 'client' ? [] : ['from the documentation, not seen in the client']),
  ]
}
