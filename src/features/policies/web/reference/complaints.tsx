import { Marked, Status } from '#web/kit/index.ts'
import type { ReferenceComplaint } from '../../schema.reference.ts'

/** Every code of the check with what the client does when a policy is published so. */
export function ComplaintList({
  complaints,
}: {
  readonly complaints: readonly ReferenceComplaint[]
}) {
  return (
    <section className="gh-ref-section" aria-label="Complaints of the check">
      <h2 id="complaints">Complaints of the check</h2>
      <p>
        An error cannot be published. The words differ with the place; here each code speaks of the
        example below it.
      </p>
      {complaints.map((one) => (
        <article key={one.code} id={`complaint-${one.code}`} className="gh-ref-key">
          <h3>
            <a href={`#complaint-${one.code}`}>{one.code}</a>
            <Status meaning={one.severity === 'error' ? 'forbidden' : 'prompt'}>
              {one.severity}
            </Status>
          </h3>
          <p>
            <Marked text={one.message} />
          </p>
          <p>
            <Marked text={one.effect} />
          </p>
          <p className="gh-ref-facts">
            <Marked text={one.remedy} />
          </p>
          {one.example !== undefined && <pre>{one.example}</pre>}
        </article>
      ))}
    </section>
  )
}
