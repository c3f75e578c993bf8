import { closeSync, openSync, statSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { SqliteQueryCompiler, type DataTypeNode } from 'kysely'
import { constraintProblem, createCompile, createListeners, type Db, type DbOptions } from './db.ts'
import { Problem } from './problem.ts'
import type { QueryResult, QueryStep, QueuedJob, Step, Work } from './work.ts'

/** The same type names on both engines: `bytea` is SQLite's blob; text compares by bytes on SQLite as it is. */
class Compiler extends SqliteQueryCompiler {
  protected override visitDataType(node: DataTypeNode): void {
    this.append(node.dataType === 'bytea' ? 'blob' : node.dataType)
  }
}

export interface SqliteDb extends Db {
  readonly engine: 'sqlite'
  readonly path: string
  /** For raw statements of the SQLite-only adapters. Throws `database_unavailable` while the file cannot be opened. */
  readonly raw: DatabaseSync
  /** The job adapter takes part in transactions through this (kernel/jobs.sqlite.ts). */
  attachJobs(insert: (job: QueuedJob) => void): void
}

export interface SqliteOptions extends DbOptions {
  /** What to answer when there is no file; undefined: a new database may be made. Default: one may. */
  readonly missing?: () => Problem | undefined
}

/** Longest time a write waits for another connection of the same file (a worker thread), in ms. */
const busyTimeout = 5000

/**
 * The embedded engine. WAL with synchronous=FULL: a commit that was acknowledged survives a power cut. A transaction runs
 * in one turn of the event loop, so this connection never sees another request's half-done work.
 */
export function openSqlite(path: string, options: SqliteOptions): SqliteDb {
  let open: OpenFile | undefined
  let known = false
  let closed = false
  const compile = createCompile(new Compiler())
  const statements = new Map<string, StatementSync>()
  const { listen, tell } = createListeners(options.log)
  let insertJob: ((job: QueuedJob) => void) | undefined

  /** Opened when it is needed, and tried again when it failed: a damaged file must not keep the process from starting. */
  function database(): DatabaseSync {
    if (closed) throw new Problem('database_unavailable', 'The database is closed.')
    if (open) return open.raw
    const missing = inodeOf(path) === undefined && (options.missing?.() ?? (known && away(path)))
    if (missing) throw missing
    open = openFile(path)
    known = true
    return open.raw
  }

  function forget(): void {
    statements.clear()
    const old = open?.raw
    open = undefined
    if (old?.isOpen !== true) return
    try {
      old.close()
    } catch (error) {
      options.log.warn({ err: error }, 'a database file could not be closed')
    }
  }

  /** SQLite goes on with a file that was moved away or replaced, and all it writes is lost; so the path is looked at each time. */
  function present(): DatabaseSync {
    if (open && open.inode !== inodeOf(path)) forget()
    return database()
  }

  /** What was read of a file that proved damaged says nothing about the one that takes its place. */
  function failed(error: unknown): unknown {
    const problem = sqliteProblem(error)
    if (problem instanceof Problem && problem.code === 'database_unavailable') forget()
    return problem
  }

  function prepare(sql: string): StatementSync {
    let statement = statements.get(sql)
    if (!statement) {
      statement = database().prepare(sql)
      // Enough for every statement we have; generated `in (…)` lists of many lengths must not grow it without end.
      if (statements.size > 2000) statements.clear()
      statements.set(sql, statement)
    }
    return statement
  }

  function execute(step: QueryStep): QueryResult {
    const { sql, parameters } = compile(step)
    const values = parameters.map(toSqlite)
    const statement = prepare(sql)
    if (statement.columns().length > 0) {
      const rows = statement.all(...values)
      return { rows, changes: rows.length }
    }
    return { rows: [], changes: Number(statement.run(...values).changes) }
  }

  function runWork<T>(begin: string, work: () => Work<T>): T {
    const told: { channel: string; payload: string }[] = []
    let result: T
    const raw = present()
    try {
      raw.exec(begin)
    } catch (error) {
      throw failed(error)
    }
    try {
      const steps = work()
      let turn = steps.next()
      while (turn.done !== true) turn = steps.next(take(turn.value, told))
      result = turn.value
      raw.exec('COMMIT')
    } catch (error) {
      rollBack(raw)
      throw failed(error)
    }
    for (const { channel, payload } of told) tell(channel, payload)
    return result
  }

  function take(step: Step, told: { channel: string; payload: string }[]): QueryResult | undefined {
    if (step.kind === 'query') return execute(step)
    if (step.kind === 'notify') told.push(step)
    else {
      if (!insertJob) throw new Error('A job was enqueued before the job queue was started.')
      insertJob(step.job)
      told.push({ channel: 'jobs', payload: step.job.name })
    }
    return undefined
  }

  /** With NORMAL a commit to the WAL is not synced (sqlite.org/pragma.html#pragma_synchronous); nothing else runs meanwhile. */
  function relaxed<T>(act: () => T): T {
    const raw = present()
    raw.exec('PRAGMA synchronous = NORMAL')
    try {
      return act()
    } finally {
      // Not when the file was given up meanwhile: the next one opened begins with FULL.
      if (raw.isOpen) raw.exec('PRAGMA synchronous = FULL')
    }
  }

  // The promise is only the seam's shape: the work is done before it is returned.
  const settle = <T>(act: () => T): Promise<T> => {
    try {
      return Promise.resolve(act())
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)))
    }
  }

  return {
    engine: 'sqlite',
    path,
    get raw() {
      return database()
    },
    read: (work) => settle(() => runWork('BEGIN', work)),
    tx: (work, options) =>
      settle(() =>
        options?.durability === 'relaxed'
          ? relaxed(() => runWork('BEGIN IMMEDIATE', work))
          : runWork('BEGIN IMMEDIATE', work),
      ),
    // The data folder's lock file keeps a second server away, so there is nobody to exclude.
    exclusively: (_key, act) => act(),
    listen,
    attachJobs(insert) {
      insertJob = insert
    },
    ping: () =>
      settle(() => {
        try {
          // Reads the file; a bare SELECT 1 would not.
          present().prepare('PRAGMA schema_version').get()
        } catch (error) {
          throw failed(error)
        }
      }),
    close: () =>
      settle(() => {
        closed = true
        forget()
      }),
  }
}

interface OpenFile {
  readonly raw: DatabaseSync
  readonly inode: number | undefined
}

function openFile(path: string): OpenFile {
  let raw: DatabaseSync | undefined
  try {
    makePrivate(path)
    raw = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: busyTimeout })
    raw.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;')
    return { raw, inode: inodeOf(path) }
  } catch (error) {
    raw?.close()
    throw sqliteProblem(error)
  }
}

/** SQLite makes files that everybody may read; this way it finds one, and gives its mode to the write-ahead log as well. */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch {
    // It is there already, or SQLite says what is in the way.
  }
}

/** Undefined for no file, and for an empty one: SQLite takes that for a new database too. */
function inodeOf(path: string): number | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined || found.size === 0 ? undefined : found.ino
}

const away = (path: string): Problem =>
  new Problem('database_unavailable', `The database file ${path} is gone.`, {
    remedy: 'Put it back; Gatehouse goes on by itself.',
    retryAfter: 5,
  })

function rollBack(raw: DatabaseSync): void {
  try {
    if (raw.isTransaction) raw.exec('ROLLBACK')
  } catch {
    // What went wrong before says more; the file is opened anew after it.
  }
}

function toSqlite(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value === undefined) return null
  return value as SQLInputValue
}

/** Primary result codes of SQLite (sqlite.org/rescode.html). The low byte is the primary code. */
const unavailable = new Set([10, 11, 14, 26, 8, 23])

export function sqliteProblem(error: unknown): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error
  const code = (error as { errcode?: number }).errcode
  if (code === undefined)
    return (error as { code?: string }).code === 'ERR_INVALID_STATE'
      ? new Problem('database_unavailable', 'The database is closed.', { cause: error })
      : error
  if (code === 1555 || code === 2067) return constraintProblem('unique', error)
  if (code === 787) return constraintProblem('foreign_key', error)
  if (code === 1299) return constraintProblem('not_null', error)
  if (code === 275) return constraintProblem('check', error)
  const primary = code & 0xff
  if (primary === 13)
    return new Problem(
      'storage_full',
      'The disk of the data folder is full; nothing was changed.',
      {
        remedy: 'Free some space, then try again.',
        cause: error,
      },
    )
  if (primary === 5 || primary === 6)
    return new Problem(
      'busy',
      'Another writer held the database for too long; nothing was changed.',
      {
        remedy: 'Try again in a few seconds.',
        retryAfter: 2,
        cause: error,
      },
    )
  if (unavailable.has(primary))
    return new Problem(
      'database_unavailable',
      'The database file cannot be read or written; nothing was changed.',
      {
        remedy: 'The operator finds the cause with `gatehouse doctor`.',
        retryAfter: 5,
        cause: error,
      },
    )
  return error
}
