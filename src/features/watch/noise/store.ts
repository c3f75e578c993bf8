/** The SQL of trying rules. */
import { all, first, queries, type Work } from '#kernel/work.ts'
import type { WatchTables } from '../tables.ts'

const q = queries<WatchTables>()

export interface StepRow {
  readonly page: string
  readonly stamp: string
  readonly before_id: string
  readonly after_id: string
}

/** The newest steps that changed a page, newest first, each with the texts on both sides. */
export function* newestSteps(collectionId: string, limit: number): Work<readonly StepRow[]> {
  const rows = yield* all(
    q
      .selectFrom('watch_versions as v')
      .innerJoin('watch_pages as p', 'p.id', 'v.page_id')
      .innerJoin('watch_snapshots as s', 's.id', 'v.snapshot_id')
      .select([
        'p.path as page',
        's.stamp as stamp',
        'v.text_id as after_id',
        'v.page_id as page_id',
        'v.moment as moment',
      ])
      .where('v.collection_id', '=', collectionId)
      .where('s.state', '=', 'done')
      .where('v.kind', '=', 'changed')
      .orderBy('v.moment', 'desc')
      .orderBy('p.path')
      .limit(limit),
  )
  const steps: StepRow[] = []
  for (const { page, stamp, after_id, page_id, moment } of rows) {
    const before = yield* first(
      q
        .selectFrom('watch_versions')
        .select('text_id')
        .where('page_id', '=', page_id)
        .where('moment', '<', moment)
        .orderBy('moment', 'desc')
        .limit(1),
    )
    const before_id = before?.text_id ?? null
    if (before_id !== null && after_id !== null) steps.push({ page, stamp, before_id, after_id })
  }
  return steps
}
