/**
 * What recording leaves for later. The queue has few places, and mails wait in it too, so a job that looks at a whole
 * collection works for some seconds and puts the rest in again.
 */
import type { Aside } from '#kernel/aside.ts'
import type { Job, Schedule } from '#kernel/jobs.ts'
import { enqueue } from '#kernel/work.ts'
import { z } from 'zod'
import { parseSettings } from '../collections/settings.ts'
import { freshRun } from '../fresh.ts'
import type { WatchParts } from '../parts.ts'
import { collectionById } from '../read/load.ts'
import { changeRun, insertRun, runById } from '../runs/store.ts'
import { extractAgain } from './again.ts'
import { presentExtractors } from './extractor.ts'
import { enqueueTidy, tidyJob } from './queue.ts'
import { retain } from './retain.ts'
import { settle } from './settle.ts'
import { countPages, hasOldTexts, liveCollections, pageIdsAfter } from './store.settle.ts'
import type { tidySome } from './tidy.task.ts'

const tidyTask = new URL('./tidy.task.ts', import.meta.url)

/** Judge a collection again: {collectionId}. After its rules to ignore lines have changed. */
export const settleJob = 'watch.settle'
/** Extract a collection's history again: {collectionId}. After its extract settings have changed. */
export const extractJob = 'watch.extract'
/** Retention, and what a new release extracts otherwise: every night. */
export const upkeepJob = 'watch.upkeep'

export const recordSchedules: readonly Schedule[] = [{ job: upkeepJob, cron: '40 2 * * *' }]

/** Milliseconds that one turn works. */
const turn = 5000
/** Of it at once, where a batch that is imported waits for its end (kernel/aside.ts). */
const share = 200
const pagesAtOnce = 20

const whole = z.object({
  collectionId: z.string(),
  /** The last page of the turn before. */
  after: z.string().default(''),
  runId: z.string().optional(),
})

export const recordJobs = (parts: WatchParts, aside: Aside): readonly Job[] => [
  { name: settleJob, handle: (payload) => settleSome(parts, whole.parse(payload)) },
  { name: extractJob, handle: (payload) => extractSome(parts, whole.parse(payload)) },
  { name: tidyJob, handle: (payload) => tidy(parts, aside, whole.parse(payload).collectionId) },
  { name: upkeepJob, handle: () => upkeep(parts) },
]

type Whole = z.output<typeof whole>

/** Does `act` for pages until the time is up; where to go on, or null at the end. */
async function somePages(
  parts: WatchParts,
  { collectionId, after }: Whole,
  act: (pageIds: readonly string[]) => Promise<void>,
): Promise<string | null> {
  const until = performance.now() + turn
  let last = after
  while (performance.now() < until) {
    const from = last
    const ids = await parts.runtime.db.read(() => pageIdsAfter(collectionId, from, pagesAtOnce))
    await act(ids)
    last = ids.at(-1) ?? last
    if (ids.length < pagesAtOnce) return null
  }
  return last
}

async function settleSome(parts: WatchParts, payload: Whole): Promise<void> {
  const { collectionId } = payload
  const next = await somePages(parts, payload, async (ids) => {
    await settle(parts, collectionId, ids)
  })
  if (next === null) return
  await parts.runtime.db.tx(() =>
    enqueue({ name: settleJob, payload: { collectionId, after: next } }),
  )
}

async function extractSome(parts: WatchParts, payload: Whole): Promise<void> {
  const { collectionId } = payload
  const { db, clock } = parts.runtime
  if ((await db.read(() => collectionById(collectionId))) === undefined) return
  const runId = payload.runId ?? (await beginRun(parts, collectionId))
  const sum = { pages: 0, changed: 0 }
  const next = await somePages(parts, payload, async (ids) => {
    for (const id of ids) sum.changed += await extractAgain(parts, collectionId, id)
    sum.pages += ids.length
  })
  await db.tx(function* () {
    const run = yield* runById(collectionId, runId)
    yield* changeRun(runId, 'running', {
      checked: (run?.checked ?? 0) + sum.pages,
      changed: (run?.changed ?? 0) + sum.changed,
      beat_at: clock(),
      ...(next === null ? { state: 'done', finished_at: clock() } : {}),
    })
    if (next === null) yield* enqueueTidy(collectionId)
    else yield* enqueue({ name: extractJob, payload: { collectionId, after: next, runId } })
  })
}

async function beginRun(parts: WatchParts, collectionId: string): Promise<string> {
  const { db, clock, ids } = parts.runtime
  const id = ids('run')
  await db.tx(function* () {
    const total = yield* countPages(collectionId)
    const at = clock()
    yield* insertRun(
      freshRun({
        id,
        collectionId,
        cause: 'extract',
        state: 'running',
        at,
        total,
        startedBy: null,
      }),
    )
  })
  return id
}

async function tidy({ runtime }: WatchParts, aside: Aside, collectionId: string): Promise<void> {
  const until = performance.now() + turn
  const some = { collectionId, budgetMs: share }
  while (!(await aside.run<typeof tidySome>(tidyTask, 'tidySome', some)))
    if (performance.now() > until) return runtime.db.tx(() => enqueueTidy(collectionId))
}

async function upkeep(parts: WatchParts): Promise<void> {
  const { db } = parts.runtime
  for (const row of await db.read(() => liveCollections())) {
    const settings = parseSettings(row)
    const old = await db.read(() => hasOldTexts(row.id, presentExtractors(settings.extract)))
    if (old)
      await db.tx(() =>
        enqueue({ name: extractJob, payload: { collectionId: row.id }, dedupeKey: row.id }),
      )
    await retain(parts, row.id, settings.retention)
    // An import that was given up in the middle is indexed all the same.
    await db.tx(() => enqueueTidy(row.id))
  }
}
