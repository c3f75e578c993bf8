import { setTimeout as pause } from 'node:timers/promises'
import type { Runtime } from '#kernel/runtime.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { theWorkspace } from '#features/workspace/index.ts'
import { hashOf, openLine, sealLine } from './line.ts'
import { deliverJob } from './send/job.ts'
import { sources } from './sources/index.ts'
import type { Source, SourceRow } from './sources/source.ts'
import { waitingDestinations } from './store.destinations.ts'
import {
  insertChunks,
  insertFile,
  insertPayloads,
  newestFile,
  newestNumber,
  writtenOf,
  type FileRow,
} from './store.files.ts'
import { setType, typeRow } from './store.types.ts'

/** Lines of a file at most; what is more goes into the next one, which is closed at once. */
const maxLines = 2000
/** Characters of payload in a file at most, so that one file is always read and sent in one piece. */
const maxSize = 8_000_000
const linesOfChunk = 1000
/**
 * A file of much that came takes the database some 100 ms, and whoever brings more waits meanwhile: so many times as long others
 * have it to themselves. What came is late in the log rather than refused.
 */
const restFor = 4

/** What came of a look: nothing to close, a file with all that waited, a file and more waits, or too much to do it here. */
type Look = 'nothing' | 'closed' | 'more' | 'much'

/**
 * Closes a file of each type whose window is over and for which something came. Does nothing for a type of which more than
 * `atMost` lines wait, and returns whether there was one.
 *
 * @param options.early also what would wait for its window: before a person is erased
 */
export async function closeDue(
  runtime: Runtime,
  { atMost, early = false }: { readonly atMost?: number; readonly early?: boolean } = {},
): Promise<{ readonly much: boolean }> {
  let much = false
  for (const source of sources) {
    let look: Look = 'more'
    for (let inTime = !early; look === 'more'; inTime = false) {
      const from = performance.now()
      look = await runtime.db.tx(() => closeOne(runtime, source, inTime, atMost))
      if (look === 'more' && !early) await pause(restFor * (performance.now() - from))
    }
    much ||= look === 'much'
  }
  return { much }
}

/** One file with what came. `inTime`: only when the window since the last one is over. */
function* closeOne(
  runtime: Runtime,
  source: Source,
  inTime: boolean,
  atMost = maxLines,
): Work<Look> {
  const now = runtime.clock()
  const type = yield* typeRow(source.eventType)
  const workspace = yield* theWorkspace()
  if (!type || !workspace) return 'nothing'
  // A clock that was set back would otherwise keep the file open until it has caught up.
  const since = now - type.closed_at
  if (inTime && since >= 0 && since < type.window_ms) return 'nothing'
  const { rows, cursor, more } = yield* fresh(source, type.cursor, Math.min(atMost + 1, maxLines))
  if (atMost < maxLines && (more || rows.length > atMost)) return 'much'
  if (rows.length === 0) {
    if (cursor !== type.cursor) yield* setType(source.eventType, { cursor })
    return more ? 'more' : 'nothing'
  }
  const file = yield* writeFile(runtime, source, workspace.id, rows)
  yield* setType(source.eventType, {
    closed_at: now,
    cursor,
    files: type.files + 1,
    lines: type.lines + file.lines,
    bytes: type.bytes + file.bytes,
  })
  for (const id of yield* waitingDestinations())
    yield* enqueue({ name: deliverJob, payload: { destinationId: id }, dedupeKey: id })
  return more ? 'more' : 'closed'
}

/** What stands in no file yet, as much as one file takes. */
function* fresh(
  { eventType, newSince }: Source,
  from: string,
  limit: number,
): ReturnType<Source['newSince']> {
  const { rows: came, cursor, more } = yield* newSince(from, limit)
  // After an upgrade the last minutes are read again.
  const written = yield* writtenOf(
    eventType,
    came.map(({ eventId }) => eventId),
  )
  const rows = came.filter(({ eventId }) => !written.has(eventId))
  let size = 0
  const end = rows.findIndex(({ payload }, index) => {
    size += JSON.stringify(payload).length
    return index > 0 && size > maxSize
  })
  if (end === -1) return { rows, cursor, more }
  const some = rows.slice(0, end)
  return { rows: some, cursor: some.at(-1)?.cursor ?? cursor, more: true }
}

function* writeFile(
  { clock, ids }: Runtime,
  { eventType }: Source,
  workspaceId: string,
  rows: readonly SourceRow[],
): Work<FileRow> {
  const id = ids('clf')
  const now = clock()
  const lines = rows.map(({ eventId, receivedAt, payload }) =>
    sealLine({ eventId, eventType, workspaceId, receivedAt }, payload),
  )
  const sealed = lines.map((line) => `${line.sealed}\n`)
  const open = lines.map((line) => `${openLine(line.sealed, line)}\n`).join('')
  const times = rows.map(({ receivedAt }) => receivedAt)
  const newest = yield* newestFile()
  const file: FileRow = {
    id,
    number: (yield* newestNumber()) + 1,
    event_type: eventType,
    start_at: Math.min(...times),
    // Strictly later than any file before it: who asks for what came after the last one he has misses none.
    end_at: Math.max(now, Math.max(...times) + 1, (newest?.end_at ?? 0) + 1),
    closed_at: now,
    lines: rows.length,
    bytes: Buffer.byteLength(open),
    sha256: hashOf(open),
    sealed_sha256: hashOf(sealed.join('')),
    previous_sha256: (yield* newestFile(eventType))?.sealed_sha256 ?? '',
    erased_lines: 0,
    deleted_at: null,
    deleted_because: null,
  }
  yield* insertFile(file)
  yield* insertChunks(
    Array.from({ length: Math.ceil(sealed.length / linesOfChunk) }, (_, chunk) => ({
      file_id: id,
      chunk,
      lines: sealed.slice(chunk * linesOfChunk, (chunk + 1) * linesOfChunk).join(''),
    })),
  )
  yield* insertPayloads(
    rows.map(({ eventId, subjectId, aboutId }, line) => ({
      file_id: id,
      line,
      event_type: eventType,
      event_id: eventId,
      subject_id: subjectId,
      about_id: aboutId,
      salt: lines[line]?.salt ?? null,
      payload: lines[line]?.payload ?? null,
    })),
  )
  return file
}
