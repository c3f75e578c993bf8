import { describe, expect, it } from 'vitest'
import {
  fetcher,
  get,
  html,
  hurried,
  settings,
  site,
  status,
  type Page,
} from './fetcher.test.site.ts'

describe('retries', () => {
  it('tries again what may go better, each time later', async () => {
    let times = 0
    const here = await site({
      '/page': (_request, response) => {
        if (++times > 2) response.end('text')
        else response.writeHead(times === 1 ? 500 : 503).end()
      },
    })
    const pace = hurried()
    const from = fetcher([here], { pace })
    const settled = settings({ retries: 2 })
    expect(await get(from, `${here.base}/page`, { settings: settled })).toMatchObject({ ok: true })
    expect(pace.waits).toEqual([1000, 2000])
    times = 0
    expect(
      await get(from, `${here.base}/page`, { settings: settings({ retries: 1 }) }),
    ).toMatchObject({ kind: 'server_error', status: 503 })
    // A page that is not there is not there.
    await get(from, `${here.base}/missing`, { settings: settled })
    expect(here.asked.filter((path) => path === '/missing')).toHaveLength(1)
  })

  it('waits as long as the server asks, with every page of the host', async () => {
    let times = 0
    const here = await site({
      '/page': (_request, response) => {
        if (++times > 1) response.end('text')
        else response.writeHead(429, { 'retry-after': '20' }).end()
      },
    })
    const pace = hurried()
    const from = fetcher([here], { pace })
    const settled = settings({ retries: 1 })
    expect(await get(from, `${here.base}/page`, { settings: settled })).toMatchObject({ ok: true })
    expect(pace.waits[0]).toBe(20_000)
    // The line of the host rests as well, for what is left of it.
    const next = hurried()
    times = 0
    const other = fetcher([here], { pace: next })
    await get(other, `${here.base}/page`)
    expect(next.waits).toEqual([])
    expect(await get(other, `${here.base}/page`)).toMatchObject({ ok: true })
    expect(next.waits).toEqual([expect.closeTo(20_000, -3)])
  })

  it('leaves a host alone that asks for longer than anybody waits', async () => {
    const here = await site({ '/page': status(429, { 'retry-after': '3600' }) })
    const from = fetcher([here])
    const settled = settings({ retries: 3 })
    expect(await get(from, `${here.base}/page`, { settings: settled })).toMatchObject({
      kind: 'rate_limited',
      status: 429,
      retryAfter: 3_600_000,
      temporary: true,
    })
    const next = await get(from, `${here.base}/`, { settings: settled })
    expect(next).toMatchObject({ kind: 'rate_limited', status: null })
    expect(!next.ok && next.retryAfter).toBeGreaterThan(3_500_000)
    expect(here.asked).toEqual(['/robots.txt', '/page'])
  })

  it('does not try every page of a host that is down as often as the first', async () => {
    const here = await site({ '/broken': status(500) })
    const from = fetcher([here], { pace: hurried() })
    const settled = settings({ retries: 2 })
    for (let i = 0; i < 3; i++) await get(from, `${here.base}/broken`, { settings: settled })
    expect(here.asked).toHaveLength(1 + 3 + 1 + 1)
    await get(from, `${here.base}/`, { settings: settled })
    await get(from, `${here.base}/broken`, { settings: settled })
    expect(here.asked).toHaveLength(6 + 1 + 3)
  })

  it('ends when it is stopped, wherever it is', async () => {
    const here = await site({ '/silent': () => undefined, '/broken': status(500) })
    const from = fetcher([here])
    for (const [path, retries] of [
      ['/silent', 0],
      ['/broken', 5],
    ] as const) {
      const stop = new AbortController()
      const fetching = get(from, here.base + path, {
        signal: stop.signal,
        settings: settings({ retries }),
      })
      const seen = expect(fetching).rejects.toThrow('enough')
      await expect.poll(() => here.asked).toContain(path)
      stop.abort(new Error('enough'))
      await seen
    }
    const stopped = AbortSignal.abort(new Error('before'))
    await expect(get(from, here.base, { signal: stopped })).rejects.toThrow('before')
  })
})

describe('politeness', () => {
  it('holds for a host over all collections', async () => {
    let now = 0
    let most = 0
    const slow: Page = (_request, response) => {
      most = Math.max(most, ++now)
      setTimeout(() => {
        now--
        response.end('text')
      }, 10)
    }
    const paths = Array.from({ length: 12 }, (_, i) => `/${i}`)
    const here = await site(Object.fromEntries(paths.map((path) => [path, slow])))
    const from = fetcher([here])
    await Promise.all(
      paths.map((path, i) =>
        get(from, here.base + path, {
          lane: `collection ${i % 3}`,
          settings: settings({ concurrencyPerHost: 2 }),
        }),
      ),
    )
    expect(most).toBe(2)
  })

  it('waits between requests as long as the settings or the site want, whichever is longer', async () => {
    const here = await site({
      '/robots.txt': (_request, response) => response.end('user-agent: *\ncrawl-delay: 5'),
    })
    const pace = hurried()
    const from = fetcher([here], { pace })
    await get(from, `${here.base}/`, { settings: settings({ delayMs: 200 }) })
    expect(pace.waits[0]).toBeGreaterThan(4900)
    expect(pace.waits[0]).toBeLessThanOrEqual(5000)
  })
})

describe('rendering', () => {
  it('says what is missing where there is no browser', async () => {
    const here = await site({ '/app': html('<p>…</p><script src="/app.js"></script>') })
    const from = fetcher([here])
    const outcome = await get(from, `${here.base}/app`, {
      settings: settings({ render: 'when_empty' }),
    })
    expect(outcome).toMatchObject({
      ok: false,
      kind: 'render_failed',
      remedy: 'Set GATEHOUSE_CHROMIUM to the program file of a Chromium.',
    })
    // A page that shows its text needs none.
    const full = await get(from, `${here.base}/`, { settings: settings({ render: 'when_empty' }) })
    expect(full).toMatchObject({ ok: true, rendered: false })
  })

  it('says when the browser does not start', async () => {
    const here = await site()
    const from = fetcher([here], { chromium: '/nowhere/chromium' })
    expect(await from.renderPage({ url: `${here.base}/`, settings: settings() })).toMatchObject({
      ok: false,
      kind: 'render_failed',
      temporary: false,
    })
  })
})
