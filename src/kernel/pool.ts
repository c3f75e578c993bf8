import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { Problem, type ProblemCode, problems } from './problem.ts'

/**
 * A function that a pool runs: exported by name from a module of its own, input and output
 * structured-clonable.
 */
export type PoolTask = (input: never) => unknown

export type PoolResult<Output> =
  | { readonly ok: true; readonly value: Output }
  | {
      readonly ok: false
      /**
       * `failed`: the task threw, `error` is what it threw. `timeout`: it was stopped. `crashed`:
       * its thread ended. `full`: too many wait already. `closed`: the pool takes nothing any more.
       */
      readonly kind: 'failed' | 'timeout' | 'crashed' | 'full' | 'closed'
      readonly error: Error
    }

/** What the task gave; throws what went wrong: `busy` when it was stopped for taking too long. */
export function valueOf<T>(result: PoolResult<T>): T {
  if (result.ok) return result.value
  if (result.kind !== 'timeout') throw result.error
  throw new Problem('busy', 'This took too long and was stopped; nothing was changed.', {
    remedy: 'Try again with less at once.',
    retryAfter: 5,
    cause: result.error,
  })
}

export interface RunOptions {
  /**
   * Milliseconds from the start of the task, not counting the wait; the pool's own when left out.
   */
  readonly timeoutMs?: number
  /** Buffers of the input that are handed over instead of copied; the caller has them no more. */
  readonly transfer?: readonly ArrayBuffer[]
}

export interface Pool {
  /**
   * Runs the function `name` of the module at `url` in a thread. Never rejects.
   *
   *     const found = await pool.run<typeof findAll>(new URL('./find.ts', import.meta.url), 'findAll', text)
   */
  readonly run: <Task extends PoolTask>(
    url: URL,
    name: string,
    input: Parameters<Task>[0],
    options?: RunOptions,
  ) => Promise<PoolResult<Awaited<ReturnType<Task>>>>
  /** Takes nothing new, and resolves when everything taken is done and the threads have ended. */
  readonly drain: () => Promise<void>
  /** Ends the threads now; what waits or runs gets `closed`. */
  readonly close: () => Promise<void>
  /** For the metrics. */
  readonly load: () => { readonly running: number; readonly waiting: number }
}

export interface PoolOptions {
  /**
   * Threads; one fewer than the machine has cores when left out, and at least one. They start when
   * needed.
   */
  readonly size?: number
  /** Tasks that may wait; 1,000 when left out. */
  readonly maxWaiting?: number
  /** Milliseconds a task may take; 30 s when left out. */
  readonly timeoutMs?: number
}

/** Messages to and from pool-worker.ts. */
export interface PoolRequest {
  readonly url: string
  readonly name: string
  readonly input: unknown
}
export type PoolResponse =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: CarriedError }

/** An error as it crosses threads: cloning keeps neither classes nor codes. */
export interface CarriedError {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly code: string | undefined
  readonly extra: object | undefined
}

type AnyResult = PoolResult<unknown>

interface Job extends PoolRequest {
  readonly timeoutMs: number
  readonly transfer: readonly ArrayBuffer[]
  readonly settle: (result: AnyResult) => void
}

/**
 * A pool of worker threads for what would keep the event loop busy. Time is bounded, memory is not:
 * V8 aborts the whole process when a thread's heap is full (Node 24.21: in 8 of 15 trials in spite
 * of `resourceLimits`), so a task has to bound what it takes in.
 */
export function createPool({
  size = Math.max(1, availableParallelism() - 1),
  maxWaiting = 1000,
  timeoutMs = 30_000,
}: PoolOptions = {}): Pool {
  const waiting: Job[] = []
  const idle: Worker[] = []
  const running = new Map<Worker, Job>()
  let open = true
  let drained: (() => void) | undefined

  /** Starts what can be started; called whenever something ended or came. */
  function pump(): void {
    while (waiting.length > 0 && running.size < size) {
      const job = waiting.shift()
      if (job !== undefined) start(idle.pop() ?? spawn(), job)
    }
    if (waiting.length === 0 && running.size === 0) drained?.()
  }

  function start(worker: Worker, job: Job): void {
    const timer = setTimeout(() => end('timeout', timeoutError(job)), job.timeoutMs)

    /** Settles once; a thread that answered is used again, any other one is ended. */
    const finish = (result: AnyResult, reusable: boolean): void => {
      clearTimeout(timer)
      worker.removeAllListeners()
      running.delete(worker)
      if (reusable) {
        worker.unref()
        // An idle thread that breaks is forgotten; without a listener it would take the process
        // with it.
        worker.once('error', () => forget(worker)).once('exit', () => forget(worker))
        idle.push(worker)
      } else {
        worker.on('error', () => undefined)
        void worker.terminate()
      }
      job.settle(result)
      pump()
    }
    const end = (kind: 'timeout' | 'crashed', error: Error): void =>
      finish({ ok: false, kind, error }, false)

    running.set(worker, job)
    worker.removeAllListeners()
    worker.ref()
    worker.once('message', (response: PoolResponse) =>
      finish(
        response.ok ? response : { ok: false, kind: 'failed', error: revive(response.error) },
        true,
      ),
    )
    worker.once('error', (error) => end('crashed', asError(error)))
    worker.once('exit', (code) =>
      end('crashed', new Error(`The thread of ${job.name} ended with code ${code}.`)),
    )
    try {
      worker.postMessage({ url: job.url, name: job.name, input: job.input }, [...job.transfer])
    } catch (error) {
      // The input cannot be cloned. The thread has not noticed and is as good as before.
      finish({ ok: false, kind: 'failed', error: asError(error) }, true)
    }
  }

  function forget(worker: Worker): void {
    const at = idle.indexOf(worker)
    if (at !== -1) idle.splice(at, 1)
  }

  async function endIdle(): Promise<void> {
    await Promise.all(idle.splice(0).map((worker) => worker.terminate()))
  }

  return {
    run<Task extends PoolTask>(
      url: URL,
      name: string,
      input: Parameters<Task>[0],
      options: RunOptions = {},
    ) {
      return new Promise<AnyResult>((settle) => {
        if (!open) {
          settle(refusal('closed', new Problem('draining')))
          return
        }
        if (running.size >= size && waiting.length >= maxWaiting) {
          settle(refusal('full', new Problem('busy', 'Too much work is waiting already.')))
          return
        }
        const limit = options.timeoutMs ?? timeoutMs
        waiting.push({
          url: url.href,
          name,
          input,
          timeoutMs: limit,
          transfer: options.transfer ?? [],
          settle,
        })
        pump()
      }) as Promise<PoolResult<Awaited<ReturnType<Task>>>>
    },
    async drain() {
      open = false
      if (waiting.length > 0 || running.size > 0)
        await new Promise<void>((done) => (drained = done))
      await endIdle()
    },
    async close() {
      open = false
      const closed = refusal('closed', new Problem('draining'))
      for (const job of waiting.splice(0)) job.settle(closed)
      const ending = [...running].map(([worker, job]) => {
        worker.removeAllListeners('message')
        job.settle(closed)
        return worker.terminate()
      })
      await Promise.all(ending)
      await endIdle()
    },
    load: () => ({ running: running.size, waiting: waiting.length }),
  }
}

const spawn = (): Worker => new Worker(new URL('./pool-worker.ts', import.meta.url))

const refusal = (kind: 'full' | 'closed', error: Error): AnyResult => ({ ok: false, kind, error })

const timeoutError = ({ name, timeoutMs }: Job): Error =>
  new Error(`${name} took longer than ${timeoutMs} ms and was stopped.`)

const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown))

/**
 * A {@link Problem} comes out as one again, anything else as an error with the same name, text and
 * code.
 */
function revive({ name, message, stack, code, extra }: CarriedError): Error {
  const error =
    name === 'Problem' && code !== undefined && code in problems
      ? new Problem(code as ProblemCode, message, extra ?? {})
      : Object.assign(new Error(message), code === undefined ? { name } : { name, code })
  if (stack !== undefined) error.stack = stack
  return error
}
