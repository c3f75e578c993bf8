import { once } from 'node:events'
import { get, type Agent, type IncomingMessage } from 'node:http'

export interface Times {
  readonly count: number
  readonly p50: number
  readonly p99: number
}

export const timesLine = ({ count, p50, p99 }: Times): string =>
  `p50 ${p50.toFixed(2)} ms p99 ${p99.toFixed(2)} ms of ${count}`

export const waiting = (ms: number): Promise<void> =>
  new Promise((done) => void setTimeout(done, ms))

/** Fetches so many a second until `over`, whether or not earlier ones were answered. */
export async function steadyFetches(
  urls: readonly string[],
  rate: number,
  agent: Agent,
  over: Promise<unknown>,
): Promise<Times> {
  const times: number[] = []
  const open: Promise<void>[] = []
  const state = { over: false }
  const ended = over.finally(() => (state.over = true))
  let due = performance.now()
  for (let i = 0; !state.over; i++) {
    due += 1000 / rate
    const wait = due - performance.now()
    if (wait > 0) await waiting(wait)
    open.push(one(urls[i % urls.length] ?? '', agent, times))
  }
  await ended
  await Promise.all(open)
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? NaN
  return { count: times.length, p50: at(0.5), p99: at(0.99) }
}

async function one(url: string, agent: Agent, times: number[]): Promise<void> {
  const from = performance.now()
  const request = get(url, { agent })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  if (response.statusCode !== 200) throw new Error(`Answered ${response.statusCode}`)
  times.push(performance.now() - from)
}
