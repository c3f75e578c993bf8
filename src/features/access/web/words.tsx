import { Text } from '@mantine/core'
import { Link, plural, Status, useCan, type Meaning } from '#web/kit/index.ts'
import type { Member, MemberPage, MemberStatus, RoleKey, ServiceKey } from '../schema.ts'

export const roleNames: Readonly<Record<RoleKey, string>> = {
  owner: 'Owner',
  admin: 'Admin',
  member: 'Member',
}

const statusMeanings: Readonly<Record<MemberStatus, Meaning>> = {
  invited: 'prompt',
  // Nearly everybody is: a colour would say nothing.
  active: 'neutral',
  suspended: 'forbidden',
  archived: 'neutral',
}

export function MemberState({ of }: { readonly of: MemberStatus }) {
  return <Status meaning={statusMeanings[of]}>{of}</Status>
}

export const sources: Readonly<Record<Member['source'], string>> = {
  manual: 'by hand',
  scim: 'directory',
}

/** Where a member or a group comes from, and so where it is changed. */
export function Source({ keptBy }: Pick<MemberPage, 'keptBy'>) {
  const sees = useCan('directories.manage')
  if (keptBy === null) return 'By hand or by import'
  return (
    <>
      The directory{' '}
      {sees ? <Link to={`/directories/${keptBy.id}`}>{keptBy.name}</Link> : keptBy.name}
    </>
  )
}

const keyMeanings: Readonly<Record<ServiceKey['state'], Meaning>> = {
  working: 'allowed',
  asleep: 'prompt',
  expired: 'neutral',
  revoked: 'neutral',
}

export function KeyState({ of }: { readonly of: ServiceKey['state'] }) {
  return <Status meaning={keyMeanings[of]}>{of}</Status>
}

/** What a person is called: the name, or the address where there is none. */
export const called = (m: Pick<Member, 'name' | 'email'>): string =>
  m.name === '' ? m.email : m.name

export const people = (count: number): string => plural(count, 'member')

export function GroupLinks({
  groups,
}: {
  readonly groups: readonly {
    readonly id: string
    readonly name: string
    readonly endsAt?: number | null
  }[]
}) {
  if (groups.length === 0)
    return (
      <Text span inherit c="dimmed">
        none
      </Text>
    )
  return groups.map((group, i) => (
    <span key={group.id}>
      {i > 0 && ', '}
      <Link to={`/groups/${group.id}`}>{group.name}</Link>
    </span>
  ))
}
