/**
 * Policy fetches at a steady rate, from a process of its own that goes before all others: what else the machine does must not
 * lengthen the time from an answer to the look at the clock.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent } from 'node:http'
import { putFirst } from './place.ts'
import { steadyFetches, type Times } from './steady.ts'

export async function startFetches(base: string, paths: readonly string[], rate: number) {
  const child = fork(import.meta.filename)
  putFirst(child)
  child.send({ urls: paths.map((path) => base + path), rate })
  await once(child, 'message')
  return {
    /** How long those took that were sent until `over`. */
    async during(over: Promise<unknown>): Promise<Times> {
      child.send('begin')
      await over
      child.send('end')
      const [times] = (await once(child, 'message')) as [Times]
      return times
    },
    end: () => child.disconnect(),
  }
}

interface Asked {
  readonly urls: readonly string[]
  readonly rate: number
}

if (process.argv[1] === import.meta.filename && process.send) {
  const [{ urls, rate }] = (await once(process, 'message')) as [Asked]
  process.on('disconnect', () => process.exit())
  process.send('ready')
  for (;;) {
    await once(process, 'message')
    const agent = new Agent({ keepAlive: true, maxSockets: 16 })
    process.send(await steadyFetches(urls, rate, agent, once(process, 'message')))
    agent.destroy()
  }
}
