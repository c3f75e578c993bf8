import { connect, type Socket } from 'node:net'

/**
 * Keep-alive load over raw sockets, in the process that runs it. It reads just enough of an answer to know where it ends,
 * so that one core of load can keep a server on another core busy: `node:http` as a client costs more than the server.
 */
export interface LoadOptions {
  readonly host: string
  readonly port: number
  readonly connections: number
  readonly ms: number
  /** Whole requests, without a body; one is picked for each turn. */
  readonly requests: readonly Buffer[]
  readonly random: () => number
}

export interface LoadResult {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly answers: number
  /** Answers by status; anything but what is expected makes the run worthless. */
  readonly byStatus: Readonly<Record<string, number>>
}

export const getRequest = (
  host: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Buffer => {
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nuser-agent: codex-cli\r\naccept: */*\r\n${more.join('')}\r\n`,
  )
}

/** One request at a time on each connection, for that long. Latencies in ms. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const times: number[] = []
  const byStatus: Record<string, number> = {}
  const end = performance.now() + options.ms
  const started = performance.now()
  await Promise.all(
    Array.from({ length: options.connections }, () => drive(options, end, times, byStatus)),
  )
  const seconds = (performance.now() - started) / 1000
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? NaN
  return {
    perSecond: times.length / seconds,
    p50: at(0.5),
    p99: at(0.99),
    answers: times.length,
    byStatus,
  }
}

function drive(
  { host, port, requests, random }: LoadOptions,
  end: number,
  times: number[],
  byStatus: Record<string, number>,
): Promise<void> {
  return new Promise((done, fail) => {
    const socket: Socket = connect(port, host)
    socket.setNoDelay(true)
    let sent = 0
    let text = ''
    let missing = -1
    const send = () => {
      sent = performance.now()
      socket.write(requests[Math.floor(random() * requests.length)] ?? '')
    }
    socket.once('connect', send)
    socket.once('error', fail)
    socket.on('data', (chunk: Buffer) => {
      if (missing < 0) {
        text += chunk.toString('latin1')
        const head = text.indexOf('\r\n\r\n')
        if (head < 0) return
        const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))
        if (!length) {
          fail(new Error(`An answer without a length: ${text.slice(0, head)}`))
          socket.destroy()
          return
        }
        missing = Number(length[1]) - (text.length - head - 4)
      } else missing -= chunk.length
      if (missing > 0) return
      const now = performance.now()
      times.push(now - sent)
      const status = text.slice(9, 12)
      byStatus[status] = (byStatus[status] ?? 0) + 1
      text = ''
      missing = -1
      if (now < end) send()
      else {
        socket.end()
        done()
      }
    })
  })
}
