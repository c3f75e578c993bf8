import { decodeCursor, pageOf } from '#kernel/page.ts'
import { insertMany } from '#kernel/insert-many.ts'
import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { ComplianceTables } from './tables.ts'

const q = queries<ComplianceTables>()

export type FileRow = ComplianceTables['compliance_files']
export type PayloadRow = ComplianceTables['compliance_payloads']

export function* insertFile(row: FileRow): Work<void> {
  yield* run(q.insertInto('compliance_files').values(row))
}

export const insertChunks = insertMany<ComplianceTables['compliance_chunks']>(
  ['file_id', 'chunk', 'lines'],
  (places) => q.insertInto('compliance_chunks').values(places),
)

export const insertPayloads = insertMany<PayloadRow>(
  ['file_id', 'line', 'event_type', 'event_id', 'subject_id', 'about_id', 'salt', 'payload'],
  (places) => q.insertInto('compliance_payloads').values(places),
)

export function* fileById(id: string): Work<FileRow | undefined> {
  return yield* first(q.selectFrom('compliance_files').selectAll().where('id', '=', id))
}

/** The newest of all, or of one type. */
export function* newestFile(eventType?: string): Work<FileRow | undefined> {
  let query = q.selectFrom('compliance_files').selectAll().orderBy('end_at', 'desc').limit(1)
  if (eventType !== undefined) query = query.where('event_type', '=', eventType)
  return yield* first(query)
}

export interface FilesWanted {
  readonly eventType?: string | undefined
  /** `end_at` strictly later, strictly earlier (ms). */
  readonly after?: number | undefined
  readonly before?: number | undefined
}

function wanted({ eventType, after, before }: FilesWanted) {
  let query = q.selectFrom('compliance_files')
  if (eventType !== undefined) query = query.where('event_type', '=', eventType)
  if (after !== undefined) query = query.where('end_at', '>', after)
  if (before !== undefined) query = query.where('end_at', '<', before)
  return query
}

/** Oldest first; those that are there, or deleted ones too. */
export function* filesInOrder(
  filter: FilesWanted & { readonly deleted: boolean },
  limit: number,
): Work<readonly FileRow[]> {
  let query = wanted(filter)
  if (!filter.deleted) query = query.where('deleted_at', 'is', null)
  return yield* all(query.selectAll().orderBy('end_at').limit(limit))
}

export interface FilesListing {
  readonly eventType?: string | undefined
  readonly state?: 'there' | 'deleted' | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

/** Newest first, deleted ones too. */
export function* listFiles({ eventType, state, cursor, limit }: FilesListing): Work<{
  readonly items: readonly FileRow[]
  readonly next: string | null
}> {
  const before = cursor === undefined ? undefined : Number(decodeCursor(cursor)[0])
  let query = wanted({ eventType, before })
  if (state === 'there') query = query.where('deleted_at', 'is', null)
  if (state === 'deleted') query = query.where('deleted_at', 'is not', null)
  const rows = yield* all(
    query
      .selectAll()
      .orderBy('end_at', 'desc')
      .limit(limit + 1),
  )
  return pageOf(rows, limit, (row) => [row.end_at])
}

/** From the sums that are kept: there may be a million files. */
export function* countFiles({
  eventType,
  state,
}: Pick<FilesListing, 'eventType' | 'state'>): Work<number> {
  let query = q.selectFrom('compliance_types').select(['files', 'deleted_files'])
  if (eventType !== undefined) query = query.where('event_type', '=', eventType)
  return (yield* all(query)).reduce(
    (sum, { files, deleted_files: deleted }) =>
      sum + (state === 'deleted' ? 0 : files) + (state === 'there' ? 0 : deleted),
    0,
  )
}

export function* fileOfNumber(number: number): Work<FileRow | undefined> {
  return yield* first(q.selectFrom('compliance_files').selectAll().where('number', '=', number))
}

export function* newestNumber(): Work<number> {
  const row = yield* first(
    q.selectFrom('compliance_files').select('number').orderBy('number', 'desc').limit(1),
  )
  return row?.number ?? 0
}

/** All sealed lines of a file, each ended by a line feed. */
export function* sealedText(fileId: string): Work<string> {
  const rows = yield* all(
    q
      .selectFrom('compliance_chunks')
      .select('lines')
      .where('file_id', '=', fileId)
      .orderBy('chunk'),
  )
  return rows.map(({ lines }) => lines).join('')
}

export function* payloadsOf(
  fileId: string,
): Work<readonly Pick<PayloadRow, 'line' | 'salt' | 'payload'>[]> {
  return yield* all(
    q
      .selectFrom('compliance_payloads')
      .select(['line', 'salt', 'payload'])
      .where('file_id', '=', fileId)
      .orderBy('line'),
  )
}

/** Takes away what is in a file; its row stays and says why. The events do not come again: no source goes back. */
export function* emptyFile(file: FileRow, at: number, because: string): Work<void> {
  yield* run(q.deleteFrom('compliance_chunks').where('file_id', '=', file.id))
  yield* run(q.deleteFrom('compliance_payloads').where('file_id', '=', file.id))
  yield* run(
    q
      .updateTable('compliance_files')
      .set({ deleted_at: at, deleted_because: because })
      .where('id', '=', file.id),
  )
  yield* run(
    q
      .updateTable('compliance_types')
      .set((e) => ({
        files: e('files', '-', 1),
        lines: e('lines', '-', file.lines),
        bytes: e('bytes', '-', file.bytes),
        deleted_files: e('deleted_files', '+', 1),
      }))
      .where('event_type', '=', file.event_type),
  )
}

/** Files that are there and were closed before a time, in the order of their numbers. */
export function* filesClosedBefore(
  eventType: string,
  before: number,
  after: number,
  limit: number,
): Work<readonly FileRow[]> {
  return yield* all(
    q
      .selectFrom('compliance_files')
      .selectAll()
      .where('event_type', '=', eventType)
      .where('deleted_at', 'is', null)
      .where('closed_at', '<', before)
      .where('number', '>', after)
      .orderBy('number')
      .limit(limit),
  )
}

/** Which of these events stand in a file of the type. */
export function* writtenOf(
  eventType: string,
  eventIds: readonly string[],
): Work<ReadonlySet<string>> {
  if (eventIds.length === 0) return new Set()
  const rows = yield* all(
    q
      .selectFrom('compliance_payloads')
      .select('event_id')
      .where('event_id', 'in', eventIds)
      .where('event_type', '=', eventType),
  )
  return new Set(rows.map(({ event_id }) => event_id))
}
