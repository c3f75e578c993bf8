import { Time } from '#web/kit/index.ts'
import type { AuditRecord } from '../schema.ts'
import { actWords } from './act-names.ts'

export function Act({ of: action }: { readonly of: string }) {
  return <span title={action}>{actWords(action)}</span>
}

/** What was acted on; on a telephone the time stands below it. */
export function Target({ of: record }: { readonly of: AuditRecord }) {
  return (
    <>
      {record.target.label || record.target.kind}
      <span className="gh-narrow-only gh-quiet">
        <Time at={record.at} />
      </span>
    </>
  )
}
