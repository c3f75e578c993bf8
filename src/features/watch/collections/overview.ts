/** What the overview and the palette show of watching. */
import type { Alarm, ChecklistLine, Figure, Hit, Runtime } from '#kernel/runtime.ts'
import { all, queries, type Work } from '#kernel/work.ts'
import { sizes } from '../archive/index.ts'
import type { WatchTables } from '../tables.ts'
import { parseSettings } from './settings.ts'
import { headRows } from './store.ts'

const q = queries<WatchTables>()

export function* checklist(): Work<readonly ChecklistLine[]> {
  const watched = (yield* headRows()).some((c) => c.pages > 0)
  return [
    {
      key: 'collection_watched',
      title: 'Watch a vendor’s documentation',
      detail: 'A collection of pages whose every change is kept and told.',
      done: watched,
      link: '/watch',
    },
  ]
}

export function* figures(): Work<readonly Figure[]> {
  const rows = yield* headRows()
  const value = rows.reduce((sum, c) => sum + c.pages, 0)
  return [{ key: 'watched_pages', title: 'Pages watched', value, link: '/watch' }]
}

/** Collections whose path or title contains the text. */
export function* findCollections(text: string): Work<readonly Hit[]> {
  const rows = yield* all(
    q
      .selectFrom('watch_collections')
      .select(['id', 'path', 'title'])
      .where('deleted_at', 'is', null)
      .orderBy('path'),
  )
  return rows
    .filter((c) => `${c.path}\n${c.title}`.toLowerCase().includes(text))
    .slice(0, 8)
    .map((c) => ({
      kind: 'collection',
      id: c.id,
      label: c.title,
      detail: c.path,
      link: `/watch/${c.path}`,
    }))
}

/** Runs in a row that must fail as a whole before it is an alarm. */
const failedRuns = 3

/** Alarms of collections, as of the last look: they are asked for while there may be no database. */
export function createAlarms(runtime: Runtime): {
  readonly look: () => Promise<void>
  readonly alarms: () => readonly Alarm[]
} {
  let known: readonly Alarm[] = []
  return {
    alarms: () => known,
    async look() {
      const rows = await runtime.db.read(() => collectionsWithRuns())
      const alarms: Alarm[] = []
      for (const row of rows) {
        if (row.failedSince !== null)
          alarms.push({
            key: `watch_failing:${row.id}`,
            severity: 'warning',
            message: `${row.path} could not be checked ${failedRuns} times in a row: ${row.message}`,
            remedy: 'Open the collection and look at its failures.',
            since: row.failedSince,
          })
        const { quotaBytes } = parseSettings(row).retention
        if (quotaBytes === null) continue
        const { textBytes, rawBytes } = await sizes(runtime, row.id)
        if (textBytes + rawBytes >= quotaBytes)
          alarms.push({
            key: `watch_quota:${row.id}`,
            severity: 'warning',
            message: `${row.path} holds as much as its quota allows; new versions are refused.`,
            remedy: 'Raise the quota in the settings of the collection, or keep less of it.',
            since: null,
          })
      }
      known = alarms
    },
  }
}

function* collectionsWithRuns() {
  const rows = yield* all(
    q
      .selectFrom('watch_collections')
      .select(['id', 'path', 'settings', 'paused'])
      .where('deleted_at', 'is', null),
  )
  const seen = []
  for (const row of rows) {
    const runs = yield* all(
      q
        .selectFrom('watch_runs')
        .select(['state', 'message', 'started_at'])
        .where('collection_id', '=', row.id)
        .where('state', 'in', ['done', 'failed'])
        .where('cause', 'in', ['schedule', 'hand'])
        .orderBy('id', 'desc')
        .limit(failedRuns),
    )
    const failing =
      row.paused === 0 && runs.length === failedRuns && runs.every((r) => r.state === 'failed')
    seen.push({
      ...row,
      failedSince: failing ? (runs.at(-1)?.started_at ?? null) : null,
      message: runs[0]?.message ?? '',
    })
  }
  return seen
}
