import { Link, Rows, Section, Status, Time, useCan, type Column } from '#web/kit/index.ts'
import type { MemberPage } from '../../schema.ts'
import { ChangeEnd } from '../group-members.tsx'
import { called } from '../words.tsx'
import { Nothing } from './part.tsx'

type GroupOf = MemberPage['groups'][number]

/** The groups that she is in, and until when. */
export function GroupsPart({ member }: { readonly member: MemberPage }) {
  const may = useCan('members.manage')
  const columns: readonly Column<GroupOf>[] = [
    { key: 'name', header: 'Group', cell: (g) => <Link to={`/groups/${g.id}`}>{g.name}</Link> },
    { key: 'until', header: 'Until', cell: (g) => <Time at={g.endsAt} none="for good" /> },
    {
      key: 'act',
      header: '',
      align: 'right',
      cell: (g) =>
        g.endsAt === null ? (
          ''
        ) : may ? (
          <ChangeEnd group={g} member={{ id: member.id, name: called(member) }} />
        ) : (
          <Status meaning="prompt">ends</Status>
        ),
    },
  ]
  return (
    <Section title="Groups" about="Groups decide which policy applies, and some give roles.">
      {member.groups.length === 0 ? (
        <Nothing>In no group: the default policy applies.</Nothing>
      ) : (
        <Rows label="Groups" columns={columns} rows={member.groups} rowKey={(g) => g.id} />
      )}
    </Section>
  )
}
