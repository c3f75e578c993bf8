import { closeSync, openSync, statSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { SqliteQueryCompiler, type DataTypeNode } from 'kysely'
import { createCompile, createListeners, type Db, type DbOptions, type TxOptions } from './db.ts'
import { isHeld, sqliteProblem } from './db.sqlite.problem.ts'
import { createSync } from './db.sqlite.sync.ts'
import { createLine, createTurn } from './db.sqlite.turn.ts'
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
  /**
   * For pragmas. A statement that writes belongs into a transaction: here it would become part of somebody else's. Throws
   * `database_unavailable` while the file cannot be opened.
   */
  readonly raw: DatabaseSync
  /** The job adapter takes part in transactions through this (kernel/jobs.sqlite.ts). */
  attachJobs(insert: (job: QueuedJob) => Work<void>): void
}

export interface SqliteOptions extends DbOptions {
  /** What to answer when there is no file; undefined: a new database may be made. Default: one may. */
  readonly missing?: () => Problem | undefined
}

/** Longest time a write waits for another connection of the same file (kernel/aside.ts), in ms. */
const busyTimeout = 5000
/** Pause before a transaction looks again whether the other connection has ended its own; they take a few ms. */
const heldPause = 1

/**
 * The embedded engine. WAL with synchronous=FULL: a commit that was acknowledged survives a power cut. Reads and transactions have
 * the one connection in turn, so none sees another request's half-done work; a long one lets requests that need no database come
 * between its statements.
 */
export function openSqlite(path: string, options: SqliteOptions): SqliteDb {
  let open: OpenFile | undefined
  let known = false
  let closed = false
  const compile = createCompile(new Compiler())
  const statements = new Map<string, StatementSync>()
  const { listen, tell } = createListeners(options.log)
  let insertJob: ((job: QueuedJob) => Work<void>) | undefined

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

  async function runWork<T>(
    begin: (raw: DatabaseSync) => void,
    work: () => Work<T>,
  ): Promise<Ran<T>> {
    const told: Told[] = []
    await turn.begin()
    try {
      const raw = started(begin)
      try {
        const steps = work()
        let next = steps.next()
        while (next.done !== true) {
          next = steps.next(take(next.value, told))
          if (turn.isLong()) await turn.next()
        }
        raw.exec('COMMIT')
        return { result: next.value, told }
      } catch (error) {
        rollBack(raw)
        throw failed(error)
      }
    } finally {
      turn.end()
    }
  }

  function started(begin: (raw: DatabaseSync) => void): DatabaseSync {
    const raw = present()
    try {
      begin(raw)
      return raw
    } catch (error) {
      // A write that finds another one at work is tried again (tx).
      throw isHeld(error) ? error : failed(error)
    }
  }

  function take(step: Step, told: Told[]): unknown {
    if (step.kind === 'query') return execute(step)
    if (step.kind === 'engine') return 'sqlite'
    if (step.kind === 'notify') told.push(step)
    else {
      if (!insertJob) throw new Error('A job was enqueued before the job queue was started.')
      const steps = insertJob(step.job)
      for (let next = steps.next(); next.done !== true;) next = steps.next(take(next.value, told))
      told.push({ channel: 'jobs', payload: step.job.name })
    }
    return undefined
  }

  /** With NORMAL a commit to the WAL is not synced (sqlite.org/pragma.html#pragma_synchronous); nothing else runs meanwhile. */
  async function relaxed<T>(act: () => Promise<T>): Promise<T> {
    const raw = present()
    raw.exec('PRAGMA synchronous = NORMAL')
    try {
      return await act()
    } finally {
      // Not when the file was given up meanwhile: the next one opened begins with FULL.
      if (raw.isOpen) raw.exec('PRAGMA synchronous = FULL')
    }
  }

  /**
   * Another connection that writes is waited for without keeping the event loop: SQLite's own waiting would be a sleep of
   * this thread. The first try is made at once.
   */
  async function tx<T>(work: () => Work<T>, options?: TxOptions): Promise<T> {
    const act = (): Promise<Ran<T>> => runWork(beginWrite, work)
    const { durability = 'full' } = options ?? {}
    for (const until = performance.now() + busyTimeout; ;)
      try {
        const result = await heard(durability === 'full' ? act : () => relaxed(act))
        if (durability === 'awaited') await sync()
        return result
      } catch (error) {
        if (!isHeld(error)) throw error
        if (performance.now() > until) throw failed(error)
        await new Promise((done) => setTimeout(done, heldPause))
      }
  }

  // A commit is in the write-ahead log; a checkpoint syncs the log before it takes anything out of it.
  const sync = createSync(`${path}-wal`)
  const turn = createTurn()
  const alone = createLine()

  /** What is told at a commit is heard in the turn of the commit; whoever waits for the result goes on in one that is not long yet. */
  async function heard<T>(act: () => Promise<Ran<T>>): Promise<T> {
    const { result, told } = await alone(act)
    for (const { channel, payload } of told) tell(channel, payload)
    if (turn.isLong()) await turn.next()
    return result
  }

  return {
    engine: 'sqlite',
    path,
    get raw() {
      return database()
    },
    read: (work) => heard(() => runWork(beginRead, work)),
    tx,
    // The data folder's lock file keeps a second server away, so there is nobody to exclude.
    exclusively: (_key, act) => act(),
    listen,
    attachJobs(insert) {
      insertJob = insert
    },
    ping: () =>
      alone(() => {
        try {
          // Reads the file; a bare SELECT 1 would not.
          present().prepare('PRAGMA schema_version').get()
        } catch (error) {
          throw failed(error)
        }
      }),
    close: () =>
      alone(() => {
        closed = true
        forget()
      }),
  }
}

interface Told {
  readonly channel: string
  readonly payload: string
}

/** What is told is heard after the transaction, and its time is not the transaction's. */
interface Ran<T> {
  readonly result: T
  readonly told: readonly Told[]
}

const beginRead = (raw: DatabaseSync): void => raw.exec('BEGIN')

/** Refused at once while another connection writes. */
function beginWrite(raw: DatabaseSync): void {
  raw.exec('PRAGMA busy_timeout = 0')
  try {
    raw.exec('BEGIN IMMEDIATE')
  } finally {
    raw.exec(`PRAGMA busy_timeout = ${busyTimeout}`)
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
