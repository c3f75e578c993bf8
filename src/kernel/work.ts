import {
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type Compilable,
  type OperationNode,
  type RawBuilder,
} from 'kysely'

/**
 * Database work as a value. A store function is a generator that yields queries and receives their rows:
 *
 *     export function* groupById(id: string): Work<Group | undefined> {
 *       return yield* first(q.selectFrom('groups').selectAll().where('id', '=', id))
 *     }
 *
 * `db.read(() => groupById(id))` and `db.tx(() => …)` run it. Inside a transaction nothing but database steps can be
 * awaited, because a generator cannot await: a call to a mail server in the middle of a transaction does not compile.
 * On SQLite nobody else uses the connection until it has ended (docs/decisions/0002-work.md).
 */
export type Work<T> = Generator<Step, T, unknown>

export type Step = QueryStep | NotifyStep | JobStep | EngineStep

export interface QueryStep {
  readonly kind: 'query'
  readonly node: OperationNode
  /** Instead of the values in `node`, which is then compiled only once (`runAgain`). */
  readonly values?: readonly unknown[]
}

/** Tells listeners of a channel, in this process and (on PostgreSQL) in all others, after the commit. */
export interface NotifyStep {
  readonly kind: 'notify'
  readonly channel: string
  readonly payload: string
}

/** Puts a job in the queue with the transaction (kernel/jobs). */
export interface JobStep {
  readonly kind: 'job'
  readonly job: QueuedJob
}

/** Asks which engine runs the work: for the few things that the engines say differently (kernel/search.ts). */
export interface EngineStep {
  readonly kind: 'engine'
}

export interface QueuedJob {
  readonly name: string
  readonly payload: unknown
  /** Not before this time (ms). */
  readonly runAt?: number
  /** While a job with this key waits, another one with it is not added. */
  readonly dedupeKey?: string
}

export interface QueryResult {
  readonly rows: readonly unknown[]
  readonly changes: number
}

interface Query<O> extends Compilable<O> {
  toOperationNode(): OperationNode
}

/** Query builder for a feature's tables. It knows no engine: each engine compiles the query tree itself. */
export function queries<Tables>(): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createIntrospector: (db) => new SqliteIntrospector(db),
    },
  })
}

function* ask(query: { toOperationNode(): OperationNode }): Work<QueryResult> {
  return (yield { kind: 'query', node: query.toOperationNode() }) as QueryResult
}

/** All rows. */
export function* all<O>(query: Query<O>): Work<readonly O[]> {
  return (yield* ask(query)).rows as readonly O[]
}

/** The first row, or undefined. */
export function* first<O>(query: Query<O>): Work<O | undefined> {
  return (yield* ask(query)).rows[0] as O | undefined
}

/** Runs an insert, update, delete or schema change; the number of rows it changed. */
export function* run(query: { toOperationNode(): OperationNode }): Work<number> {
  return (yield* ask(query)).changes
}

/** A query that is made once and run many times. Its values are placeholders; only their order counts. */
export interface Repeated {
  readonly node: OperationNode
}

export const repeated = (query: { toOperationNode(): OperationNode }): Repeated => ({
  node: query.toOperationNode(),
})

/**
 * Runs a repeated query with these values, in the order in which its placeholders stand in the SQL. Building and compiling
 * costs as much as the database itself: 100 rows of 12 columns take 1.4 ms with `run` and 0.7 ms so (SQLite, warm).
 */
export function* runAgain(query: Repeated, values: readonly unknown[]): Work<number> {
  return ((yield { kind: 'query', node: query.node, values }) as QueryResult).changes
}

export function* notify(channel: string, payload = ''): Work<void> {
  yield { kind: 'notify', channel, payload }
}

export function* enqueue(job: QueuedJob): Work<void> {
  yield { kind: 'job', job }
}

/** A fragment of SQL of one engine: only for what the builder cannot say (kernel/backup.ts, full-text search). */
export function* raw<O>(fragment: RawBuilder<O>): Work<readonly O[]> {
  return (yield* ask(fragment)).rows as readonly O[]
}

export function* engine(): Work<'sqlite' | 'postgres'> {
  return (yield { kind: 'engine' }) as 'sqlite' | 'postgres'
}
