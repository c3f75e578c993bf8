/** What a run found out, written in short transactions, so that policy fetches never wait long. */
import { setImmediate } from 'node:timers/promises'
import type { Work } from '#kernel/work.ts'
import { freshPage } from '../fresh.ts'
import type { WatchParts } from '../parts.ts'
import { noteFailures, type Failed, type Noted, type Occasion } from './failures.ts'
import type { Target } from './plan.ts'
import {
  insertFailure,
  insertPage,
  mendFailures,
  openFailures,
  pageIdsAt,
  touchPages,
  updateFailure,
  updatePage,
} from './store.ts'
import { isChanged, type Verdict } from './verdict.ts'

export interface PageResult {
  readonly target: Target
  readonly verdict: Verdict
  /** The text and bytes of a version to record. */
  readonly content: {
    readonly contentType: string | null
    readonly extractor: string
    readonly text: () => string
    readonly raw: () => Uint8Array
  } | null
  /** Known once the page has a row. */
  readonly pageId?: string
}

/** Rows of one transaction: 100 updates take about 3 ms on SQLite. */
const rowsAtOnce = 100
const touchedAtOnce = 500

/** Gives every new page a row; an import may have made it in the meantime. */
export async function writeNewPages(
  { runtime }: WatchParts,
  collectionId: string,
  results: readonly PageResult[],
): Promise<readonly (PageResult & { readonly pageId: string })[]> {
  const ids = new Map<string, string>()
  const made = results.filter(({ target }) => target.row === null)
  for (const some of bits(made, rowsAtOnce)) {
    const fresh = some.map(({ target }) => ({ target, id: runtime.ids('wpg') }))
    const taken = await runtime.db.tx(function* () {
      const before = yield* pageIdsAt(
        collectionId,
        fresh.map(({ target }) => target.path),
      )
      for (const { target, id } of fresh)
        if (!before.has(target.path))
          yield* insertPage(freshPage({ ...target, id, collectionId, at: runtime.clock() }))
      return before
    })
    for (const { target, id } of fresh) ids.set(target.path, taken.get(target.path) ?? id)
    await setImmediate()
  }
  return results.flatMap((result) => {
    const pageId = result.target.row?.id ?? ids.get(result.target.path)
    return pageId === undefined ? [] : [{ ...result, pageId }]
  })
}

export interface Results {
  readonly occasion: Occasion
  readonly results: readonly (PageResult & { readonly pageId: string })[]
  readonly sourceFailures: readonly Failed[]
  /** Addresses of sources that were asked. */
  readonly sourceUrls: ReadonlySet<string>
}

export async function writeResults(
  parts: WatchParts,
  { occasion, results, sourceFailures, sourceUrls }: Results,
): Promise<void> {
  const { db } = parts.runtime
  const same = results.filter(
    ({ target, verdict }) => target.row !== null && !isChanged(target.row, verdict.state),
  )
  const touched = new Set(same)
  for (const some of bits(same, touchedAtOnce)) {
    const ids = some.map(({ pageId }) => pageId)
    // A power cut may take back when a page was checked; the next check says it again.
    await db.tx(() => touchPages(ids, occasion.at), { durability: 'relaxed' })
    await setImmediate()
  }
  for (const some of bits(
    results.filter((r) => !touched.has(r)),
    rowsAtOnce,
  )) {
    await db.tx(function* () {
      for (const { pageId, verdict } of some) yield* updatePage(pageId, verdict.state, occasion.at)
    })
    await setImmediate()
  }
  const open = await db.read(() => openFailures(occasion.collectionId))
  const failed: readonly Failed[] = [
    ...sourceFailures,
    ...results.flatMap(({ pageId, target, verdict }) =>
      verdict.failure
        ? [
            {
              pageId,
              page: target.path,
              failure: verdict.failure,
              settled: verdict.version === 'gone',
            },
          ]
        : [],
    ),
  ]
  const looked = { pageIds: new Set(results.map(({ pageId }) => pageId)), sourceUrls }
  await writeFailures(parts, noteFailures(occasion, open, failed, looked))
}

async function writeFailures(parts: WatchParts, noted: Noted): Promise<void> {
  const { db, ids } = parts.runtime
  const steps: (() => Work<void>)[] = [
    ...noted.insert.map((row) => () => insertFailure({ id: ids('wfl'), ...row })),
    ...noted.update.map((row) => () => updateFailure(row.id, changeOf(row))),
    ...[...bits(noted.mend, touchedAtOnce)].map((some) => () => mendFailures(some)),
    ...noted.trouble.map((event) => () => parts.announce(event)),
  ]
  for (const some of bits(steps, rowsAtOnce)) {
    await db.tx(function* () {
      for (const step of some) yield* step()
    })
    await setImmediate()
  }
}

const changeOf = ({
  run_id,
  url,
  at,
  status,
  message,
  remedy,
  in_a_row,
}: Noted['update'][number]) => ({
  run_id,
  url,
  at,
  status,
  message,
  remedy,
  in_a_row,
})

function* bits<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size)
}
