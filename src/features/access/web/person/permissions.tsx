import { Text } from '@mantine/core'
import { Empty, Link, Rows, Section, Time, type Column } from '#web/kit/index.ts'
import type { MemberPage } from '../../schema.ts'

type Held = MemberPage['permissions'][number]
type Because = Held['because'][number]

const columns: readonly Column<Held>[] = [
  {
    key: 'sentence',
    header: 'May',
    cell: (p) => (
      <>
        {p.sentence}
        {p.off !== null && (
          <Text size="sm" c="dimmed">
            Held, but {p.off} is turned off for everybody.
          </Text>
        )}
      </>
    ),
  },
  {
    key: 'because',
    header: 'Because of',
    cell: (p) =>
      p.because.map((b) => <Reason key={`${b.kind} ${b.id} ${b.through?.id ?? ''}`} of={b} />),
    width: 240,
  },
  {
    key: 'key',
    header: 'Permission',
    cell: (p) => <code>{p.key}</code>,
    width: 190,
    wideOnly: true,
  },
]

/** The role, how it reaches her, and until when. */
function Reason({ of: { kind, id, name, through, endsAt } }: { readonly of: Because }) {
  return (
    <div>
      {kind === 'role' ? (
        <Link underline="always" to={`/roles/${id}`}>
          {name}
        </Link>
      ) : (
        name
      )}
      {through?.kind === 'group' && (
        <>
          {' '}
          of{' '}
          <Link underline="always" to={`/groups/${through.id}`}>
            {through.name}
          </Link>
        </>
      )}
      {through?.kind === 'default' && ', which everybody has who was given no other'}
      {endsAt !== null && (
        <>
          {' '}
          until <Time at={endsAt} />
        </>
      )}
    </div>
  )
}

/** What she may do, with all that it comes from. */
export function PermissionsPart({ member }: { readonly member: MemberPage }) {
  return (
    <Section title="Roles and permissions" about="What this member may do now, and why.">
      {member.permissions.length === 0 ? (
        <Empty title="Nothing at the moment">
          A member who is {member.status} holds no permissions.
        </Empty>
      ) : (
        <Rows
          label="Permissions"
          columns={columns}
          rows={member.permissions}
          rowKey={(p) => p.key}
        />
      )}
    </Section>
  )
}
