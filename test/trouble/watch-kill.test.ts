import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isSigned, openReceiver, type Receiver } from '../told.ts'
import { htmlPage, startWatchSite, type WatchSite } from '../watch-site.ts'
import { startServer, temporaryFolder, until, type Server } from './server.ts'

// A server that is killed while it checks, records and tells: nothing half, nothing lost, nothing twice.

/** More than are recorded in one transaction. */
const pages = Array.from({ length: 200 }, (_, n) => `p${n}`)
const rounds = 6
const base = '/api/v1/watch/site/docs/killed/en'

let site: WatchSite
let receiver: Receiver
let server: Server
const data = temporaryFolder()
let env: Readonly<Record<string, string>>
beforeAll(async () => {
  site = await startWatchSite()
  receiver = await openReceiver()
  env = { GATEHOUSE_OUTBOUND_EXCEPTIONS: `${site.exception}, ${receiver.host}` }
  server = await startServer(data, env)
})
afterAll(async () => {
  await server.end('SIGKILL')
  await Promise.all([site.close(), receiver.close()])
})

/** All pages read the same edition, at once. */
function publish(edition: number): void {
  for (const [n, name] of pages.entries())
    site.put(`/${name}`, { body: htmlPage(name, textOf(n, edition)), etag: true })
}
const textOf = (n: number, edition: number): string =>
  `Page ${n} of edition ${edition}.\n\n${`Words that stay, paragraph ${n}. `.repeat(10)}`

interface Listed {
  readonly items: readonly Record<string, unknown>[]
}
const items = async (list: string): Promise<Listed['items']> => {
  const { json } = await server.admin('GET', `${base}/${list}`)
  return (json as Listed).items
}
async function check(): Promise<string> {
  const { status, json } = await server.admin('POST', `${base}/check`)
  expect(status).toBe(202)
  return (json as { id: string }).id
}
const stateOf = async (run: string): Promise<string> =>
  (await server.admin('GET', `${base}/runs/${run}`)).json.state as string
async function checked(): Promise<void> {
  const run = await check()
  await until(async () => (await stateOf(run)) === 'done', server.child, server.output)
}

const pause = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms))

/** The ids under which each step was told. */
async function toldSteps(secret: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const steps = new Map<string, Set<string>>()
  for (const call of receiver.calls) {
    expect(await isSigned(call, secret)).toBe(true)
    const { stamp, id } = JSON.parse(call.body) as { stamp: string; id: string }
    steps.set(stamp, (steps.get(stamp) ?? new Set()).add(id))
  }
  return steps
}

describe('a kill in the middle of a check', () => {
  it('leaves nothing half; what changed is recorded whole and told under one id', async () => {
    publish(0)
    const made = await server.admin('POST', '/api/v1/watch/collections', {
      vendor: 'site',
      product: 'docs',
      set: 'killed',
      language: 'en',
      title: 'Killed',
      sources: [{ kind: 'urls', urls: pages.map((name) => `${site.origin}/${name}`) }],
      fetch: { delayMs: 0, retries: 0, concurrencyPerHost: 4 },
      schedule: { cron: '' },
      extract: { preferMarkdown: false },
    })
    expect(made.status).toBe(201)
    const hook = await server.admin('POST', '/api/v1/webhooks', {
      name: 'Hook',
      kind: 'signed',
      url: receiver.url,
    })
    const { endpoint, secret } = hook.json as { endpoint: { id: string }; secret: string }
    const subscribed = await server.admin('POST', '/api/v1/subscriptions', {
      collection: 'site/docs/killed/en',
      channel: { kind: 'webhook', endpointId: endpoint.id },
    })
    expect(subscribed.status).toBe(201)
    const began = Date.now()
    await checked()
    const long = Date.now() - began

    /** When the server is killed. */
    const moments: readonly ((run: string, edition: number) => Promise<void>)[] = [
      // While the pages are fetched.
      (_, edition) => pause((long * edition) / rounds / 2),
      // When all are, and the recording of them has begun.
      async (run) => {
        const fetched = async (): Promise<boolean> => {
          const { json } = await server.admin('GET', `${base}/runs/${run}`)
          return json.checked === pages.length || json.state === 'done'
        }
        await until(fetched, server.child, server.output)
        await pause(50)
      },
      // When they are recorded, and those who follow are to be told.
      (_, edition) =>
        until(
          async () => (await items('snapshots?limit=100')).length > edition,
          server.child,
          server.output,
        ),
    ]
    let killedWithin = 0
    for (let edition = 1; edition <= rounds; edition++) {
      publish(edition)
      const run = await check()
      await moments[edition % moments.length]?.(run, edition)
      const state = await stateOf(run)
      expect((await server.end('SIGKILL')).signal).toBe('SIGKILL')
      if (state !== 'done') killedWithin++
      server = await startServer(data, env)

      // The run is over, one way or the other, and what is shown is one edition or the other, never both.
      await until(
        async () => ['done', 'failed'].includes(await stateOf(run)),
        server.child,
        server.output,
      )
      for (const snapshot of await items('snapshots?limit=100'))
        expect(Number(snapshot['pages'])).toBe(pages.length)
      await checked()
      for (const name of ['p0', 'p100', 'p199']) {
        const { json } = await server.admin('GET', `${base}/pages/${name}`)
        expect(json.text).toContain(`of edition ${edition}.`)
      }
      const { json: found } = await server.admin('GET', `${base}/integrity`)
      expect(found).toMatchObject({ damaged: [] })
    }
    expect(killedWithin).toBeGreaterThan(0)

    const steps = (await items('snapshots?limit=100')).filter((s) => s['kind'] !== 'first')
    const stamps = steps.map((s) => String(s['stamp'])).toSorted()
    // Each edition is one step: none came in two pieces, none twice.
    expect(stamps).toHaveLength(rounds)
    await until(async () => (await toldSteps(secret)).size === rounds, server.child, server.output)
    const told = await toldSteps(secret)
    expect([...told.keys()].toSorted()).toEqual(stamps)
    // A receiver may get a message twice when the server dies between its answer and the note of it, under the same id.
    for (const ids of told.values()) expect(ids.size).toBe(1)
    // The receiver has a message a moment before that is noted.
    const delivered = async (): Promise<boolean> => {
      const log = await server.admin('GET', `/api/v1/webhooks/${endpoint.id}/deliveries?limit=100`)
      const states = (log.json as Listed).items.map((d) => d['state'])
      expect(states).toHaveLength(rounds)
      return states.every((state) => state === 'delivered')
    }
    await until(delivered, server.child, server.output)
  })
})

describe('SIGTERM in the middle of a check', () => {
  it('ends at once and well, and the check is made again without being asked for', async () => {
    const at = '/api/v1/watch/site/docs/stopped/en'
    site.put('/quick', { body: htmlPage('Quick', 'Quick text.') })
    site.put('/slow', { silent: true })
    await server.admin('POST', '/api/v1/watch/collections', {
      vendor: 'site',
      product: 'docs',
      set: 'stopped',
      language: 'en',
      title: 'Stopped',
      sources: [{ kind: 'urls', urls: ['quick', 'slow'].map((name) => `${site.origin}/${name}`) }],
      fetch: { delayMs: 0, retries: 0, timeoutMs: 120_000 },
      schedule: { cron: '' },
      extract: { preferMarkdown: false },
    })
    const asked = await server.admin('POST', `${at}/check`)
    const run = `${at}/runs/${String(asked.json.id)}`
    const runs = async () =>
      (await server.admin('GET', `${at}/runs`)).json.items as { state: string; cause: string }[]
    await until(
      async () => (await server.admin('GET', run)).json.checked === 1,
      server.child,
      server.output,
    )
    expect(await server.end('SIGTERM')).toEqual({ code: 0, signal: null })
    site.put('/slow', { body: htmlPage('Slow', 'Slow text.') })
    server = await startServer(data, env)
    expect((await runs()).map((r) => r.state).slice(-1)).toEqual(['stopped'])
    // Due runs are looked for each minute.
    await until(async () => (await runs())[0]?.state === 'done', server.child, server.output)
    const { json } = await server.admin('GET', `${at}/snapshots`)
    expect(json.items).toMatchObject([{ kind: 'first', newPages: 2 }])
  })
})

describe('a kill in the middle of an import', () => {
  const collection = '/api/v1/watch/site/docs/imported/en'
  const file = (name: string, n: number) => ({
    path: `${name}.md`,
    bytes: Buffer.from(`# ${name}\n\nCommit ${n}.\n${'Words.\n'.repeat(n % 13)}`).toString(
      'base64',
    ),
  })
  const commits = Array.from({ length: 300 }, (_, n) => ({
    key: `commit ${n}`,
    at: Date.UTC(2025, 0, 1) + n * 3_600_000,
    files: ['a', 'b', 'c'].map((name) => file(name, n)),
  }))

  it('shows whole commits only, and goes on after the last of them', async () => {
    await server.admin('POST', '/api/v1/watch/collections', {
      vendor: 'site',
      product: 'docs',
      set: 'imported',
      language: 'en',
      title: 'Imported',
      sources: [],
    })
    const open = async () => {
      const { json } = await server.admin('POST', `${collection}/imports`, { origin: 'test' })
      return json as { id: string; received: number; versions: number }
    }
    let kills = 0
    for (let received = 0; received < commits.length;) {
      const { id } = await open()
      const upload = async (): Promise<void> => {
        for (let at = received; at < commits.length; at += 10)
          await server.admin('POST', `${collection}/imports/${id}/snapshots`, {
            after: at,
            snapshots: commits.slice(at, at + 10),
          })
      }
      const uploading = upload().catch((error: unknown) => {
        if (!(error instanceof TypeError)) throw error
      })
      await pause(150 + kills * 250)
      await server.end('SIGKILL')
      await uploading
      kills++
      server = await startServer(data, env)
      const state = await open()
      expect(state.received).toBeGreaterThanOrEqual(received)
      received = state.received
      expect(state.versions).toBe(received * 3)
      const { json } = await server.admin('GET', `${collection}/snapshots/all`)
      const shown = (json as Listed).items.toReversed()
      expect(shown.map((s) => s['at'])).toEqual(commits.slice(0, received).map((c) => c.at))
      expect(shown.every((s) => s['pages'] === 3)).toBe(true)
    }
    expect(kills).toBeGreaterThan(1)
    const { id } = await open()
    await server.admin('POST', `${collection}/imports/${id}/finish`)
    for (const [n, { files }] of commits.entries()) {
      if (n % 20 !== 0) continue
      const { json } = await server.admin('GET', `${collection}/snapshots/all`)
      const stamp = String((json as Listed).items.toReversed()[n]?.['stamp'])
      for (const { path, bytes } of files) {
        const page = path.replace('.md', '')
        const answer = await server.admin('GET', `${collection}/pages/${page}?at=${stamp}`)
        expect(answer.json.text).toBe(Buffer.from(bytes, 'base64').toString())
      }
    }
    const { json: found } = await server.admin('GET', `${collection}/integrity`)
    expect(found).toMatchObject({ damaged: [] })
  })
})
