import { Link, Loaded, Rows, Time, useApi, type Column } from '#web/kit/index.ts'
import { requestList, type AccessRequest } from '#features/requests/schema.ts'
import { RequestMark } from '#features/requests/web/words.tsx'
import type { MemberPage } from '../../schema.ts'
import { Nothing, Part } from './part.tsx'

const columns: readonly Column<AccessRequest>[] = [
  { key: 'title', header: 'What', cell: (r) => r.title },
  { key: 'state', header: 'State', cell: (r) => <RequestMark of={r} /> },
  { key: 'asked', header: 'Asked', cell: (r) => <Time at={r.createdAt} />, align: 'right' },
]

/** What she asked for, the newest first. */
export function RequestsPart({ member }: { readonly member: MemberPage }) {
  return (
    <Part
      title="Requests"
      about="What she asked for."
      needs="requests.decide"
      actions={
        <Link to="/requests" search={{ q: member.email }} size="sm">
          All
        </Link>
      }
    >
      <Listed member={member} />
    </Part>
  )
}

function Listed({ member }: { readonly member: MemberPage }) {
  const answer = useApi(['requests', 'of-member', member.id], '/api/v1/requests', requestList, {
    query: { member: member.id, limit: 5 },
  })
  return (
    <Loaded of={answer}>
      {({ items }) =>
        items.length === 0 ? (
          <Nothing>She has asked for nothing.</Nothing>
        ) : (
          <Rows
            label="Requests"
            columns={columns}
            rows={items}
            rowKey={(r) => r.id}
            rowLink={(r) => `/requests/${r.id}`}
          />
        )
      }
    </Loaded>
  )
}
