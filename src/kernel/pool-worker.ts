/**
 * The inside of a thread of {@link createPool}: imports the task's module once, runs one task at a
 * time.
 */
import { parentPort } from 'node:worker_threads'
import type { CarriedError, PoolRequest, PoolResponse } from './pool.ts'
import { stepBack } from './priority.ts'

stepBack()

async function answer({ url, name, input }: PoolRequest): Promise<PoolResponse> {
  try {
    const module = (await import(url)) as Record<string, unknown>
    const task = module[name]
    if (typeof task !== 'function') throw new Error(`${url} exports no function ${name}.`)
    return { ok: true, value: await (task as (input: unknown) => unknown)(input) }
  } catch (thrown) {
    return { ok: false, error: carry(thrown) }
  }
}

function carry(thrown: unknown): CarriedError {
  if (!(thrown instanceof Error))
    return {
      name: 'Error',
      message: String(thrown),
      stack: undefined,
      code: undefined,
      extra: undefined,
    }
  const { code, extra } = thrown as { code?: unknown; extra?: { cause?: unknown } }
  return {
    name: thrown.name,
    message: thrown.message,
    stack: thrown.stack,
    code: typeof code === 'string' ? code : undefined,
    // The cause stays here: it need not be clonable, and its text is in the stack.
    extra: thrown.name === 'Problem' && extra ? { ...extra, cause: undefined } : undefined,
  }
}

parentPort?.on('message', (request: PoolRequest) => {
  void answer(request).then((response) => {
    try {
      parentPort?.postMessage(response)
    } catch (error) {
      parentPort?.postMessage({ ok: false, error: carry(error) } satisfies PoolResponse)
    }
  })
})
