/** Sends logs as clients do, in a process of its own: one request at a time on each connection, every body another one. */
import { Agent, request } from 'node:http'
import { batchOf, stamp, type Template } from './ingest.batch.ts'

export interface IngestOrder {
  readonly url: string
  readonly tokens: readonly string[]
  readonly connections: number
  /** Sizes of batches in turn. */
  readonly sizes: readonly number[]
  readonly ms: number
}
export interface IngestResult {
  readonly records: number
  readonly requests: number
  readonly bytes: number
  readonly seconds: number
}

process.on('message', (order: IngestOrder) => {
  void send(order).then((result) => process.send?.(result))
})
process.on('disconnect', () => process.exit())
process.send?.('ready')

async function send({ url, tokens, connections, sizes, ms }: IngestOrder): Promise<IngestResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const started = performance.now()
  const end = started + ms
  const sums = { records: 0, requests: 0, bytes: 0 }
  await Promise.all(
    Array.from({ length: connections }, async (_, n) => {
      const templates = sizes.map(batchOf)
      for (let turn = n; performance.now() < end; turn++) {
        const template = templates[turn % templates.length] as Template
        stamp(template)
        await post(agent, url, tokens[turn % tokens.length] ?? '', template.body)
        sums.records += template.records
        sums.requests += 1
        sums.bytes += template.body.length
      }
    }),
  )
  agent.destroy()
  return { ...sums, seconds: (performance.now() - started) / 1000 }
}

function post(agent: Agent, url: string, token: string, body: Buffer): Promise<void> {
  return new Promise((done, fail) => {
    const sent = request(
      url,
      {
        agent,
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/x-protobuf',
          'content-length': body.length,
        },
      },
      (response) => {
        response.resume()
        response.once('end', () => {
          if (response.statusCode === 200) done()
          else fail(new Error(`Answered ${response.statusCode}`))
        })
      },
    )
    sent.once('error', fail)
    sent.end(body)
  })
}
