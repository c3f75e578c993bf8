import { PostgresQueryCompiler, type DataTypeNode } from 'kysely'
import type pg from 'pg'
import {
  constraintProblem,
  createCompile,
  createListeners,
  type Db,
  type DbOptions,
  type TxOptions,
} from './db.ts'
import { later } from './later.ts'
import type { Log } from './log.ts'
import { Problem } from './problem.ts'
import type { QueryResult, QueryStep, QueuedJob, Step, Work } from './work.ts'

/** Text compares by bytes, as on SQLite, whatever the cluster's locale is. */
class Compiler extends PostgresQueryCompiler {
  protected override visitDataType(node: DataTypeNode): void {
    this.append(node.dataType === 'text' ? 'text collate "C"' : node.dataType)
  }
}

export interface PostgresDb extends Db {
  readonly engine: 'postgres'
  readonly pool: pg.Pool
  /** The job adapter takes part in transactions through this (kernel/jobs.postgres.ts). */
  attachJobs(sink: JobSink): void
}

/** Inserts a job with the connection of the transaction that makes it. */
export type JobSink = (
  job: QueuedJob,
  execute: (sql: string, values: readonly unknown[]) => Promise<{ rows: unknown[] }>,
) => Promise<void>

const driver = later('pg') as () => typeof pg

const channel = 'gatehouse'
/** Tells the name of a queue that a committed transaction put a job into that may begin now. */
export const jobsChannel = 'jobs'
/** Serialization failures and deadlocks are normal under SERIALIZABLE: the transaction is run again. */
const retries = 10
const connectTimeout = 3000
const statementTimeout = 30_000
/**
 * For a server that is gone without a word (a pulled cable, a dropped packet filter state): it cannot end its own statement,
 * and TCP alone would let a query wait for a quarter of an hour. Longer than the server's own limit, which says more.
 */
const answerTimeout = 35_000

type ReadType = typeof pg.types.getTypeParser
/** The type number of bigint in PostgreSQL's catalogue: ours are milliseconds and counts, far below 2^53, so numbers. */
const int8 = 20
const readType = ((oid: number, format?: 'text') =>
  oid === int8
    ? Number
    : (driver().types.getTypeParser as (oid: number, format?: 'text') => unknown)(
        oid,
        format,
      )) as ReadType

/** PostgreSQL, for when one machine is not enough: any number of processes on one database. */
export function openPostgres(
  url: string,
  options: DbOptions & { readonly answerTimeout?: number },
): PostgresDb {
  const pool = new (driver().Pool)({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: connectTimeout,
    statement_timeout: statementTimeout,
    query_timeout: options.answerTimeout ?? answerTimeout,
    keepAlive: true,
    application_name: 'gatehouse',
    types: {
      getTypeParser: readType,
    },
  })
  pool.on('error', (error) => options.log.warn({ err: error }, 'an idle database connection broke'))
  // The pool listens only to idle clients. One that breaks between two queries of a transaction would end the process as an
  // unhandled 'error'; its next query fails anyway, and that is where it is answered.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const compile = createCompile(new Compiler())
  const listeners = createListeners(options.log)
  const ear = listenForever(url, options.log, (told) => {
    const [name = '', ...rest] = told.split('\n')
    listeners.tell(name, rest.join('\n'))
  })
  let jobSink: JobSink | undefined

  async function execute(client: pg.PoolClient, step: QueryStep): Promise<QueryResult> {
    const { sql, parameters } = compile(step)
    const result = await client.query(sql, parameters.map(toPostgres))
    return { rows: result.rows, changes: result.rowCount ?? 0 }
  }

  async function take(client: pg.PoolClient, step: Step): Promise<unknown> {
    if (step.kind === 'query') return execute(client, step)
    if (step.kind === 'engine') return 'postgres'
    if (step.kind === 'notify')
      await client.query('select pg_notify($1, $2)', [channel, `${step.channel}\n${step.payload}`])
    else {
      if (!jobSink) throw new Error('A job was enqueued before the job queue was started.')
      await jobSink(step.job, async (sql, values) => client.query(sql, [...values]))
      if (step.job.runAt === undefined)
        await take(client, { kind: 'notify', channel: jobsChannel, payload: step.job.name })
    }
    return undefined
  }

  async function runOnce<T>(begin: string, work: () => Work<T>): Promise<T> {
    const client = await pool.connect()
    let broken = false
    try {
      await client.query(begin)
      const steps = work()
      let turn = steps.next()
      while (turn.done !== true) turn = steps.next(await take(client, turn.value))
      await client.query('COMMIT')
      return turn.value
    } catch (error) {
      // Behind a query that was given up a ROLLBACK would only wait as long again.
      if (gaveUp(error)) broken = true
      else
        await client.query('ROLLBACK').catch(() => {
          broken = true
        })
      throw error
    } finally {
      client.release(broken)
    }
  }

  async function runWork<T>(begin: string, work: () => Work<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await runOnce(begin, work)
      } catch (error) {
        const code = (error as { code?: string }).code
        if ((code === '40001' || code === '40P01') && attempt <= retries) {
          await new Promise((done) => setTimeout(done, Math.random() * 5 * 2 ** attempt))
          continue
        }
        throw postgresProblem(error)
      }
    }
  }

  return {
    engine: 'postgres',
    pool,
    read: (work) => runWork('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work),
    tx: (work, options) => runWork(beginOf(options), work),
    listen: listeners.listen,
    async exclusively(key, act) {
      const client = await pool.connect().catch((error: unknown) => {
        throw postgresProblem(error)
      })
      try {
        await client.query('select pg_advisory_lock($1)', [key])
        return await act()
      } finally {
        // Ending the session frees the lock in every case.
        client.release(true)
      }
    },
    attachJobs(sink) {
      jobSink = sink
    },
    async ping() {
      try {
        await pool.query('select 1')
      } catch (error) {
        throw postgresProblem(error)
      }
    },
    async close() {
      await ear.close()
      if (!pool.ended) await pool.end()
    },
  }
}

function beginOf({ durability, isolation }: TxOptions = {}): string {
  const level = isolation === 'committed' ? 'READ COMMITTED' : 'SERIALIZABLE'
  const begin = `BEGIN ISOLATION LEVEL ${level}`
  return durability === 'relaxed' ? `${begin}; SET LOCAL synchronous_commit = off` : begin
}

/** One connection of its own that listens; it comes back by itself. What is missed meanwhile, polling finds. */
function listenForever(url: string, log: Log, heard: (told: string) => void) {
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let told = false
  const connect = async (): Promise<void> => {
    const next = new (driver().Client)({
      connectionString: url,
      connectionTimeoutMillis: connectTimeout,
      keepAlive: true,
    })
    let over = false
    const again = (error?: Error): void => {
      if (over) return
      over = true
      next.end().catch(() => undefined)
      if (closed) return
      // Once an outage: it is tried every second, and an outage may last for days.
      if (!told) log.warn({ err: error }, 'the listening database connection broke; trying again')
      told = true
      timer = setTimeout(() => void connect(), 1000)
    }
    next.on('error', again)
    next.on('end', () => again())
    next.on('notification', (message) => heard(message.payload ?? ''))
    try {
      await next.connect()
      await next.query(`listen ${channel}`)
      client = next
      told = false
    } catch (error) {
      again(error as Error)
    }
  }
  const first = connect()
  return {
    async close() {
      closed = true
      clearTimeout(timer)
      await first
      await client?.end().catch(() => undefined)
    },
  }
}

/** node-postgres gives this error no code. */
const gaveUp = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Query read timeout'

function toPostgres(value: unknown): unknown {
  return typeof value === 'boolean' ? (value ? 1 : 0) : value
}

/** SQLSTATE codes (postgresql.org/docs/current/errcodes-appendix.html) and the socket errors of node. */
const socketErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENOENT',
])

export function postgresProblem(error: unknown): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error
  const code = (error as { code?: string }).code
  if (code === '23505') return constraintProblem('unique', error)
  if (code === '23503') return constraintProblem('foreign_key', error)
  if (code === '23502') return constraintProblem('not_null', error)
  if (code === '23514') return constraintProblem('check', error)
  if (code === '53100')
    return new Problem('storage_full', 'The disk of the database is full; nothing was changed.', {
      remedy: 'Free some space, then try again.',
      cause: error,
    })
  if (code === '40001' || code === '40P01')
    return new Problem('busy', 'Too many changes at once; nothing was changed.', {
      remedy: 'Try again in a few seconds.',
      retryAfter: 2,
      cause: error,
    })
  // node-postgres reports a broken or timed-out connection without any code.
  const lost =
    code === undefined &&
    /connection|terminated|timeout|pool after calling end/i.test(error.message)
  if (lost || socketErrors.has(code ?? '') || /^(08|57P|53)/.test(code ?? ''))
    return new Problem(
      'database_unavailable',
      'The database does not answer; nothing was changed.',
      {
        remedy: 'The operator finds the cause with `gatehouse doctor`.',
        retryAfter: 5,
        cause: error,
      },
    )
  return error
}
