import { createHash } from 'node:crypto'
import {
  appendFileSync,
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Clock } from './clock.ts'
import type { Db } from './db.ts'
import { appliedMigrations, migrate, type Migration } from './migrate.ts'
import { Problem } from './problem.ts'
import { raw, type Work } from './work.ts'

/**
 * A backup is a folder: `manifest.json`, one JSON Lines file a table, and the key files. It is read from one consistent
 * snapshot while the server goes on serving, it is the same on both engines (so it also moves a company from SQLite to
 * PostgreSQL), and a later version can restore it: the schema of that time is made first and migrated afterwards.
 */
export interface Manifest {
  readonly format: 1
  readonly version: string
  readonly engine: 'sqlite' | 'postgres'
  readonly takenAt: number
  readonly migrations: readonly string[]
  /** In the order in which they were created, so that a row's parent is restored before it. */
  readonly tables: readonly {
    readonly name: string
    readonly rows: number
    readonly sha256: string
  }[]
  readonly files: readonly string[]
}

type Row = Readonly<Record<string, unknown>>
const chunk = 2000

export interface BackupParts {
  readonly db: Db
  readonly version: string
  readonly clock: Clock
  /** The data folder, and the files in it that a restore needs (encryption key, local CA). */
  readonly data: string
  readonly files: readonly string[]
}

/** Writes a backup into `folder`, which must not exist yet. */
export async function writeBackup(parts: BackupParts, folder: string): Promise<Manifest> {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new Problem('already_exists', `The folder ${folder} is not empty.`, {
      remedy: 'Name a new folder for each backup.',
    })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { migrations, tables } = await parts.db.read(function* () {
    const migrations = yield* appliedMigrations()
    const tables: Manifest['tables'][number][] = []
    for (const name of yield* tableNames(parts.db.engine)) {
      const file = join(folder, `${name}.jsonl`)
      writeFileSync(file, '', { mode: 0o600 })
      const hash = createHash('sha256')
      const rows = yield* eachChunk(parts.db.engine, name, (lines) => {
        hash.update(lines)
        appendFileSync(file, lines)
      })
      tables.push({ name, rows, sha256: hash.digest('hex') })
    }
    return { migrations, tables }
  })
  const files = parts.files.filter((file) => existsSync(join(parts.data, file)))
  for (const file of files) {
    mkdirSync(join(folder, 'files', file, '..'), { recursive: true, mode: 0o700 })
    copyFileSync(join(parts.data, file), join(folder, 'files', file))
  }
  const manifest: Manifest = {
    format: 1,
    version: parts.version,
    engine: parts.db.engine,
    takenAt: parts.clock(),
    migrations,
    tables,
    files,
  }
  // Last: a folder without a manifest is a backup that was not finished.
  writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`, {
    mode: 0o600,
  })
  return manifest
}

/** Restores into an empty database and data folder, all or nothing. */
export async function restoreBackup(
  parts: Omit<BackupParts, 'files' | 'version'> & { readonly migrations: readonly Migration[] },
  folder: string,
): Promise<Manifest> {
  const manifest = readManifest(folder)
  await verifyTables(manifest, folder)
  if ((await parts.db.read(() => tableNames(parts.db.engine))).length > 0)
    throw new Problem('wrong_state', 'The database to restore into is not empty.', {
      remedy: 'Restore into a new data folder (GATEHOUSE_DATA) or an empty PostgreSQL database.',
    })
  // The queue's own table exists on SQLite only; on PostgreSQL pg-boss keeps its tables apart.
  const known = new Map(parts.migrations.map((m) => [m.name, m]))
  const engineOnly = new Set(['kernel-002-jobs'])
  const unknown = manifest.migrations.filter((name) => !known.has(name) && !engineOnly.has(name))
  if (unknown.length > 0)
    throw new Problem(
      'wrong_state',
      `The backup was made by a newer version (${manifest.version}).`,
      {
        remedy: `Restore it with Gatehouse ${manifest.version} or later.`,
      },
    )
  const wanted = parts.migrations.filter(
    (m) => manifest.migrations.includes(m.name) || engineOnly.has(m.name),
  )
  await migrate(parts.db, wanted, parts.clock)
  const tables = manifest.tables.filter(
    (t) => t.name !== 'migrations' && (t.name !== 'jobs' || known.has('kernel-002-jobs')),
  )
  await parts.db.tx(function* () {
    for (const { name } of tables)
      for (const line of readFileSync(join(folder, `${name}.jsonl`), 'utf8').split('\n'))
        if (line !== '') yield* insertRow(name, JSON.parse(line) as Row)
  })
  for (const file of manifest.files) {
    const target = join(parts.data, file)
    if (existsSync(target)) continue
    mkdirSync(join(target, '..'), { recursive: true, mode: 0o700 })
    copyFileSync(join(folder, 'files', file), target)
  }
  return manifest
}

export function readManifest(folder: string): Manifest {
  let manifest: Manifest
  try {
    manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest
  } catch (error) {
    throw new Problem('not_found', `${folder} holds no finished backup.`, {
      remedy: 'Name the folder that `gatehouse backup` wrote.',
      cause: error,
    })
  }
  if ((manifest.format as number) !== 1)
    throw new Problem('wrong_state', 'The backup has a format that this version does not know.')
  return manifest
}

/** Compares every table file with its checksum and row count. */
async function verifyTables(manifest: Manifest, folder: string): Promise<void> {
  for (const table of manifest.tables) {
    const hash = createHash('sha256')
    let rows = 0
    for await (const part of createReadStream(join(folder, `${table.name}.jsonl`)) as AsyncIterable<Buffer>) {
      hash.update(part)
      for (const byte of part) if (byte === 0x0a) rows++
    }
    if (rows !== table.rows || hash.digest('hex') !== table.sha256)
      throw new Problem('wrong_state', `The file ${table.name}.jsonl of the backup is damaged.`, {
        remedy: 'Use another backup.',
      })
  }
}

/** Our tables in the order of their creation. */
function* tableNames(engine: Db['engine']): Work<readonly string[]> {
  const rows = yield* raw(
    engine === 'sqlite'
      ? sql<{
          name: string
        }>`select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by rowid`
      : sql<{
          name: string
        }>`select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = current_schema() and c.relkind = 'r' order by c.oid`,
  )
  return rows.map((row) => row.name)
}

/** Hands a table over as JSON Lines, some thousand rows at a time; answers how many rows there were. */
function* eachChunk(
  engine: Db['engine'],
  table: string,
  take: (lines: string) => void,
): Work<number> {
  let count = 0
  let last = -1
  if (engine === 'postgres')
    yield* raw(sql`declare backup no scroll cursor for select * from ${sql.table(table)}`)
  for (;;) {
    const rows: readonly Row[] =
      engine === 'postgres'
        ? yield* raw(sql<Row>`fetch ${sql.lit(chunk)} from backup`)
        : yield* raw(
            sql<Row>`select rowid as "$rowid", * from ${sql.table(table)} where rowid > ${last} order by rowid limit ${chunk}`,
          )
    if (rows.length === 0) break
    count += rows.length
    last = Number(rows.at(-1)?.['$rowid'] ?? 0)
    take(rows.map((row) => `${JSON.stringify(encode(row))}\n`).join(''))
  }
  if (engine === 'postgres') yield* raw(sql`close backup`)
  return count
}

function encode(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row)
      .filter(([name]) => name !== '$rowid')
      .map(([name, value]) => [
        name,
        value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString('base64') } : value,
      ]),
  )
}

function* insertRow(table: string, row: Row): Work<void> {
  const entries = Object.entries(row)
  const values = entries.map(([, value]) =>
    typeof value === 'object' && value !== null && '$bytes' in value
      ? Buffer.from(String(value.$bytes), 'base64')
      : value,
  )
  yield* raw(
    sql`insert into ${sql.table(table)} (${sql.join(entries.map(([name]) => sql.ref(name)))}) values (${sql.join(values)})`,
  )
}
