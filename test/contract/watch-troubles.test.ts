import { hash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failureKinds, type FailureKind } from '#features/watch/schema.ts'
import { hour } from '#kernel/clock.ts'
import { htmlPage, scriptPage, type SiteAnswer } from '../watch-site.ts'
import { startToldWorld, type Followed, type Item, type ToldWorld } from '../watch-told.ts'

// Each way in which a page does not come, from the site to the record, the webhook, the mail and back to health.

let told: ToldWorld
beforeAll(async () => {
  told = await startToldWorld()
})
afterAll(() => told.close())

const fine = (name: string): SiteAnswer => ({ body: htmlPage(name, `All is well with ${name}.`) })
const noise = (seed: string): string =>
  Array.from({ length: 40_000 }, (_, i) => hash('sha256', `${seed}:${i}`, 'base64')).join('\n')

/** What a page does while it fails with this kind. */
const ways: Partial<Record<FailureKind, SiteAnswer>> = {
  blocked: { body: 'no', status: 403 },
  rate_limited: { body: 'no', status: 429 },
  gone: { body: 'no', status: 410 },
  moved: { to: '/elsewhere', status: 301 },
  timeout: { silent: true },
  too_large: { body: htmlPage('Huge', 'x'.repeat(20_000)) },
  empty: { body: '' },
  changed_kind: { body: Buffer.from('%PDF-1.7'), type: 'application/pdf' },
  server_error: { body: 'no', status: 500 },
  network: { breaks: true },
  unreadable: { body: Buffer.from('text\0text'), type: 'text/plain' },
  needs_browser: { body: scriptPage() },
}
const byPage = Object.keys(ways) as FailureKind[]
const elsewhere = ['tls', 'refused_address'] as const
const never = [...elsewhere, 'robots']

const open = async (docs: Followed): Promise<readonly Item[]> =>
  docs.items('failures?open=true&limit=500')
const kindsOf = async (docs: Followed): Promise<readonly unknown[]> =>
  (await open(docs)).map((f) => f['kind'] as string).toSorted()

describe('a site with a page for each kind of failure', () => {
  const settings = (more: object): { readonly fetch: object } => ({
    fetch: {
      delayMs: 0,
      retries: 0,
      concurrencyPerHost: 8,
      // What is silent must be waited for; what is only slow on a busy machine must not run into it.
      timeoutMs: 8000,
      maxBytes: 10_000,
      ...more,
    },
  })
  let pages: Followed
  let selector: Followed
  let browser: Followed
  let full: Followed
  const all = (): readonly Followed[] => [pages, selector, browser, full]

  beforeAll(async () => {
    const { site } = told
    const { origin } = site
    for (const kind of byPage) site.put(`/pages/${kind}`, fine(kind))
    site.put('/elsewhere', fine('elsewhere'))
    for (const name of ['robots/page', 'selector', 'browser']) site.put(`/${name}`, fine(name))
    site.put('/full', { body: noise('one'), type: 'text/plain' })
    site.put('/robots.txt', { body: 'User-agent: *\nDisallow: /pages/robots\n' })
    pages = await told.watch(
      'pages',
      [
        {
          kind: 'urls',
          urls: [...byPage, 'robots'].map((kind) => `${origin}/pages/${kind}`),
          prefix: `${origin}/pages/`,
        },
        // The port speaks no TLS.
        { kind: 'urls', urls: [`${origin.replace('http:', 'https:')}/tls`] },
        { kind: 'urls', urls: ['http://169.254.169.254/latest/refused_address'] },
      ],
      settings({}),
    )
    const one = (name: string): readonly object[] => [{ kind: 'urls', urls: [`${origin}/${name}`] }]
    selector = await told.watch('selector', one('selector'), {
      ...settings({}),
      extract: { keep: ['main'], preferMarkdown: false },
    })
    browser = await told.watch('browser', one('browser'), settings({ render: 'when_empty' }))
    full = await told.watch('full', one('full'), {
      ...settings({ maxBytes: 10_000_000 }),
      retention: { quotaBytes: 1_000_000 },
    })
    await told.tick()
  })

  it('is fine at first, but for what can never be fetched', async () => {
    expect(await kindsOf(pages)).toEqual(never.toSorted())
    for (const docs of [selector, browser, full]) expect(await kindsOf(docs)).toEqual([])
  })

  it('leaves a record of each kind, with what to do', async () => {
    const { site } = told
    for (const kind of byPage) site.put(`/pages/${kind}`, ways[kind] ?? fine(kind))
    site.put('/selector', { body: '<!doctype html><title>Other</title><p>Another layout.</p>' })
    site.put('/browser', { body: scriptPage() })
    site.put('/full', { body: noise('two'), type: 'text/plain' })
    await told.anHourLater()
    const found = (await Promise.all(all().map(open))).flat()
    expect(found.map((f) => f['kind'] as string).toSorted()).toEqual(failureKinds.toSorted())
    for (const failure of found) {
      expect(failure).toMatchObject({ mended: false })
      expect(failure['message']).not.toBe('')
      expect(failure['remedy']).not.toBe('')
      expect(failure['url']).toMatch(/^https?:/)
      const own = byPage.find((kind) => kind === failure['kind'])
      if (own !== undefined) expect(failure['page']).toBe(own)
    }
    // A record of its own for each, in a list that can be downloaded.
    const { at } = pages
    const csv = await told.world.admin('GET', `${at}/failures?format=csv`)
    for (const kind of byPage) expect(csv.text).toContain(kind)
  })

  it('is told when it fails for the third time, in one message a run, by webhook and by mail', async () => {
    await told.anHourLater()
    await told.anHourLater()
    // What fails in one run is gathered for a minute.
    told.world.clock.advance(60_000)
    const troubles = async (docs: Followed): Promise<readonly (readonly Item[])[]> =>
      (await docs.calls())
        .filter(({ body }) => body['type'] === 'watch.trouble')
        .map(({ body }) => body['failures'] as Item[])
    // What never came was told a run before, each by its name. Many at once are one message.
    const many = `${byPage.length - 1} pages fail for the third run in a row.`
    await expect.poll(async () => (await troubles(pages)).length).toBe(2)
    // Two messages, and nothing keeps the second one from being the first to arrive.
    const isOne = (failures: readonly Item[]): boolean => failures[0]?.['page'] === null
    expect((await troubles(pages)).filter(isOne)).toMatchObject([
      [{ page: null, message: expect.stringContaining(many) as string }],
    ])
    const [single] = (await troubles(pages)).filter((failures) => !isOne(failures))
    expect(single?.map((f) => f['failure'] as string).toSorted()).toEqual(never.toSorted())
    expect(single?.find((f) => f['failure'] === 'tls')?.['message']).toMatch(
      /failed: wrong version number\.$/,
    )
    for (const [docs, kind] of [
      [selector, 'selector_broken'],
      [browser, 'render_failed'],
      [full, 'quota'],
    ] as const) {
      await expect.poll(() => troubles(docs)).toMatchObject([[{ failure: kind }]])
      await expect.poll(() => docs.mails().length).toBe(1)
      expect(docs.mails()[0]?.text).toContain(`: ${kind}`)
    }
    await expect.poll(() => pages.mails().filter((m) => m.text.includes(many)).length).toBe(1)
    expect(pages.mails().filter((m) => m.text.includes('robots: robots'))).toHaveLength(1)
    // The page that is gone is news of its own.
    await expect
      .poll(
        async () =>
          (await pages.calls()).filter(({ body }) => body['type'] === 'watch.step').length,
      )
      .toBe(1)
    const step = (await pages.calls()).find(({ body }) => body['type'] === 'watch.step')
    expect(step?.body['pages']).toMatchObject([{ page: 'gone', kind: 'gone' }])
  })

  it('mends, and says so in each record', async () => {
    const { site } = told
    for (const kind of [...byPage, 'robots']) site.put(`/pages/${kind}`, fine(kind))
    site.put('/robots.txt', { body: '' })
    for (const name of ['selector', 'browser']) site.put(`/${name}`, fine(name))
    await full.change({ retention: { quotaBytes: 100_000_000 } })
    // robots.txt is read again after a day.
    told.world.clock.advance(25 * hour)
    await told.tick()
    expect(await kindsOf(pages)).toEqual([...elsewhere].toSorted())
    for (const docs of [selector, browser, full]) expect(await kindsOf(docs)).toEqual([])
    const closed = (await pages.items('failures?limit=500')).filter((f) => f['mended'] === true)
    expect(new Set(closed.map((f) => f['kind'] as string))).toEqual(new Set([...byPage, 'robots']))
    const states = (await pages.items('pages?limit=500')).filter((p) => p['state'] === 'present')
    expect(states).toHaveLength(byPage.length + 1)
  })
})
