import { parseFeed } from 'htmlparser2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { owner } from '../world.ts'
import { atomFeed, htmlPage, llmsTxt, sitemap } from '../watch-site.ts'
import {
  linesOfHtml,
  linesOfHunks,
  linesOfText,
  startToldWorld,
  type Followed,
  type Item,
  type ToldWorld,
} from '../watch-told.ts'

// From a page that changes on a site to those who are told: the scheduler, the network, the mail and the receiver are real.

let told: ToldWorld
beforeAll(async () => {
  told = await startToldWorld()
})
afterAll(() => told.close())

const url = (path: string): string => told.site.origin + path

/** One source of each kind, each with a page of its own whose text is `text`. */
const kinds = ['urls', 'llms', 'sitemap', 'links', 'git', 'feed'] as const

async function showPages(text: (kind: string) => string): Promise<void> {
  const { site } = told
  for (const kind of kinds)
    site.put(`/all/${kind}/page-of-${kind}`, {
      body: htmlPage(
        `Page of ${kind}`,
        text(kind).replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
      ),
    })
  site.put('/all/llms.txt', { body: llmsTxt([['Page', url('/all/llms/page-of-llms')]]) })
  site.put('/all/sitemap.xml', { body: sitemap([url('/all/sitemap/page-of-sitemap')]) })
  site.put('/all/links/', { body: htmlPage('Start', 'Start', ['page-of-links']) })
  site.put('/all/feed.xml', { body: atomFeed([['Page', url('/all/feed/page-of-feed')]]) })
  await site.commit('all', { 'docs/page-of-git.md': `# Page of git\n\n${text('git')}\n` })
}
const sources = (): readonly object[] => [
  { kind: 'urls', urls: [url('/all/urls/page-of-urls')], prefix: url('/all/urls/') },
  { kind: 'llms', url: url('/all/llms.txt'), prefix: url('/all/llms/') },
  { kind: 'sitemap', url: url('/all/sitemap.xml'), prefix: url('/all/sitemap/') },
  { kind: 'links', url: url('/all/links/'), prefix: url('/all/links/'), depth: 1 },
  { kind: 'git', url: url('/all.git'), branch: 'main', folder: 'docs' },
  { kind: 'feed', url: url('/all/feed.xml'), prefix: url('/all/feed/') },
]

describe('a site with a source of each kind', () => {
  let docs: Followed
  let step: Item
  const pages = kinds.map((kind) => `page-of-${kind}`)

  beforeAll(async () => {
    await showPages((kind) => `What ${kind} said at first.\n\nThis stays.`)
    docs = await told.watch('all', sources())
    await told.tick()
    await told.anHourLater()
    await showPages((kind) => `What ${kind} says <now> & then.\n\nThis stays.`)
    await told.anHourLater()
    step = (await docs.items('snapshots'))[0] ?? {}
  })

  it('is taken in whole, and its change is one snapshot', async () => {
    expect(await docs.items('failures')).toEqual([])
    const listed = await docs.items('pages')
    expect(listed.map((p) => p['page'] as string).toSorted()).toEqual(
      [...pages, 'index'].toSorted(),
    )
    const snapshots = await docs.items('snapshots')
    expect(
      snapshots.map((s): unknown[] => [s['kind'], s['pages'], s['added'], s['removed']]),
    ).toEqual([
      ['run', 6, 6, 6],
      ['first', 7, expect.any(Number), 0],
    ])
  })

  it('reaches a webhook once, signed, with the rows that the screen shows', async () => {
    await expect.poll(async () => (await docs.calls()).length).toBe(1)
    const [{ body } = { body: {} as Item }] = await docs.calls()
    expect(body).toMatchObject({ type: 'watch.step', stamp: step['stamp'], added: 6, removed: 6 })
    expect((body['pages'] as Item[]).map((p) => p['page'] as string).toSorted()).toEqual(
      pages.toSorted(),
    )
    for (const page of body['pages'] as Item[]) {
      const shown = await onScreen(body['from'] as string, page['page'] as string)
      expect(page['hunks']).toEqual(shown['hunks'])
    }
  })

  it('reaches a mailbox once, with the same diff as HTML and as text', async () => {
    await expect.poll(() => docs.mails().length).toBe(1)
    const [mail] = docs.mails()
    const wanted = (await screenLines()).toSorted()
    expect(wanted).toHaveLength(12)
    expect(wanted).toContain('+What git says <now> & then.')
    expect(linesOfText(mail?.text ?? '')).toEqual(wanted)
    expect(linesOfHtml(mail?.html ?? '')).toEqual(wanted)
    expect(mail?.html).not.toContain('<now>')
    expect(mail?.headers.get('subject')).toBe('site/docs all: 6 pages changed +6 −6')
  })

  it('is an entry of the Atom feed, and the only one', async () => {
    const { status, text } = await docs.atom()
    expect(status).toBe(200)
    const feed = parseFeed(text, { xmlMode: true })
    expect(feed).toMatchObject({ type: 'atom', title: 'site/docs all' })
    expect(feed?.items).toHaveLength(1)
    const [entry] = feed?.items ?? []
    expect(entry?.id).toMatch(/^urn:uuid:/)
    expect(entry?.link).toContain(`..${String(step['stamp'])}`)
    expect(entry?.pubDate?.getTime()).toBe(step['at'])
    expect(linesOfHtml(entry?.description ?? '')).toEqual(await screenLines())
  })

  const onScreen = async (from: string, page: string): Promise<Item> => {
    const query = `page=${encodeURIComponent(page)}`
    const path = `${docs.at}/diff/${from}/${String(step['stamp'])}?${query}`
    return (await told.world.admin('GET', path)).json as Item
  }
  const screenLines = async (): Promise<readonly string[]> => {
    const [, first] = await docs.items('snapshots')
    const lines = []
    for (const page of pages) {
      const { hunks } = await onScreen(String(first?.['stamp']), page)
      lines.push(...linesOfHunks(hunks as Parameters<typeof linesOfHunks>[0]))
    }
    return lines.toSorted()
  }

  it('is told to nobody else', () => {
    expect(told.mailbox.mails.every((mail) => mail.to === owner.email)).toBe(true)
  })
})

describe('a public collection', () => {
  const urls = (name: string): readonly object[] => [{ kind: 'urls', urls: [url(`/${name}`)] }]
  /** As somebody who is not signed in, without JavaScript. */
  const read = (path: string) => told.world.call('GET', `${path}?plain=1`)
  let shown: Followed
  let hidden: Followed
  let step = ''

  beforeAll(async () => {
    const put = (text: string): void => {
      for (const name of ['shown', 'hidden'])
        told.site.put(`/${name}`, { body: htmlPage(`The ${name} page`, text) })
    }
    put('Before.')
    shown = await told.watch('shown', urls('shown'), { visibility: 'public' })
    hidden = await told.watch('hidden', urls('hidden'))
    await told.tick()
    put('After.')
    await told.anHourLater()
    const [after, before] = await shown.items('snapshots')
    step = `${String(before?.['stamp'])}..${String(after?.['stamp'])}`
  })

  it('is read by everybody: its pages, its steps, its diffs and its feed', async () => {
    const root = `/watch/${shown.path}`
    const collection = await read(root)
    expect([collection.status, collection.text]).toEqual([200, expect.stringContaining(step)])
    expect((await read(`${root}/shown`)).text).toContain('After.')
    expect((await read(`${root}/${step}`)).text).toContain('The shown page')
    const diff = await read(`${root}/shown/diff/${step.replace('..', '/')}`)
    expect(diff.text).toMatch(/Before\.[^]*After\.|<del[^>]*>Before<\/del>/)
    const feed = await told.world.call('GET', `/feeds/watch/${shown.path}.atom`)
    const [entry] = parseFeed(feed.text, { xmlMode: true })?.items ?? []
    expect(linesOfHtml(entry?.description ?? '')).toEqual(['+After.', '-Before.'])
    expect((await read('/watch')).text).toContain(`href="${root}?plain=1"`)
  })

  it('is the only one: of others not even the existence is told', async () => {
    const missing = 'site/docs/nowhere/en'
    const ways: readonly ((path: string) => string)[] = [
      (path) => `/watch/${path}?plain=1`,
      (path) => `/watch/${path}/hidden?plain=1`,
      (path) => `/watch/${path}/${step}?plain=1`,
      (path) => `/watch/${path}/hidden/diff/${step.replace('..', '/')}?plain=1`,
      (path) => `/feeds/watch/${path}.atom`,
      (path) => `/feeds/watch/${path}.rss?page=hidden`,
      (path) => `/api/v1/watch/${path}`,
      (path) => `/api/v1/watch/${path}/pages/hidden?format=raw`,
    ]
    for (const way of ways) {
      const [one, none] = [
        await told.world.call('GET', way(hidden.path)),
        await told.world.call('GET', way(missing)),
      ]
      expect([way(hidden.path), one.status < 400]).toEqual([way(hidden.path), false])
      expect(one.status).toBe(none.status)
      // But for the address that was asked for, and the number of the request.
      const plain = (text: string, path: string): string =>
        text
          .replaceAll(path, '…')
          .replaceAll(encodeURIComponent(path), '…')
          .replaceAll(/req_\w+/g, '…')
      expect(plain(one.text, hidden.path)).toBe(plain(none.text, missing))
    }
    expect((await read('/watch')).text).not.toContain('hidden')
  })

  it('is no longer, as soon as somebody closes it', async () => {
    await shown.change({ visibility: 'members' })
    for (const path of [`/watch/${shown.path}?plain=1`, `/feeds/watch/${shown.path}.atom`])
      expect((await told.world.call('GET', path)).status).toBeGreaterThanOrEqual(400)
  })
})

describe('a policy', () => {
  it('is fetched while five hundred pages are checked', async () => {
    const { world, site } = told
    const made = await world.admin('POST', '/api/v1/enrolments', { name: 'Fleet' })
    const fetchBundle = () => world.call('GET', `/c/${String(made.json.key)}/codex/config/bundle`)
    // One page waits until policies were fetched, so the check cannot be over before.
    let release = (): void => undefined
    const released = new Promise<void>((done) => (release = done))
    const names = Array.from({ length: 500 }, (_, n) => `p${n}`)
    const body = (n: number): string => htmlPage(`Page ${n}`, `Text of page ${n}. `.repeat(200))
    for (const [n, name] of names.entries()) site.put(`/many/${name}`, { body: body(n) })
    site.put('/many/p499', { after: released, then: { body: body(499) } })
    const docs = await told.watch('many', [
      { kind: 'urls', urls: names.map((name) => url(`/many/${name}`)), prefix: url('/many/') },
    ])
    const asked = await world.admin('POST', `${docs.at}/check`)
    expect(asked.status).toBe(202)
    const progress = new Set<number>()
    await expect
      .poll(
        async () => {
          expect((await fetchBundle()).status).toBe(200)
          const { json } = await world.admin('GET', `${docs.at}/runs/${String(asked.json.id)}`)
          progress.add(json.checked as number)
          return json.checked as number
        },
        { interval: 1 },
      )
      .toBe(499)
    // They were answered at several points of the check, not before and after it.
    expect(progress.size).toBeGreaterThan(1)
    release()
    const state = async (): Promise<string> => {
      expect((await fetchBundle()).status).toBe(200)
      return (await docs.items('runs?limit=1'))[0]?.['state'] as string
    }
    await expect.poll(state, { interval: 1 }).toBe('done')
    expect((await docs.items('snapshots'))[0]).toMatchObject({ kind: 'first', newPages: 500 })
  })
})
