import type { Home } from './codex.ts'

/** `codex app-server` over standard input and output: what an IDE extension talks to. */
export interface AppServer {
  /** Calls a method; throws `RpcError` with what the server said. */
  call<T>(method: string, params?: unknown): Promise<T>
  /** The next notification of that name, also one that came before it was asked for. */
  told<T>(method: string): Promise<T>
  /** See `Running`. */
  pause(): void
  resume(): void
  close(): Promise<void>
}

/** An answer with `error`. */
export class RpcError extends Error {
  readonly answer: unknown
  constructor(method: string, answer: { readonly message: string }) {
    super(`${method}: ${answer.message}`)
    this.answer = answer
  }
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (error: Error) => void
}

/** Starts it and shakes hands. It reads the policy at its start: a policy that cannot be had is an error of `initialize`. */
export async function startAppServer(home: Home): Promise<AppServer> {
  const running = home.start(['app-server'], { talks: true, timeoutMs: 120_000 })
  const calls = new Map<number, Waiting & { readonly method: string }>()
  const listeners = new Map<string, Waiting[]>()
  const unheard = new Map<string, unknown[]>()
  let last = 0
  running.onLine((line) => {
    const message = JSON.parse(line) as Message
    if (message.method !== undefined) {
      const listener = listeners.get(message.method)?.shift()
      if (listener !== undefined) listener.resolve(message.params as never)
      else unheard.set(message.method, [...(unheard.get(message.method) ?? []), message.params])
      return
    }
    const call = calls.get(message.id ?? -1)
    calls.delete(message.id ?? -1)
    if (message.error === undefined) call?.resolve(message.result as never)
    else call?.reject(new RpcError(call.method, message.error))
  })
  void running.done.then(({ code, stderr }) => {
    const ended = new Error(`codex app-server ended with ${code}:\n${stderr}`)
    for (const waiting of [...calls.values(), ...[...listeners.values()].flat()])
      waiting.reject(ended)
  })
  const call = <T>(method: string, params: unknown = {}): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      last += 1
      calls.set(last, { method, resolve: resolve, reject })
      running.write(JSON.stringify({ jsonrpc: '2.0', id: last, method, params }))
    })
  const told = <T>(method: string): Promise<T> => {
    const early = unheard.get(method)?.shift()
    if (early !== undefined) return Promise.resolve(early as T)
    return new Promise<T>((resolve, reject) => {
      const waiting = { resolve: resolve as (value: never) => void, reject }
      listeners.set(method, [...(listeners.get(method) ?? []), waiting])
    })
  }
  await call('initialize', {
    clientInfo: { name: 'conformance', title: 'Conformance', version: '1.0.0' },
    capabilities: { experimentalApi: true },
  })
  running.write(JSON.stringify({ jsonrpc: '2.0', method: 'initialized' }))
  return {
    call,
    told,
    pause: () => {
      running.pause()
    },
    resume: () => {
      running.resume()
    },
    close: async () => {
      running.kill()
      await running.done
    },
  }
}
