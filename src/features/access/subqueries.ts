import { contains } from './store.listing.ts'
import { q } from './tables.ts'

/**
 * Sets of members for the `in (…)` of a feature that lists something by its member: a list of a hundred thousand rows
 * cannot take their ids along, and nobody else reads our tables.
 */
export const membersNamed = (text: string) =>
  q.selectFrom('members').select('members.id').where(contains('members.search', text))

/** Suspended, archived, or not yet there. */
export const membersNotActive = () =>
  q.selectFrom('members').select('members.id').where('members.status', '!=', 'active')

/** The groups that the member is in. */
export const groupsWith = (memberId: string) =>
  q
    .selectFrom('group_members')
    .select('group_members.group_id')
    .where('group_members.member_id', '=', memberId)
