/** One uploaded batch, taken in beside the thread that answers requests (kernel/aside.ts). */
import { appendAudit, type AuditRecord } from '#kernel/audit.ts'
import { parseJson, type Pieces } from '#kernel/body.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { WatchParts } from '../parts.ts'
import { collectionById } from '../read/load.ts'
import { importBatch, type ImportState } from '../schema.ts'
import { importById } from './store.ts'
import { takeBatch } from './take.ts'
import { importView } from './view.ts'

/** The caller has the collection's turn (record/turn.ts). */
export async function takeUploaded(
  runtime: Runtime,
  {
    collectionId,
    importId,
    body,
    record,
  }: {
    readonly collectionId: string
    readonly importId: string
    readonly body: Pieces
    /** Of the whole batch; what it changed is added. */
    readonly record: AuditRecord
  },
): Promise<ImportState> {
  const batch = parseJson(importBatch, body)
  const { collection, row } = await runtime.db.read(function* () {
    const collection = found(yield* collectionById(collectionId), 'collection')
    return { collection, row: found(yield* importById(collectionId, importId), 'import') }
  })
  if (row.state !== 'open')
    throw new Problem('wrong_state', 'The import is finished.', {
      remedy: 'Open it again with the same origin, then go on.',
    })
  const after = await takeBatch(partsOf(runtime), collection, row, batch)
  await runtime.db.tx(() =>
    appendAudit({
      ...record,
      before: { received: row.received, versions: row.versions },
      after: { received: after.received, versions: after.versions },
    }),
  )
  return importView(after)
}

/** History is no news: nobody is told of it, and nothing is fetched. */
const partsOf = (runtime: Runtime): WatchParts => ({
  runtime,
  announce: unused,
  publishedPolicies: unused,
  fixedExceptions: [],
  chromium: undefined,
  version: '',
})
const unused = (): never => {
  throw new Error('An import announces nothing.')
}
