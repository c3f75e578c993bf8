import { sql, type RawBuilder } from 'kysely'
import { contains } from '#kernel/like.ts'
import { decodeCursor, encodeCursor } from '#kernel/page.ts'
import { all, first, queries, type Work } from '#kernel/work.ts'
import type { WatchTables } from '../tables.ts'
import type { DatedVersion, PageRow } from './load.ts'

const q = queries<WatchTables>()

/** One version of the page of the outer query, found through the index on (page_id, moment). */
const versionOf = (which: 'newest' | 'oldest', moment: number): RawBuilder<string | null> =>
  sql<string | null>`(select v.id from watch_versions v
    inner join watch_snapshots s on s.id = v.snapshot_id
    where v.page_id = watch_pages.id and v.moment <= ${moment} and s.state = 'done'
    order by v.moment ${sql.raw(which === 'newest' ? 'desc' : 'asc')} limit 1)`

export interface PageFilter {
  readonly collectionId: string
  readonly text: string
  readonly state?: PageRow['state'] | undefined
  /** The pages as they were at this moment; undefined: as they are. */
  readonly moment?: number | undefined
  readonly sort: 'page' | '-page' | 'changed' | '-changed'
}

/** Moments of this century are below a quarter of it. */
const endOfTime = Number.MAX_SAFE_INTEGER

function matching({ collectionId, text, state, moment }: PageFilter) {
  const at = moment ?? endOfTime
  let query = q
    .selectFrom('watch_pages')
    .leftJoin('watch_versions as last', (join) =>
      join.on('last.id', '=', versionOf('newest', at) as never),
    )
    .where('watch_pages.collection_id', '=', collectionId)
  if (moment !== undefined) query = query.where('last.id', 'is not', null)
  if (state !== undefined && moment === undefined)
    query = query.where('watch_pages.state', '=', state)
  if (state !== undefined && moment !== undefined)
    query = query.where('last.text_id', state === 'gone' ? 'is' : 'is not', null)
  if (text !== '')
    query = query.where((e) =>
      e.or([
        contains(sql`lower(watch_pages.path)`, text),
        contains(sql`lower(coalesce(watch_pages.title, ''))`, text),
      ]),
    )
  return query
}

export interface ListedPage extends PageRow {
  readonly last_moment: number | null
  readonly last_text: string | null
  readonly last_kind: string | null
  readonly last_added: number | null
  readonly last_removed: number | null
  readonly last_lines: number | null
  readonly last_at: number | null
  readonly last_stamp: string | null
  readonly first_at: number | null
  readonly first_stamp: string | null
  readonly versions: number
}

/** A page of pages; `limit: null` gives all of them. */
export function* listPages(
  filter: PageFilter,
  cursor: string | undefined,
  limit: number | null,
): Work<{ readonly items: readonly ListedPage[]; readonly next: string | null }> {
  const at = filter.moment ?? endOfTime
  const changed = sql<number>`coalesce(last.moment, 0)`
  let query = matching(filter)
    .leftJoin('watch_snapshots as last_snapshot', 'last_snapshot.id', 'last.snapshot_id')
    .leftJoin('watch_versions as first', (join) =>
      join.on('first.id', '=', versionOf('oldest', at) as never),
    )
    .leftJoin('watch_snapshots as first_snapshot', 'first_snapshot.id', 'first.snapshot_id')
    .selectAll('watch_pages')
    .select([
      'last.moment as last_moment',
      'last.text_id as last_text',
      'last.kind as last_kind',
      'last.added as last_added',
      'last.removed as last_removed',
      'last.lines as last_lines',
      'last_snapshot.at as last_at',
      'last_snapshot.stamp as last_stamp',
      'first_snapshot.at as first_at',
      'first_snapshot.stamp as first_stamp',
      sql<number>`(select count(*) from watch_versions v
        inner join watch_snapshots s on s.id = v.snapshot_id
        where v.page_id = watch_pages.id and v.moment <= ${at} and s.state = 'done')`.as(
        'versions',
      ),
    ])
  const down = filter.sort.startsWith('-')
  const direction = down ? 'desc' : 'asc'
  const byChange = filter.sort.endsWith('changed')
  if (byChange) query = query.orderBy(changed, direction)
  query = query.orderBy('watch_pages.path', direction)
  if (cursor !== undefined) {
    const values = decodeCursor(cursor)
    const path = String(values.at(-1))
    const beyond = sql<boolean>`watch_pages.path ${sql.raw(down ? '<' : '>')} ${path}`
    const moment = Number(values[0])
    query = query.where(
      byChange
        ? sql<boolean>`(${changed} ${sql.raw(down ? '<' : '>')} ${moment}
            or (${changed} = ${moment} and ${beyond}))`
        : beyond,
    )
  }
  if (limit !== null) query = query.limit(limit + 1)
  const rows = yield* all(query)
  const items = limit === null ? rows : rows.slice(0, limit)
  const last = items.at(-1)
  const more = rows.length > items.length && last !== undefined
  const place = last && (byChange ? [last.last_moment ?? 0, last.path] : [last.path])
  return { items, next: more && place ? encodeCursor(place) : null }
}

export function* countPages(filter: PageFilter): Work<number> {
  const row = yield* first(matching(filter).select((e) => e.fn.countAll<number>().as('n')))
  return row?.n ?? 0
}

export interface ListedVersion extends DatedVersion {
  readonly flip_stamp: string | null
}

const versionsOf = (pageId: string) =>
  q
    .selectFrom('watch_versions')
    .innerJoin('watch_snapshots', 'watch_snapshots.id', 'watch_versions.snapshot_id')
    .where('watch_versions.page_id', '=', pageId)
    .where('watch_snapshots.state', '=', 'done')

/** The versions of a page, newest first, one more than `limit` when there are more. */
export function* listVersions(
  pageId: string,
  text: string,
  cursor: string | undefined,
  limit: number | null,
): Work<{ readonly rows: readonly ListedVersion[]; readonly total: number }> {
  const base =
    text === ''
      ? versionsOf(pageId)
      : versionsOf(pageId).where(contains(sql.ref('watch_snapshots.stamp'), text))
  let query = base
    .leftJoin('watch_versions as flip', 'flip.id', 'watch_versions.flip_of')
    .leftJoin('watch_snapshots as flip_snapshot', 'flip_snapshot.id', 'flip.snapshot_id')
    .selectAll('watch_versions')
    .select([
      'watch_snapshots.at as at',
      'watch_snapshots.stamp as stamp',
      'flip_snapshot.stamp as flip_stamp',
    ])
    .orderBy('watch_versions.moment', 'desc')
  if (cursor !== undefined)
    query = query.where('watch_versions.moment', '<', Number(decodeCursor(cursor)[0]))
  if (limit !== null) query = query.limit(limit + 1)
  const total = yield* first(base.select((e) => e.fn.countAll<number>().as('n')))
  return { rows: yield* all(query), total: total?.n ?? 0 }
}
