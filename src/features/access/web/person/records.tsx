import { Link, Loaded, Rows, Time, useApi, type Column } from '#web/kit/index.ts'
import { auditPage, type AuditRecord } from '#features/workspace/schema.ts'
import { actWords } from '#features/workspace/web/act-names.ts'
import type { MemberPage } from '../../schema.ts'
import { Nothing, Part } from './part.tsx'

const atMost = 8

const act: Column<AuditRecord> = { key: 'act', header: 'Act', cell: (r) => actWords(r.action) }
const at: Column<AuditRecord> = {
  key: 'at',
  header: 'When',
  cell: (r) => <Time at={r.at} />,
  align: 'right',
}
const toHer: readonly Column<AuditRecord>[] = [
  act,
  { key: 'by', header: 'By', cell: (r) => r.actor.label, wideOnly: true },
  at,
]
const byHer: readonly Column<AuditRecord>[] = [
  act,
  { key: 'what', header: 'What', cell: (r) => r.target.label, wideOnly: true },
  at,
]

/** The newest records of the trail: what was done to her account, and what she did. */
export function RecordsPart({ member }: { readonly member: MemberPage }) {
  return (
    <>
      <Part title="What was done to her" needs="audit.read" actions={<All of={member} />}>
        <Listed
          of="target"
          member={member}
          columns={toHer}
          nothing="Nothing was done to this account."
        />
      </Part>
      <Part title="What she did" needs="audit.read" actions={<All of={member} />}>
        <Listed of="actor" member={member} columns={byHer} nothing="She has done nothing here." />
      </Part>
    </>
  )
}

const All = ({ of }: { readonly of: MemberPage }) => (
  <Link to="/audit" search={{ q: of.email }} size="sm">
    All
  </Link>
)

interface ListedProps {
  readonly of: 'target' | 'actor'
  readonly member: MemberPage
  readonly columns: readonly Column<AuditRecord>[]
  readonly nothing: string
}

function Listed({ of, member, columns, nothing }: ListedProps) {
  const answer = useApi(['activity', of, member.id], '/api/v1/activity', auditPage, {
    query: { [of]: member.id, limit: atMost },
  })
  return (
    <Loaded of={answer}>
      {({ items }) =>
        items.length === 0 ? (
          <Nothing>{nothing}</Nothing>
        ) : (
          <Rows
            label={of === 'target' ? 'What was done to her' : 'What she did'}
            columns={columns}
            rows={items}
            rowKey={(r) => r.id}
            rowLink={(r) => `/audit/${r.id}`}
          />
        )
      }
    </Loaded>
  )
}
