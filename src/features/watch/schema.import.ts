import { z } from 'zod'
import { line, time } from '../workspace/schema.ts'

/** A history that is uploaded in order, oldest first. The same history continues the same import. */
export const newImport = z.object({
  /** Says which history it is, e.g. the hash of its first commit and the folder; an import with the same one is resumed. */
  origin: line(200).min(1),
  /** Snapshots that will come, for the progress; null when not known. */
  total: z.int().min(0).nullable().default(null),
})
export const importState = z.object({
  id: z.string(),
  origin: z.string(),
  state: z.enum(['open', 'settling', 'done', 'failed']),
  total: z.int().nullable(),
  /** Snapshots taken in; the upload goes on after this many. */
  received: z.int(),
  versions: z.int(),
  /** Files that are no pages (by their name), or of which no text could be made. */
  leftOut: z.int(),
  /** `key` of the last snapshot taken in. */
  last: z.string().nullable(),
  startedAt: time,
  finishedAt: time.nullable(),
  message: z.string().nullable(),
})
export type ImportState = z.infer<typeof importState>

/** Files of a history that can be pages. Others are left out. */
export const importedFile = /\.(?:md|mdx|markdown|txt|html?)$/i

const file = z.object({
  path: z.string().min(1).max(500),
  /** Base64 of the bytes; null: the file is gone. */
  bytes: z.string().max(30_000_000).nullable(),
})
export const importBatch = z.object({
  /** How many were taken in before this batch; another number is answered with 409 and the true one. */
  after: z.int().min(0),
  snapshots: z
    .array(z.object({ key: z.string().max(100), at: time, files: z.array(file).max(20_000) }))
    .min(1)
    .max(500),
})
export type ImportBatch = z.infer<typeof importBatch>
