import { createHash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Problem } from './problem.ts'

// A backup is a folder: `manifest.json`, one JSON Lines file a table, and the key files. It is read from one consistent
// snapshot while the server goes on serving, it is the same on both engines (so it also moves a company from SQLite to
// PostgreSQL), and a later version can restore it: the schema of that time is made first and migrated afterwards.

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const manifestForm = z.object({
  format: z.literal(1),
  version: z.string(),
  engine: z.enum(['sqlite', 'postgres']),
  takenAt: z.int(),
  migrations: z.array(z.string()),
  /** In the order in which they were created, so that a row's parent is restored before it. */
  tables: z.array(z.object({ name: z.string().regex(/^[a-z_]+$/), rows: z.int(), sha256 })),
  /** Below the data folder, and never outside of it. */
  files: z.array(
    z.object({
      name: z.string().regex(/^(?!.*\.\.)[\w.-][\w./\\-]*$/),
      sha256,
    }),
  ),
})
export type Manifest = z.infer<typeof manifestForm>

export function readManifest(folder: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  } catch (error) {
    throw new Problem('not_found', `${folder} holds no finished backup.`, {
      remedy: 'Name the folder that `gatehouse backup` wrote.',
      cause: error,
    })
  }
  if ((value as { format?: unknown } | null)?.format !== 1)
    throw new Problem('wrong_state', 'The backup has a format that this version does not know.', {
      remedy: 'Restore it with the version that made it, or a later one.',
    })
  const result = manifestForm.safeParse(value)
  if (!result.success) throw damaged('manifest.json', result.error)
  return result.data
}

/** Compares every file with its checksum, and every table with its number of rows. */
export async function verifyBackup(manifest: Manifest, folder: string): Promise<void> {
  for (const table of manifest.tables) {
    const found = await measure(folder, `${table.name}.jsonl`)
    if (found.lines !== table.rows || found.sha256 !== table.sha256)
      throw damaged(`${table.name}.jsonl`)
  }
  for (const { name, sha256 } of manifest.files)
    if ((await measure(folder, join('files', name))).sha256 !== sha256)
      throw damaged(join('files', name))
}

async function measure(folder: string, name: string): Promise<{ lines: number; sha256: string }> {
  const hash = createHash('sha256')
  let lines = 0
  try {
    for await (const part of createReadStream(join(folder, name)) as AsyncIterable<Buffer>) {
      hash.update(part)
      for (const byte of part) if (byte === 0x0a) lines++
    }
  } catch (error) {
    throw damaged(name, error)
  }
  return { lines, sha256: hash.digest('hex') }
}

/** Also for what is not listed although it should be. */
export function damaged(name: string, cause?: unknown): Problem {
  return new Problem('wrong_state', `The file ${name} of the backup is damaged or missing.`, {
    remedy: 'Use another backup.',
    cause,
  })
}
