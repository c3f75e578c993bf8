import { hash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Watch } from '#features/watch/index.ts'
import { createGoingOut } from '#features/watch/runs/going-out.ts'
import { createRunner } from '#features/watch/runs/runner.ts'
import { insertRun } from '#features/watch/runs/store.ts'
import { minute, hour } from '#kernel/clock.ts'
import { enqueue } from '#kernel/work.ts'
import {
  atomFeed,
  htmlPage,
  llmsTxt,
  scriptPage,
  sitemap,
  sitemapIndex,
  startWatchSite,
  type WatchSite,
} from '../watch-site.ts'
import { startWorld, type World } from '../world.ts'

let site: WatchSite
let world: World
beforeAll(async () => {
  site = await startWatchSite()
  world = await startWorld({ env: { GATEHOUSE_OUTBOUND_EXCEPTIONS: site.exception } })
})
afterAll(async () => {
  await world.close()
  await site.close()
})

const fetch = { delayMs: 0, retries: 0, maxBytes: 10_000 }
const schedule = { cron: '0 * * * *', jitterSeconds: 0 }

/** A collection under `/<set>/` of the site. */
async function watch(set: string, sources: readonly object[], more: object = {}): Promise<string> {
  const made = await world.admin('POST', '/api/v1/watch/collections', {
    vendor: 'site',
    product: 'docs',
    set,
    language: 'en',
    title: set,
    sources,
    fetch,
    schedule,
    extract: { preferMarkdown: false },
    ...more,
  })
  expect(made.status).toBe(201)
  return `/api/v1/watch/site/docs/${set}/en`
}

/** Lets an hour pass, runs what is due, and waits until nothing runs any more. */
async function anHourLater(): Promise<void> {
  world.clock.advance(hour)
  await tick()
}

async function tick(): Promise<void> {
  await world.app.runtime.db.tx(() => enqueue({ name: 'watch.tick', payload: null }))
  await expect.poll(underWay).toEqual([])
}

interface Row {
  readonly path: string
  readonly running: boolean
  readonly nextRunAt: number | null
}
/** Collections that run or should. */
async function underWay(): Promise<readonly string[]> {
  const { json } = await world.admin('GET', '/api/v1/watch/collections?limit=500')
  return (json.items as Row[])
    .filter((c) => c.running || (c.nextRunAt ?? Infinity) <= world.clock.now)
    .map((c) => c.path)
}

type Json = Record<string, unknown>
async function items(path: string): Promise<readonly Json[]> {
  const { json, status, text } = await world.admin('GET', path)
  expect(status, text).toBe(200)
  return json.items as Json[]
}
/** Pages by path with their state. */
const pages = async (at: string): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    (await items(`${at}/pages?limit=500`)).map((p) => [String(p['page']), p['state']]),
  )
/** Open failures: page (or the end of the address) with the kind and the runs in a row. */
const failing = async (at: string): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    (await items(`${at}/failures?open=true&limit=500`)).map((f) => [
      String(f['page'] ?? f['url']).replace(site.origin, ''),
      `${String(f['kind'])} ${String(f['inARow'])}`,
    ]),
  )
const lastRun = async (at: string): Promise<Json> => (await items(`${at}/runs?limit=1`))[0] ?? {}
const snapshots = (at: string): Promise<readonly Json[]> => items(`${at}/snapshots`)
const text = async (at: string, page: string): Promise<string> =>
  (await world.admin('GET', `${at}/pages/${page}?format=markdown`)).text

describe('the sources of a collection', () => {
  it('llms.txt, with Markdown beside HTML preferred and remembered', async () => {
    site.put('/llms/a.html', { body: htmlPage('A', 'From HTML.') })
    site.put('/llms/a.md', { body: '# A\n\nFrom Markdown.\n' })
    site.put('/llms/b', { body: htmlPage('B', 'Only HTML.') })
    site.put('/llms/llms.txt', {
      body: llmsTxt([
        ['A', `${site.origin}/llms/a.html`],
        ['B', `${site.origin}/llms/b`],
        ['Elsewhere', `${site.origin}/other/c`],
      ]),
    })
    const at = await watch(
      'llms',
      [{ kind: 'llms', url: `${site.origin}/llms/llms.txt`, prefix: `${site.origin}/llms/` }],
      { extract: { preferMarkdown: true } },
    )
    await tick()
    expect(await pages(at)).toEqual({ a: 'present', b: 'present' })
    expect(await text(at, 'a')).toBe('# A\n\nFrom Markdown.\n')
    expect(await text(at, 'b')).toContain('Only HTML.')
    site.forget()
    await anHourLater()
    const asked = site.requests.map((r) => r.path)
    expect(asked).toContain('/llms/a.md')
    expect(asked).not.toContain('/llms/a.html')
    expect(asked).not.toContain('/llms/b.md')
    site.take('/llms/a.md')
    await anHourLater()
    expect(await text(at, 'a')).toContain('From HTML.')
    expect(await failing(at)).toEqual({})
  })

  it('sitemap: an index, and the one that robots.txt names', async () => {
    site.put('/robots.txt', {
      body: `User-agent: *\nDisallow: /robots/private\nSitemap: ${site.origin}/map/index.xml\n`,
    })
    site.put('/map/index.xml', { body: sitemapIndex([`${site.origin}/map/one.xml`]) })
    site.put('/map/one.xml', { body: sitemap([`${site.origin}/map/x`, `${site.origin}/map/y/`]) })
    site.put('/map/x', { body: htmlPage('X', 'x') })
    site.put('/map/y/', { body: htmlPage('Y', 'y') })
    const prefix = `${site.origin}/map/`
    const at = await watch('map', [
      { kind: 'sitemap', url: `${site.origin}/map/index.xml`, prefix, exclude: ['y'] },
    ])
    const named = await watch('robots', [{ kind: 'sitemap', url: `${site.origin}/`, prefix }])
    await tick()
    expect(await pages(at)).toEqual({ x: 'present' })
    expect(await failing(named)).toEqual({})
    expect(await pages(named)).toEqual({ x: 'present', y: 'present' })
  })

  it('links under a prefix, as deep as asked', async () => {
    const page = (name: string, links: readonly string[]): void =>
      site.put(`/links/${name}`, { body: htmlPage(`Page ${name}`, name, links) })
    page('', ['one', 'two?ref=1', '/elsewhere', 'logo.png'])
    page('one', ['deep'])
    page('two', [])
    site.put('/links/two?ref=1', {
      body: htmlPage('Page two', 'two').replace(
        '<head>',
        `<head><link rel="canonical" href="${site.origin}/links/two">`,
      ),
    })
    page('deep', ['deeper'])
    page('deeper', [])
    const prefix = `${site.origin}/links/`
    const at = await watch('links', [{ kind: 'links', url: prefix, prefix, depth: 2 }])
    await tick()
    expect(await pages(at)).toEqual({
      index: 'present',
      one: 'present',
      two: 'present',
      deep: 'present',
    })
    site.forget()
    await anHourLater()
    expect(site.requests.filter((r) => r.path === '/links/one')).toHaveLength(1)
  })

  it('a feed, whose older entries stay watched', async () => {
    const entry = (name: string): [string, string] => [name, `${site.origin}/feed/${name}`]
    for (const name of ['old', 'new']) site.put(`/feed/${name}`, { body: htmlPage(name, name) })
    site.put('/feed.xml', { body: atomFeed([entry('old')]) })
    const prefix = `${site.origin}/feed/`
    const at = await watch('feed', [{ kind: 'feed', url: `${site.origin}/feed.xml`, prefix }])
    await tick()
    site.put('/feed.xml', { body: atomFeed([entry('new')]) })
    site.put('/feed/old', { body: htmlPage('old', 'changed') })
    await anHourLater()
    expect(await pages(at)).toEqual({ old: 'present', new: 'present' })
    expect(await text(at, 'old')).toContain('changed')
  })

  it('a git repository: a folder of its branch', async () => {
    await site.commit('repo', {
      'README.md': '# Readme\n',
      'docs/guide.md': '# Guide\n\nOne.\n',
      'docs/api/index.md': '# API\n',
      'docs/logo.png': 'png',
    })
    const at = await watch('git', [
      { kind: 'git', url: `${site.origin}/repo.git`, branch: 'main', folder: 'docs' },
    ])
    await tick()
    expect(await failing(at)).toEqual({})
    expect(await pages(at)).toEqual({ guide: 'present', api: 'present' })
    site.forget()
    await anHourLater()
    expect(site.requests.filter((r) => r.method === 'POST')).toEqual([])
    expect(await lastRun(at)).toMatchObject({ state: 'done', notModified: 2, changed: 0 })
    await site.commit('repo', { 'docs/guide.md': '# Guide\n\nTwo.\n' })
    await anHourLater()
    expect(await text(at, 'guide')).toBe('# Guide\n\nTwo.\n')
    expect(await pages(at)).toEqual({ guide: 'present', api: 'gone' })
  })

  it('that cannot be read are failures of their own', async () => {
    site.put('/bad/feed.xml', { body: htmlPage('Login', 'Sign in first') })
    site.put('/bad/empty.txt', { body: '# Nothing\n' })
    const at = await watch('bad', [
      { kind: 'feed', url: `${site.origin}/bad/feed.xml` },
      { kind: 'llms', url: `${site.origin}/bad/empty.txt` },
      { kind: 'sitemap', url: `${site.origin}/bad/none.xml`, prefix: `${site.origin}/bad/` },
      { kind: 'git', url: `${site.origin}/none.git` },
      { kind: 'git', url: 'http://repo.example/none.git' },
    ])
    await tick()
    expect(await failing(at)).toEqual({
      '/bad/feed.xml': 'changed_kind 1',
      '/bad/empty.txt': 'empty 1',
      // It is not there, and of those that robots.txt names none lists a page under the prefix.
      '/bad/none.xml': 'empty 1',
      '/none.git': 'gone 1',
      'http://repo.example/none.git': 'refused_address 1',
    })
    expect(await lastRun(at)).toMatchObject({ state: 'failed' })
  })
})

describe('the pages of a collection', () => {
  const urls = (set: string, names: readonly string[]): object[] => [
    {
      kind: 'urls',
      urls: names.map((name) => `${site.origin}/${set}/${name}`),
      prefix: `${site.origin}/${set}/`,
    },
  ]

  it('are fetched conditionally, and what differs is one snapshot', async () => {
    site.put('/same/a', { body: htmlPage('A', 'one'), etag: true })
    site.put('/same/b', { body: htmlPage('B', 'one') })
    const at = await watch('same', urls('same', ['a', 'b']))
    await tick()
    expect(await lastRun(at)).toMatchObject({ state: 'done', total: 2, checked: 2, changed: 2 })
    site.forget()
    await anHourLater()
    expect(site.requests.map((r) => [r.path, r.status]).sort()).toEqual(
      expect.arrayContaining([
        ['/same/a', 304],
        ['/same/b', 200],
      ]),
    )
    expect(await lastRun(at)).toMatchObject({ notModified: 2, changed: 0, snapshot: null })
    site.put('/same/a', { body: htmlPage('A', 'two'), etag: true })
    site.put('/same/b', { body: htmlPage('B', 'two') })
    await anHourLater()
    const [newest, first, ...others] = await snapshots(at)
    expect(others).toEqual([])
    expect(first).toMatchObject({ newPages: 2 })
    expect(newest).toMatchObject({ pages: 2, added: 2, removed: 2 })
    expect(await lastRun(at)).toMatchObject({ snapshot: newest?.['stamp'] })
  })

  it('that fail say why, each in its way, and mend', async () => {
    const names = ['blocked', 'slow', 'limited', 'broken', 'half', 'huge', 'app', 'kind', 'away']
    const all = [...names, 'private', 'never', 'blank', 'nul']
    site.put('/fail/kind', { body: htmlPage('Kind', 'A page') })
    site.put('/fail/blocked', { body: 'no', status: 403 })
    site.put('/fail/slow', { silent: true })
    site.put('/fail/limited', { body: 'no', status: 429 })
    site.put('/fail/broken', { body: 'no', status: 500 })
    site.put('/fail/half', { breaks: true })
    site.put('/fail/huge', { body: htmlPage('Huge', 'x'.repeat(20_000)) })
    site.put('/fail/app', { body: scriptPage() })
    site.put('/fail/away', { to: `${site.origin}/elsewhere/`, status: 301 })
    site.put('/elsewhere/', { body: htmlPage('Elsewhere', 'Other') })
    site.put('/fail/blank', { body: '' })
    site.put('/fail/nul', { body: Buffer.from('text\0text'), type: 'text/plain' })
    site.put('/robots.txt', { body: 'User-agent: *\nDisallow: /fail/private\n' })
    world.clock.advance(25 * hour)
    const at = await watch('fail', urls('fail', all), { fetch: { ...fetch, timeoutMs: 8000 } })
    await tick()
    site.put('/fail/kind', { body: Buffer.from('%PDF-1.7'), type: 'application/pdf' })
    await anHourLater()
    expect(await failing(at)).toEqual({
      blocked: 'blocked 2',
      slow: 'timeout 2',
      limited: 'rate_limited 2',
      broken: 'server_error 2',
      half: 'network 2',
      huge: 'too_large 2',
      app: 'needs_browser 2',
      kind: 'changed_kind 1',
      away: 'moved 2',
      private: 'robots 2',
      never: 'gone 2',
      blank: 'empty 2',
      nul: 'unreadable 2',
    })
    const [one] = await items(`${at}/failures?q=limited`)
    expect(one).toMatchObject({ status: 429, mended: false })
    expect(one?.['remedy']).not.toBe('')
    for (const name of all) site.put(`/fail/${name}`, { body: htmlPage(name, 'Fine again') })
    site.put('/robots.txt', { body: '' })
    world.clock.advance(25 * hour)
    await tick()
    expect(await failing(at)).toEqual({})
    expect(new Set(Object.values(await pages(at)))).toEqual(new Set(['present']))
  })

  it('are gone after two runs with 404, never by 403 or 500, and new again when they return', async () => {
    for (const name of ['a', 'b']) site.put(`/gone/${name}`, { body: htmlPage(name, 'Here') })
    const at = await watch('gone', urls('gone', ['a', 'b']))
    await tick()
    site.take('/gone/a')
    site.put('/gone/b', { body: 'no', status: 500 })
    await anHourLater()
    expect(await pages(at)).toEqual({ a: 'failing', b: 'failing' })
    await anHourLater()
    expect(await pages(at)).toEqual({ a: 'gone', b: 'failing' })
    expect((await snapshots(at))[0]).toMatchObject({ gonePages: 1 })
    expect(await failing(at)).toEqual({ b: 'server_error 2' })
    site.put('/gone/a', { body: htmlPage('a', 'Here') })
    await anHourLater()
    expect(await pages(at)).toMatchObject({ a: 'present' })
    expect((await snapshots(at))[0]).toMatchObject({ newPages: 1 })
  })

  it('do not vanish together because a list broke', async () => {
    const names = ['a', 'b', 'c', 'd']
    const list = (some: readonly string[]): void =>
      site.put('/lost/llms.txt', {
        body: llmsTxt(some.map((n) => [n, `${site.origin}/lost/${n}`])),
      })
    for (const name of names) site.put(`/lost/${name}`, { body: htmlPage(name, name) })
    list(names)
    const prefix = `${site.origin}/lost/`
    const at = await watch('lost', [{ kind: 'llms', url: `${site.origin}/lost/llms.txt`, prefix }])
    await tick()
    list(['a'])
    site.put('/lost/b', { body: htmlPage('b', 'changed') })
    await anHourLater()
    expect(await failing(at)).toEqual({ '/lost/llms.txt': 'empty 1' })
    expect(new Set(Object.values(await pages(at)))).toEqual(new Set(['present']))
    expect(await text(at, 'b')).toContain('changed')
    list(['a', 'b', 'c'])
    site.take('/lost/d')
    await anHourLater()
    expect(await failing(at)).toEqual({ d: 'gone 1' })
    await anHourLater()
    expect(await pages(at)).toMatchObject({ c: 'present', d: 'gone' })
  })

  it('that flip are recorded, follow redirects, and change their encoding quietly', async () => {
    const one = { body: htmlPage('Flip', 'one') }
    site.put('/odd/flip', { flips: [one, { body: htmlPage('Flip', 'two') }] })
    site.put('/odd/old', { to: `${site.origin}/odd/fresh`, status: 301 })
    site.put('/odd/fresh', { body: htmlPage('Moved', 'Within the prefix') })
    const latin = (charset: 'latin1' | 'utf8'): Buffer =>
      Buffer.from(htmlPage('Größe', 'Straße'), charset)
    site.put('/odd/latin', { body: latin('latin1'), type: 'text/html; charset=iso-8859-1' })
    const at = await watch('odd', urls('odd', ['flip', 'old', 'latin']))
    await tick()
    expect(await text(at, 'latin')).toContain('Straße')
    site.put('/odd/latin', { body: latin('utf8'), type: 'text/html; charset=utf-8' })
    for (let run = 0; run < 4; run++) await anHourLater()
    const steps = await snapshots(at)
    expect(steps.some((s) => s['flippedPages'] === 1)).toBe(true)
    expect(await items(`${at}/history/latin`)).toHaveLength(1)
    const old = (await items(`${at}/pages`)).find((p) => p['page'] === 'old')
    expect(old).toMatchObject({ url: `${site.origin}/odd/fresh`, state: 'present' })
  })
})

describe('a run', () => {
  it('is asked for by hand, once at a time, and can be stopped', async () => {
    site.put('/stop/a', { silent: true })
    const at = await watch('stop', [{ kind: 'urls', urls: [`${site.origin}/stop/a`] }], {
      schedule: { cron: '' },
      fetch: { ...fetch, timeoutMs: 60_000 },
    })
    const asked = await world.admin('POST', `${at}/check`)
    expect(asked.status).toBe(202)
    expect(asked.json).toMatchObject({ cause: 'hand', state: 'waiting' })
    const again = await world.admin('POST', `${at}/check`)
    expect(again.json.id).toBe(asked.json.id)
    const run = `${at}/runs/${String(asked.json.id)}`
    const state = async (): Promise<string> => (await world.admin('GET', run)).json.state as string
    await expect.poll(state).toBe('running')
    const stopped = await world.admin('POST', `${run}/stop`)
    expect(stopped.json.state).toBe('stopped')
    const watching = world.app.features.find((f) => f.name === 'watch') as Watch
    await watching.idle()
    expect(await lastRun(at)).toMatchObject({ state: 'stopped' })
    expect((await world.admin('POST', `${run}/stop`)).json.code).toBe('wrong_state')
    expect(await snapshots(at)).toEqual([])
  })

  it('whose process died is found and told, and stands in nobody’s way', async () => {
    site.put('/dead/a', { body: htmlPage('A', 'Alive') })
    const at = await watch('dead', [{ kind: 'urls', urls: [`${site.origin}/dead/a`] }], {
      schedule: { cron: '' },
    })
    const { json } = await world.admin('GET', at)
    const { runtime } = world.app
    await runtime.db.tx(() =>
      insertRun({
        id: 'run_dead',
        collection_id: json.id as string,
        cause: 'schedule',
        state: 'running',
        started_at: world.clock.now,
        finished_at: null,
        total: 10,
        checked: 3,
        not_modified: 0,
        changed: 3,
        failures: 0,
        snapshot_id: null,
        message: null,
        started_by: null,
        beat_at: world.clock.now,
      }),
    )
    const asked = await world.admin('POST', `${at}/check`)
    expect(asked.json).toMatchObject({ id: 'run_dead', state: 'running' })
    world.clock.advance(3 * minute)
    await tick()
    expect(await lastRun(at)).toMatchObject({ id: 'run_dead', state: 'failed', checked: 3 })
    expect((await world.admin('POST', `${at}/check`)).status).toBe(202)
    await expect.poll(underWay).toEqual([])
    expect(await pages(at)).toEqual({ 'dead/a': 'present' })
  })

  it('is made once, however many processes are awake', async () => {
    site.put('/once/a', { body: htmlPage('A', 'Once') })
    const { runtime } = world.app
    const others = Array.from({ length: 3 }, () => {
      const parts = {
        runtime,
        *announce() {
          // Nobody follows.
        },
        *publishedPolicies() {
          return []
        },
        fixedExceptions: [site.exception],
        chromium: undefined,
        version: '0.0.0',
      }
      const going = createGoingOut(parts)
      return { going, runner: createRunner(parts, going) }
    })
    const at = await watch('once', [{ kind: 'urls', urls: [`${site.origin}/once/a`] }])
    site.forget()
    await Promise.all(others.map(({ runner }) => runner.tick()))
    await Promise.all(others.map(({ runner }) => runner.idle()))
    await expect.poll(underWay).toEqual([])
    expect(await items(`${at}/runs`)).toHaveLength(1)
    expect(site.requests.filter((r) => r.path === '/once/a')).toHaveLength(1)
    for (const { going, runner } of others) {
      await runner.close()
      await going.close()
    }
  })

  it('of a collection over its quota takes nothing in, and is an alarm', async () => {
    const at = await watch('full', [{ kind: 'urls', urls: [`${site.origin}/full`] }], {
      retention: { quotaBytes: 1_000_000 },
      fetch: { ...fetch, maxBytes: 10_000_000 },
    })
    const noise = (seed: number): string =>
      Array.from({ length: 40_000 }, (_, i) => hash('sha256', `${seed}:${i}`, 'base64')).join('\n')
    site.put('/full', { body: noise(1), type: 'text/plain' })
    await tick()
    expect(await lastRun(at)).toMatchObject({ state: 'done', changed: 1 })
    site.put('/full', { body: noise(2), type: 'text/plain' })
    await anHourLater()
    expect(await lastRun(at)).toMatchObject({ state: 'failed' })
    expect(Object.values(await failing(at))).toEqual([expect.stringMatching(/^quota/)])
    world.clock.advance(minute)
    await world.app.runtime.db.tx(() => enqueue({ name: 'watch.tick', payload: null }))
    const alarms = async (): Promise<string> =>
      JSON.stringify((await world.admin('GET', '/api/v1/overview')).json.alarms)
    await expect.poll(alarms).toContain('watch_quota')
  })
})

describe('trying out', () => {
  it('shows what a page becomes, with the selectors that matched', async () => {
    site.put('/try', { body: htmlPage('Try', 'Kept text') })
    const answer = await world.admin('POST', '/api/v1/watch/preview', {
      url: `${site.origin}/try`,
      extract: { keep: ['main'], remove: ['h1', '.absent'], preferMarkdown: false },
    })
    expect(answer.json).toMatchObject({ ok: true, kind: 'html', failure: null })
    expect(answer.json.text).toBe('Kept text\n')
    expect(answer.json.selectors).toEqual([
      { selector: 'main', use: 'keep', matches: 1 },
      { selector: 'h1', use: 'remove', matches: 1 },
      { selector: '.absent', use: 'remove', matches: 0 },
    ])
    const refused = await world.admin('POST', '/api/v1/watch/preview', {
      url: 'http://169.254.169.254/latest/',
    })
    expect(refused.json).toMatchObject({ ok: false, failure: { kind: 'refused_address' } })
  })

  it('shows what a source would bring', async () => {
    const answer = await world.admin('POST', '/api/v1/watch/discover', {
      source: { kind: 'llms', url: `${site.origin}/llms/llms.txt`, prefix: `${site.origin}/llms/` },
    })
    expect(answer.json).toMatchObject({ ok: true, found: 2, leftOut: 1 })
    expect(answer.json.pages[0]).toMatchObject({ path: 'a', title: 'A' })
    const none = await world.admin('POST', '/api/v1/watch/discover', {
      source: { kind: 'sitemap', url: `${site.origin}/nowhere.xml` },
    })
    expect(none.json).toMatchObject({ ok: false, found: 0 })
  })
})

describe('what comes between two checks', () => {
  it('an imported text is not what the host calls unchanged', async () => {
    const body = '# A\n\nOn the site.\n'
    site.put('/between/a', { body, type: 'text/markdown', etag: true })
    const prefix = `${site.origin}/between/`
    const at = await watch('between', [{ kind: 'urls', urls: [`${prefix}a`], prefix }])
    await tick()
    world.clock.advance(minute)
    const origin = { origin: 'git:abc:', total: 1 }
    const { id } = (await world.admin('POST', `${at}/imports`, origin)).json as { id: string }
    const files = [{ path: 'a.md', bytes: Buffer.from('# A\n\nFrom git.\n').toString('base64') }]
    const snapshots = [{ key: 'c1', at: world.clock.now, files }]
    await world.admin('POST', `${at}/imports/${id}/snapshots`, { after: 0, snapshots })
    expect(await text(at, 'a')).toContain('From git.')
    await anHourLater()
    expect(await text(at, 'a')).toBe(body)
  })

  it('other settings: a run that began under the old ones is made again', async () => {
    const html = (words: string): string =>
      `<main><h1>T</h1><p>${words} is the text to keep, and long enough.</p><p class="ad">Advert</p></main>`
    let goOn = (): void => undefined
    const held = new Promise<void>((done) => (goOn = done))
    const prefix = `${site.origin}/other/`
    site.put('/other/a', { body: html('One') })
    site.put('/other/b', { body: html('B') })
    const at = await watch('other', [{ kind: 'urls', urls: [`${prefix}a`, `${prefix}b`], prefix }])
    await tick()
    site.put('/other/a', { body: html('Two') })
    site.put('/other/b', { after: held, then: { body: html('B') } })
    world.clock.advance(hour)
    await world.app.runtime.db.tx(() => enqueue({ name: 'watch.tick', payload: null }))
    await expect.poll(async () => (await lastRun(at))['checked']).toBe(1)

    const { json: now } = await world.admin('GET', at)
    const kept = ['title', 'sources', 'schedule', 'fetch', 'ignore', 'retention', 'paused']
    const changed = await world.admin('PATCH', at, {
      ...Object.fromEntries(
        [...kept, 'visibility', 'policyDocumentation', 'revision'].map((name) => [name, now[name]]),
      ),
      extract: { ...now.extract, remove: ['.ad'] },
    })
    expect([changed.status, changed.text]).toEqual([200, expect.any(String)])
    const derived = async () => (await items(`${at}/runs`)).find((r) => r['cause'] === 'extract')
    await expect.poll(async () => (await derived())?.['state']).toBe('done')
    goOn()
    await tick()
    await tick()
    expect(await text(at, 'a')).toBe('# T\n\nTwo is the text to keep, and long enough.\n')
    expect((await items(`${at}/history/a`))[0]).toMatchObject({ kind: 'changed', added: 1 })
  })
})
