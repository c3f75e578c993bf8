import { Text } from '@mantine/core'
import { Link, Status, type Meaning } from '#web/kit/index.ts'
import type { Member, MemberStatus, RoleKey, ServiceKey } from '../schema.ts'

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

export const people = (count: number): string =>
  `${count.toLocaleString('en')} ${count === 1 ? 'member' : 'members'}`

export function GroupLinks({
  groups,
}: {
  readonly groups: readonly { readonly id: string; readonly name: string }[]
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
