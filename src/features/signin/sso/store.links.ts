import { all, first, run, type Work } from '#kernel/work.ts'
import { q, type LinkRow } from './tables.ts'

export function* linkOf(issuer: string, subject: string): Work<LinkRow | undefined> {
  return yield* first(
    q
      .selectFrom('sso_links')
      .selectAll()
      .where('issuer', '=', issuer)
      .where('subject', '=', subject),
  )
}

export function* linkById(id: string): Work<LinkRow | undefined> {
  return yield* first(q.selectFrom('sso_links').selectAll().where('id', '=', id))
}

export function* linksOf(memberId: string): Work<readonly LinkRow[]> {
  return yield* all(
    q.selectFrom('sso_links').selectAll().where('member_id', '=', memberId).orderBy('id'),
  )
}

export function* insertLink(row: LinkRow): Work<void> {
  yield* run(q.insertInto('sso_links').values(row))
}

export function* usedLink(id: string, at: number, email: string | null): Work<void> {
  yield* run(q.updateTable('sso_links').set({ last_used_at: at, email }).where('id', '=', id))
}

export function* deleteLink(id: string): Work<void> {
  yield* run(q.deleteFrom('sso_links').where('id', '=', id))
}

export function* deleteLinksOf(memberId: string): Work<void> {
  yield* run(q.deleteFrom('sso_links').where('member_id', '=', memberId))
}

export function* linksByProvider(): Work<ReadonlyMap<string, number>> {
  const rows = yield* all(
    q
      .selectFrom('sso_links')
      .select('provider_id')
      .select((e) => e.fn.countAll<number>().as('n'))
      .groupBy('provider_id'),
  )
  return new Map(rows.map((row) => [row.provider_id, row.n]))
}

/** Those of the members who are linked to a provider that is on. */
export function* linkedAmong(memberIds: readonly string[]): Work<ReadonlySet<string>> {
  const found = new Set<string>()
  // A thousand at a time: SQLite takes 32,766 values in a statement.
  for (let from = 0; from < memberIds.length; from += 1000) {
    const rows = yield* all(
      q
        .selectFrom('sso_links')
        .innerJoin('sso_providers', 'sso_providers.id', 'sso_links.provider_id')
        .select('member_id')
        .where('is_on', '=', 1)
        .where('member_id', 'in', memberIds.slice(from, from + 1000)),
    )
    for (const row of rows) found.add(row.member_id)
  }
  return found
}
