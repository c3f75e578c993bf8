import { createHash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { sql } from 'kysely'
import type { Clock } from './clock.ts'
import type { Db } from './db.ts'
import { damaged, readManifest, verifyBackup, type Manifest } from './manifest.ts'
import { appliedMigrations, applyMigrations, type Migration } from './migrate.ts'
import { Problem } from './problem.ts'
import { decode, encode, insertRows, linesOf, type Row } from './rows.ts'
import { raw, type Work } from './work.ts'

/** Rows read or written at once; of a table with bytes, whose rows may be a hundred thousand times as long, few. */
const chunk = 2000
const chunkOfBytes = 16
/** Bytes of lines that are put in at once. */
const linesAtOnce = 32 * 1024 * 1024

export interface BackupParts {
  readonly db: Db
  readonly version: string
  readonly clock: Clock
  /** The data folder, and the files in it that a restore needs (encryption key, local CA). */
  readonly data: string
  readonly files: readonly string[]
}

/** Writes a backup into `folder`, which must not exist yet or be empty. It has that name when it is whole, not before. */
export async function writeBackup(parts: BackupParts, folder: string): Promise<Manifest> {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new Problem('already_exists', `The folder ${folder} is not empty.`, {
      remedy: 'Name a new folder for each backup.',
    })
  const target = resolve(folder)
  const draft = `${target}.unfinished`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true, mode: 0o700 })
  try {
    const manifest = await write(parts, draft)
    renameSync(draft, target)
    return manifest
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    throw fileProblem(error)
  }
}

async function write(parts: BackupParts, folder: string): Promise<Manifest> {
  const { migrations, tables } = await parts.db.read(function* () {
    const migrations = yield* appliedMigrations()
    const tables: Manifest['tables'][number][] = []
    for (const name of yield* tableNames(parts.db.engine))
      tables.push(yield* writeTable(parts.db.engine, name, join(folder, `${name}.jsonl`)))
    return { migrations, tables }
  })
  const files = parts.files
    .filter((name) => existsSync(join(parts.data, name)))
    .map((name) => {
      const content = readFileSync(join(parts.data, name))
      writeWhole(join(folder, 'files', name), content)
      return { name, sha256: createHash('sha256').update(content).digest('hex') }
    })
  const manifest: Manifest = {
    format: 1,
    version: parts.version,
    engine: parts.db.engine,
    takenAt: parts.clock(),
    migrations: [...migrations],
    tables,
    files,
  }
  writeWhole(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

function* writeTable(
  engine: Db['engine'],
  name: string,
  path: string,
): Work<Manifest['tables'][number]> {
  const file = openSync(path, 'w', 0o600)
  const hash = createHash('sha256')
  try {
    const rows = yield* eachChunk(engine, name, (lines) => {
      hash.update(lines)
      writeSync(file, lines)
    })
    fsyncSync(file)
    return { name, rows, sha256: hash.digest('hex') }
  } finally {
    closeSync(file)
  }
}

function writeWhole(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(path, content, { mode: 0o600, flush: true })
}

/**
 * Restores into an empty database and data folder. Everything is checked first; schema and rows are one transaction, and the
 * files are taken away again when it fails, so that a restore that broke off left nothing.
 */
export async function restoreBackup(
  parts: Omit<BackupParts, 'files' | 'version'> & { readonly migrations: readonly Migration[] },
  folder: string,
): Promise<Manifest> {
  const manifest = readManifest(folder)
  await verifyBackup(manifest, folder)
  // The queue's own table exists on SQLite only; on PostgreSQL pg-boss keeps its tables apart.
  const known = new Set(parts.migrations.map((m) => m.name))
  const unknown = manifest.migrations.filter((name) => !known.has(name) && !engineOnly.has(name))
  if (unknown.length > 0)
    throw new Problem(
      'wrong_state',
      `The backup was made by a newer version (${manifest.version}).`,
      { remedy: `Restore it with Gatehouse ${manifest.version} or later.` },
    )
  const wanted = parts.migrations.filter(
    (m) => manifest.migrations.includes(m.name) || engineOnly.has(m.name),
  )
  const tables = manifest.tables.filter(
    (t) => t.name !== 'migrations' && (t.name !== 'jobs' || known.has('kernel-002-jobs')),
  )
  for (const { name } of manifest.files)
    if (existsSync(join(parts.data, name)))
      throw new Problem('wrong_state', `The data folder has a file ${name} already.`, { remedy })
  const copied: string[] = []
  try {
    for (const { name } of manifest.files) {
      const target = join(parts.data, name)
      mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
      copied.push(target)
      copyFileSync(join(folder, 'files', name), target)
      // Whatever the backup has been through (a checkout, a file share): here only the owner may read it.
      chmodSync(target, 0o600)
    }
    await parts.db.tx(function* () {
      if ((yield* tableNames(parts.db.engine)).length > 0)
        throw new Problem('wrong_state', 'The database to restore into is not empty.', { remedy })
      yield* applyMigrations(wanted, parts.clock)
      const listed = new Set(manifest.tables.map((t) => t.name))
      for (const name of yield* tableNames(parts.db.engine))
        if (!listed.has(name) && name !== 'jobs') throw damaged(`${name}.jsonl`)
      // Rows that migrations put in are in the backup too, as they were.
      for (const { name } of tables.toReversed()) yield* raw(sql`delete from ${sql.table(name)}`)
      for (const { name } of tables) yield* fill(name, join(folder, `${name}.jsonl`))
    })
  } catch (error) {
    for (const path of copied) rmSync(path, { force: true })
    throw fileProblem(error)
  }
  return manifest
}

const engineOnly = new Set(['kernel-002-jobs'])
const remedy = 'Restore into a new data folder (GATEHOUSE_DATA) and, on PostgreSQL, a new database.'

function* fill(table: string, path: string): Work<void> {
  let rows: Row[] = []
  let size = 0
  for (const line of linesOf(path)) {
    rows.push(decode(line))
    size += line.length
    if (rows.length < chunk && size < linesAtOnce) continue
    yield* insertRows(table, rows)
    rows = []
    size = 0
  }
  yield* insertRows(table, rows)
}

/** A full disk or a folder that may not be written is told as such. */
function fileProblem(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC')
    return new Problem('storage_full', 'The disk is full; nothing was left behind.', {
      remedy: 'Free some space, then try again.',
      cause: error,
    })
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new Problem('wrong_state', `A file cannot be written: ${message}.`, {
      remedy: 'Look at the permissions of the folder.',
      cause: error,
    })
  return error
}

/** Whether the database was ever migrated. */
export function* hasMigrations(engine: Db['engine']): Work<boolean> {
  return (yield* tableNames(engine)).includes('migrations')
}

/** Our tables in the order of their creation. What a full-text index is made of is made again (kernel/search.ts). */
function* tableNames(engine: Db['engine']): Work<readonly string[]> {
  const rows = yield* raw(
    engine === 'sqlite'
      ? sql<{
          name: string
        }>`select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\' and name not like 'search\\_%' escape '\\' order by rowid`
      : sql<{
          name: string
        }>`select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = current_schema() and c.relkind = 'r' and c.relname not like 'search\\_%' escape '\\' order by c.oid`,
  )
  return rows.map((row) => row.name)
}

/** Hands a table over as JSON Lines, some thousand rows at a time; answers how many rows there were. */
function* eachChunk(
  engine: Db['engine'],
  table: string,
  take: (lines: string) => void,
): Work<number> {
  const rowsAtOnce = (yield* hasBytes(engine, table)) ? chunkOfBytes : chunk
  let count = 0
  let last = -1
  if (engine === 'postgres')
    yield* raw(sql`declare backup no scroll cursor for select * from ${sql.table(table)}`)
  for (;;) {
    const rows: readonly Row[] =
      engine === 'postgres'
        ? yield* raw(sql<Row>`fetch ${sql.lit(rowsAtOnce)} from backup`)
        : yield* raw(
            sql<Row>`select rowid as "$rowid", * from ${sql.table(table)} where rowid > ${last} order by rowid limit ${rowsAtOnce}`,
          )
    if (rows.length === 0) break
    count += rows.length
    last = Number(rows.at(-1)?.['$rowid'] ?? 0)
    take(rows.map(encode).join(''))
  }
  if (engine === 'postgres') yield* raw(sql`close backup`)
  return count
}

function* hasBytes(engine: Db['engine'], table: string): Work<boolean> {
  const columns = yield* raw(
    engine === 'sqlite'
      ? sql`select name from pragma_table_info(${table}) where lower(type) = 'blob'`
      : sql`select column_name from information_schema.columns where table_schema = current_schema() and table_name = ${table} and data_type = 'bytea'`,
  )
  return columns.length > 0
}
