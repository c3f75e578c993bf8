import { expect, vi } from 'vitest'
import { parseDocument } from 'htmlparser2'
import { hour } from '#kernel/clock.ts'
import { enqueue } from '#kernel/work.ts'
import { cookieOf, signIn } from './signin.ts'
import {
  isSigned,
  openMailbox,
  openReceiver,
  type Mailbox,
  type ReceivedCall,
  type ReceivedMail,
  type Receiver,
} from './told.ts'
import { startWatchSite, type WatchSite } from './watch-site.ts'
import { owner, startWorld, type Answer, type World } from './world.ts'

/** A world that watches a site on loopback, with somebody at the end of every channel. */
export interface ToldWorld {
  readonly world: World
  readonly site: WatchSite
  readonly receiver: Receiver
  readonly mailbox: Mailbox
  /** Makes a collection of `/<set>/` and lets the owner, a webhook and a feed reader follow it. */
  readonly watch: (
    set: string,
    sources: readonly object[],
    settings?: Readonly<Record<string, unknown>>,
  ) => Promise<Followed>
  /** Runs what is due now, and waits until nothing runs any more. */
  readonly tick: () => Promise<void>
  readonly anHourLater: () => Promise<void>
  readonly close: () => Promise<void>
}

/** A collection with what reached those who follow it. */
export interface Followed {
  /** `/api/v1/watch/…`. */
  readonly at: string
  readonly path: string
  readonly secret: string
  /** Each signature is checked. */
  readonly calls: () => Promise<readonly { readonly call: ReceivedCall; readonly body: any }[]> // eslint-disable-line @typescript-eslint/no-explicit-any
  readonly mails: () => readonly ReceivedMail[]
  readonly atom: () => Promise<Answer>
  /** All items of a list below the collection. */
  readonly items: (path: string) => Promise<readonly Item[]>
  /** Changes settings as a person does: the whole of them, at the revision that was read. */
  readonly change: (settings: Readonly<Record<string, unknown>>) => Promise<void>
}
export type Item = Readonly<Record<string, any>> // eslint-disable-line @typescript-eslint/no-explicit-any

export async function startToldWorld(): Promise<ToldWorld> {
  const [site, receiver, mailbox] = await Promise.all([
    startWatchSite(),
    openReceiver(),
    openMailbox(),
  ])
  const world = await startWorld({
    env: {
      GATEHOUSE_OUTBOUND_EXCEPTIONS: `${site.exception}, ${receiver.host}`,
      GATEHOUSE_SMTP_URL: `smtp://127.0.0.1:${mailbox.port}`,
      GATEHOUSE_MAIL_FROM: 'gatehouse@acme.example',
    },
  })
  const cookie = cookieOf(await signIn(world, owner.email, owner.password))
  const address = await world.call('POST', '/api/v1/feed-address', { cookie })
  const feed = new URL(String(address.json.address)).pathname

  type Act = (method: string, path: string, body?: unknown) => Promise<Answer>
  const asAdmin: Act = (...call) => world.admin(...call)
  const ok = async (method: string, path: string, body?: unknown, as = asAdmin) => {
    const answer = await as(method, path, body)
    expect([answer.status < 300, path, answer.text]).toEqual([true, path, expect.any(String)])
    return answer.json as Item
  }
  const asOwner: Act = (method, path, body) =>
    world.call(method, path, { cookie, ...(body === undefined ? {} : { body }) })

  const waiting = { timeout: 60_000, interval: 20 }
  const underWay = async (): Promise<readonly string[]> => {
    const { items } = await ok('GET', '/api/v1/watch/collections?limit=500')
    return (items as Item[])
      .filter((c) => c['running'] === true || (c['nextRunAt'] ?? Infinity) <= world.clock.now)
      .map((c) => String(c['path']))
  }
  const tick = async (): Promise<void> => {
    await world.app.runtime.db.tx(() => enqueue({ name: 'watch.tick', payload: null }))
    // Also called while a suite is set up, where polling expectations do not exist.
    await vi.waitFor(async () => expect(await underWay()).toEqual([]), waiting)
  }

  return {
    world,
    site,
    receiver,
    mailbox,
    tick,
    anHourLater: () => {
      world.clock.advance(hour)
      return tick()
    },
    async watch(set, sources, settings = {}) {
      const path = `site/docs/${set}/en`
      const at = `/api/v1/watch/${path}`
      await ok('POST', '/api/v1/watch/collections', {
        vendor: 'site',
        product: 'docs',
        set,
        language: 'en',
        title: `The ${set}`,
        sources,
        fetch: { delayMs: 0, retries: 0, concurrencyPerHost: 8, timeoutMs: 30_000 },
        schedule: { cron: '0 * * * *', jitterSeconds: 0 },
        extract: { preferMarkdown: false },
        ...settings,
      })
      const { endpoint, secret } = await ok('POST', '/api/v1/webhooks', {
        name: `For ${set}`,
        kind: 'signed',
        url: receiver.url,
      })
      const follow = { collection: path, trouble: true }
      const channel = { kind: 'webhook', endpointId: endpoint.id as string }
      await ok('POST', '/api/v1/subscriptions', { ...follow, channel })
      await ok('POST', '/api/v1/subscriptions', { ...follow, channel: { kind: 'mail' } }, asOwner)
      return {
        at,
        path,
        secret: String(secret),
        async calls() {
          const mine = []
          for (const call of receiver.calls) {
            const body = JSON.parse(call.body) as Item
            if (body['collection'].path !== path) continue
            expect(await isSigned(call, String(secret))).toBe(true)
            expect(body['id']).toBe(call.headers['webhook-id'])
            mine.push({ call, body })
          }
          return mine
        },
        mails: () => mailbox.mails.filter((m) => m.to === owner.email && m.text.includes(path)),
        atom: () => world.call('GET', `${feed}/watch/${path}.atom`),
        items: async (list) => (await ok('GET', `${at}/${list}`))['items'] as readonly Item[],
        async change(wanted) {
          const now = await ok('GET', at)
          const kept = Object.fromEntries(
            settingNames.map((name): [string, unknown] => [name, now[name]]),
          )
          await ok('PATCH', at, { ...kept, revision: now['revision'] as number, ...wanted })
        },
      }
    },
    async close() {
      await world.close()
      await Promise.all([site.close(), receiver.close(), mailbox.close()])
    },
  }
}

const settingNames = [
  ...['title', 'sources', 'schedule', 'extract', 'fetch', 'ignore', 'retention'],
  ...['paused', 'visibility', 'policyDocumentation'],
]

/** Lines of a diff with their signs, whatever they are written in. */
export type Lines = readonly string[]

interface Row {
  readonly kind: string
  readonly left: { readonly text: string } | null
  readonly right: { readonly text: string } | null
}
/** What is gone and what came, out of the hunks of the API. */
export const linesOfHunks = (hunks: readonly { readonly rows: readonly Row[] }[]): Lines =>
  hunks
    .flatMap(({ rows }) => rows)
    .filter(({ kind }) => kind !== 'same')
    .flatMap(({ left, right }) => [
      ...(left ? [`-${left.text}`] : []),
      ...(right ? [`+${right.text}`] : []),
    ])
    .toSorted()

/** The same out of a unified diff in a mail; what follows its signature mark is no diff. */
export const linesOfText = (text: string): Lines =>
  (text.split('\n-- \n')[0] ?? '')
    .split('\n')
    .filter((line) => /^[-+]/.test(line))
    .toSorted()

/** The same out of the tables of an HTML text: the last cell of a row is the line, the one before it the sign. */
export function linesOfHtml(html: string): Lines {
  const lines: string[] = []
  interface Node {
    readonly name?: string
    readonly type: string
    readonly data?: string
    readonly children?: readonly Node[]
  }
  const textOf = (node: Node): string =>
    node.type === 'text' ? (node.data ?? '') : (node.children ?? []).map(textOf).join('')
  const visit = (node: Node): void => {
    if (node.name === 'tr') {
      const cells = (node.children ?? []).filter(({ name }) => name === 'td').map(textOf)
      const sign = { '−': '-', '+': '+' }[cells.at(-2) ?? '']
      if (sign !== undefined) lines.push(sign + (cells.at(-1) ?? ''))
    } else node.children?.forEach(visit)
  }
  visit(parseDocument(html))
  return lines.toSorted()
}
