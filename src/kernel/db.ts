import { createQueryId, type CompiledQuery, type QueryCompiler } from 'kysely'
import type { Log } from './log.ts'
import { Problem } from './problem.ts'
import type { QueryStep, Work } from './work.ts'

/** The whole seam to a database: everything else of ours is a `Work` value (kernel/work.ts). */
export interface Db {
  readonly engine: 'sqlite' | 'postgres'
  /** Runs reads on one consistent snapshot. */
  read<T>(work: () => Work<T>): Promise<T>
  /**
   * Runs a transaction: serializable on both engines, so an invariant over several rows holds. PostgreSQL may have to
   * repeat it, therefore `work` makes a fresh generator each time and must not change anything outside itself.
   */
  tx<T>(work: () => Work<T>, options?: TxOptions): Promise<T>
  /** Runs `act` while no other process of ours does the same under this key (migrations). */
  exclusively<T>(key: number, act: () => Promise<T>): Promise<T>
  /** Calls back after each committed `notify` on the channel, from any process. Returns the way to stop. */
  listen(channel: string, heard: (payload: string) => void): () => void
  /** Rejects with `database_unavailable` when the database does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}

export interface TxOptions {
  /**
   * `relaxed`: the commit does not wait for the disk. It survives the end of this process; a power cut may take the last
   * moments of it, never half of a transaction. For counts, not for what somebody was told is done. `awaited`: the commit does
   * not wait either, the promise does; as safe as `full`, and nobody else waits with it, but others may read before it is
   * safe. For many short writes one after the other. Default `full`.
   */
  readonly durability?: 'full' | 'relaxed' | 'awaited'
  /**
   * `committed`: on PostgreSQL it takes no part in keeping others serializable, so it never makes another transaction repeat; what
   * others commit meanwhile it may see in the middle. Only for work that unique keys alone keep right. Default `serializable`.
   */
  readonly isolation?: 'serializable' | 'committed'
}

export interface DbOptions {
  readonly log: Log
}

/** What a broken constraint means, told by the engine's error code and never by its message. */
export type ConstraintKind = 'unique' | 'foreign_key' | 'not_null' | 'check'

export function constraintProblem(kind: ConstraintKind, cause: unknown): Problem {
  if (kind === 'unique')
    return new Problem('already_exists', 'Something with the same name or key exists already.', {
      remedy: 'Choose another name, or open the one that exists.',
      cause,
    })
  if (kind === 'foreign_key')
    return new Problem(
      'in_use',
      'Something else refers to it, or it refers to something that is gone.',
      {
        remedy: 'Reload the page to see the present state, then try again.',
        cause,
      },
    )
  return new Problem('internal', 'A value did not fit its column.', { cause })
}

/** A listener registry: one per database handle. */
export function createListeners(log: Log) {
  const channels = new Map<string, Set<(payload: string) => void>>()
  return {
    listen: (channel: string, heard: (payload: string) => void): (() => void) => {
      const set = channels.get(channel) ?? new Set()
      channels.set(channel, set.add(heard))
      return () => set.delete(heard)
    },
    tell: (channel: string, payload: string): void => {
      for (const heard of channels.get(channel) ?? []) {
        try {
          heard(payload)
        } catch (error) {
          log.error({ err: error, channel }, 'a listener failed')
        }
      }
    },
  }
}

/** Turns steps into SQL of an engine; a query with values of its own is compiled the first time only. */
export function createCompile(
  compiler: QueryCompiler,
): (step: QueryStep) => { readonly sql: string; readonly parameters: readonly unknown[] } {
  const compiled = new WeakMap<QueryStep['node'], CompiledQuery>()
  const compile = (node: QueryStep['node']): CompiledQuery =>
    compiler.compileQuery(node as Parameters<QueryCompiler['compileQuery']>[0], createQueryId())
  return ({ node, values }) => {
    if (values === undefined) return compile(node)
    const known = compiled.get(node) ?? compile(node)
    compiled.set(node, known)
    if (known.parameters.length !== values.length)
      throw new Error(`The query takes ${known.parameters.length} values, not ${values.length}.`)
    return { sql: known.sql, parameters: values }
  }
}
