import { all, first, run, type Work } from '#kernel/work.ts'
import type { LinkKind } from './schema.ts'
import { q, type LinkRow } from './tables.ts'

export function* insertLink(link: LinkRow): Work<void> {
  yield* run(q.insertInto('one_time_links').values(link))
}

export function* linkById(id: string): Work<LinkRow | undefined> {
  return yield* first(q.selectFrom('one_time_links').selectAll().where('id', '=', id))
}

/** True for exactly one of all who try at once. */
export function* markUsed(id: string, at: number): Work<boolean> {
  const changed = yield* run(
    q
      .updateTable('one_time_links')
      .set({ used_at: at })
      .where('id', '=', id)
      .where('used_at', 'is', null),
  )
  return changed === 1
}

/** Unused links of a kind, for a member or (null) for nobody yet. */
export function* deleteOpenLinks(kind: LinkKind, memberId: string | null): Work<number> {
  return yield* run(
    q
      .deleteFrom('one_time_links')
      .where('kind', '=', kind)
      .where('member_id', memberId === null ? 'is' : '=', memberId)
      .where('used_at', 'is', null),
  )
}

export function* deleteLinksOf(memberId: string): Work<number> {
  return yield* run(q.deleteFrom('one_time_links').where('member_id', '=', memberId))
}

export function* deleteLinksExpiredBefore(at: number): Work<number> {
  return yield* run(q.deleteFrom('one_time_links').where('expires_at', '<', at))
}

/** Invitations that nobody has used, newest first. There is at most one for each member. */
export function* openInvitations(): Work<readonly LinkRow[]> {
  return yield* all(
    q
      .selectFrom('one_time_links')
      .selectAll()
      .where('kind', '=', 'invitation')
      .where('used_at', 'is', null)
      .orderBy('id', 'desc'),
  )
}
