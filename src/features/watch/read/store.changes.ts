import { sql } from 'kysely'
import { all, queries, type Work } from '#kernel/work.ts'
import type { WatchTables } from '../tables.ts'

const q = queries<WatchTables>()

/** A page that has versions after one moment and up to another, with what stood before and what stands at the end. */
export interface StepRow {
  readonly page_id: string
  readonly path: string
  readonly title: string | null
  readonly url: string
  /** How many versions lie between. */
  readonly versions: number
  /** Summed over them. */
  readonly all_added: number
  readonly all_removed: number
  /** Of the newest of them. */
  readonly text_id: string | null
  readonly extractor: string
  readonly kind: string
  readonly added: number
  readonly removed: number
  readonly bytes: number
  readonly moved: string | null
  /** Of the version before them; null: there was none, or the page was gone. */
  readonly left_text: string | null
  readonly left_extractor: string | null
  readonly left_bytes: number | null
}

/** The first ids of pages with versions after `a` and up to `b`; stops looking when it has enough of them. */
export function* pagesBetween(
  collectionId: string,
  a: number,
  b: number,
  limit: number,
): Work<readonly string[]> {
  const rows = yield* all(
    q
      .selectFrom('watch_versions')
      .select('page_id')
      .distinct()
      .where('collection_id', '=', collectionId)
      .where('moment', '>', a)
      .where('moment', '<=', b)
      .limit(limit),
  )
  return rows.map((row) => row.page_id)
}

/** Pages with versions after `a` and up to `b`, by path. */
export function* changedBetween(
  collectionId: string,
  a: number,
  b: number,
): Work<readonly StepRow[]> {
  const grouped = q
    .selectFrom('watch_versions')
    .innerJoin('watch_snapshots', 'watch_snapshots.id', 'watch_versions.snapshot_id')
    .where('watch_versions.collection_id', '=', collectionId)
    .where('watch_versions.moment', '>', a)
    .where('watch_versions.moment', '<=', b)
    .where('watch_snapshots.state', '=', 'done')
    .groupBy('watch_versions.page_id')
    .select([
      'watch_versions.page_id as page_id',
      sql<number>`count(*)`.as('versions'),
      // PostgreSQL sums bigint into numeric, which would come back as text.
      sql<number>`cast(sum(watch_versions.added) as bigint)`.as('all_added'),
      sql<number>`cast(sum(watch_versions.removed) as bigint)`.as('all_removed'),
      sql<number>`max(watch_versions.moment)`.as('moment'),
    ])
    .as('step')
  const query = q
    .selectFrom(grouped)
    .innerJoin('watch_versions as newest', (join) =>
      join.onRef('newest.page_id', '=', 'step.page_id').onRef('newest.moment', '=', 'step.moment'),
    )
    .innerJoin('watch_pages', 'watch_pages.id', 'step.page_id')
    .leftJoin('watch_versions as before', (join) =>
      join.on(
        'before.id',
        '=',
        sql`(select v.id from watch_versions v
          inner join watch_snapshots s on s.id = v.snapshot_id
          where v.page_id = step.page_id and v.moment <= ${a} and s.state = 'done'
          order by v.moment desc limit 1)` as never,
      ),
    )
    .select([
      'step.page_id as page_id',
      'watch_pages.path as path',
      'watch_pages.title as title',
      'watch_pages.url as url',
      'step.versions as versions',
      'step.all_added as all_added',
      'step.all_removed as all_removed',
      'newest.text_id as text_id',
      'newest.extractor as extractor',
      'newest.kind as kind',
      'newest.added as added',
      'newest.removed as removed',
      'newest.bytes as bytes',
      'newest.moved as moved',
      'before.text_id as left_text',
      'before.extractor as left_extractor',
      'before.bytes as left_bytes',
    ])
    .orderBy('watch_pages.path')
  return yield* all(query)
}

/** Versions of a page after `a` and up to `b`, oldest first, without texts. */
export function* versionsBetween(
  pageId: string,
  a: number,
  b: number,
): Work<
  readonly Pick<
    WatchTables['watch_versions'],
    'moment' | 'kind' | 'extractor' | 'added' | 'removed' | 'moved'
  >[]
> {
  return yield* all(
    q
      .selectFrom('watch_versions')
      .innerJoin('watch_snapshots', 'watch_snapshots.id', 'watch_versions.snapshot_id')
      .select([
        'watch_versions.moment as moment',
        'watch_versions.kind as kind',
        'watch_versions.extractor as extractor',
        'watch_versions.added as added',
        'watch_versions.removed as removed',
        'watch_versions.moved as moved',
      ])
      .where('watch_versions.page_id', '=', pageId)
      .where('watch_versions.moment', '>', a)
      .where('watch_versions.moment', '<=', b)
      .where('watch_snapshots.state', '=', 'done')
      .orderBy('watch_versions.moment'),
  )
}
