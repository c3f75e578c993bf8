import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import chromium from '@sparticuz/chromium'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { fetchSettings, type FetchSettings } from '#features/watch/schema.ts'
import { createFetcher, type Fetched, type Fetcher } from '#features/watch/fetch/index.ts'
import { createLog } from '#kernel/log.ts'

/**
 * Flags of the packaged Chromium that take protections away, or put everything into one process;
 * see test/journeys/browser.ts.
 */
const unwanted = new Set([
  '--disable-web-security',
  '--allow-running-insecure-content',
  '--disable-site-isolation-trials',
  '--single-process',
])
const installed = '/usr/bin/chromium'
let program = installed
let flags: readonly string[] = []
beforeAll(async () => {
  if (existsSync(installed)) return
  program = await chromium.executablePath()
  flags = chromium.args.filter((flag) => !unwanted.has(flag))
})

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const one of cleanUp.splice(0).reverse()) await one()
})

interface Site {
  readonly base: string
  readonly host: string
  readonly seen: { readonly path: string; readonly headers: IncomingHttpHeaders }[]
}

async function site(
  pages: Record<string, string | ((request: IncomingMessage) => string)>,
): Promise<Site> {
  const seen: Site['seen'] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    seen.push({ path, headers: request.headers })
    const page = pages[path]
    if (path.startsWith('/to/')) {
      response.writeHead(301, { location: decodeURIComponent(path.slice(4)) }).end()
      return
    }
    const type = path.endsWith('.md') ? 'text/markdown' : 'text/html'
    response.writeHead(page === undefined ? 404 : 200, {
      'content-type': path.endsWith('.json') ? 'application/json' : type,
      'access-control-allow-origin': '*',
      etag: '"shell"',
    })
    response.end(typeof page === 'function' ? page(request) : page)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  cleanUp.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { base: `http://${host}`, host, seen }
}

interface Warning {
  readonly url: string
  readonly refusals: readonly { readonly target: string; readonly kind: string }[]
}

function fetcher(sites: readonly Site[]): Fetcher & { readonly warnings: readonly Warning[] } {
  const warnings: Warning[] = []
  const log = createLog('warn', {
    write: (text: string) => void warnings.push(JSON.parse(text) as Warning),
  })
  const made = createFetcher({
    clock: Date.now,
    log,
    version: '1.2.3',
    publicUrl: 'https://gatehouse.example',
    exceptions: () => sites.map(({ host }) => host),
    chromium: program,
    chromiumFlags: flags,
  })
  cleanUp.push(() => made.close())
  return { ...made, warnings }
}

const settings = (more: Partial<FetchSettings> = {}): FetchSettings => ({
  ...fetchSettings.parse({}),
  delayMs: 0,
  retries: 0,
  timeoutMs: 60_000,
  render: 'when_empty',
  ...more,
})

const app = (script: string): string =>
  `<!doctype html><title>App</title><div id="root"></div><script>
    const show = (text) => { document.getElementById('root').append(Object.assign(document.createElement('p'), { textContent: text })) }
    ${script}
  </script>`

const textOf = (fetched: Fetched): string =>
  fetched.ok && !fetched.notModified ? fetched.bytes.toString() : JSON.stringify(fetched)

describe('a page that needs a browser', () => {
  it('is rendered, with what its scripts fetch, and its secrets stay with its origin', async () => {
    const other = await site({ '/data.json': '"from the other site"' })
    const here = await site({
      '/app': app(`
        fetch('/data.json').then((r) => r.json()).then(show)
        fetch('${other.base}/data.json').then((r) => r.json()).then(show)`),
      '/data.json': (request) => JSON.stringify(`key ${String(request.headers['x-api-key'])}`),
    })
    const from = fetcher([here, other])
    const fetched = await from.fetchPage({
      url: `${here.base}/app`,
      settings: settings(),
      headers: { 'X-Api-Key': 'k1', Cookie: 'session=s1; other=s2' },
    })
    expect(fetched).toMatchObject({
      ok: true,
      rendered: true,
      status: 200,
      url: `${here.base}/app`,
      contentType: 'text/html; charset=utf-8',
      // The shell stays the same while what it shows changes.
      etag: null,
      lastModified: null,
    })
    expect(textOf(fetched)).toContain('<p>key k1</p>')
    expect(textOf(fetched)).toContain('<p>from the other site</p>')
    const ours = here.seen.findLast(({ path }) => path === '/app')
    expect(ours?.headers['user-agent']).toBe('Gatehouse/1.2.3 (+https://gatehouse.example)')
    expect(ours?.headers.cookie).toBe('session=s1; other=s2')
    const theirs = JSON.stringify(other.seen)
    expect(theirs).toContain('/data.json')
    expect(theirs).not.toMatch(/k1|s1|s2/)
    expect(from.warnings).toEqual([])
  })

  it('takes its secrets across no redirect to another origin, of the page or of what it fetches', async () => {
    const other = await site({ '/page': '<p>A page of the other site.</p>', '/data.json': '"x"' })
    const here = await site({
      '/app': app(
        `fetch('/to/${encodeURIComponent(`${other.base}/data.json`)}').then((r) => r.json()).then(show)`,
      ),
    })
    const from = fetcher([here, other])
    const headers = { 'X-Api-Key': 'k1', Authorization: 'Bearer k2' }
    const asked = { settings: settings({ render: 'always' }), headers }
    const away = `${here.base}/to/${encodeURIComponent(`${other.base}/page`)}`
    expect(textOf(await from.fetchPage({ url: away, ...asked }))).toContain('of the other site')
    expect(textOf(await from.fetchPage({ url: `${here.base}/app`, ...asked }))).toContain(
      '<p>x</p>',
    )
    expect(other.seen.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/page', '/data.json']),
    )
    expect(JSON.stringify(other.seen)).not.toMatch(/k1|k2/)
    const own = here.seen.filter(({ path }) => path !== '/robots.txt')
    expect(new Set(own.map(({ headers }) => headers['x-api-key']))).toEqual(new Set(['k1']))
  })

  it('reaches nothing inside, and what it tried is written down', async () => {
    const inside = await site({ '/secret': 'the secret' })
    const here = await site({
      '/app': app(`
        const tries = ['${inside.base}/secret', 'http://169.254.169.254/latest/meta-data', 'http://[::1]:8080/', 'http://localhost:${inside.host.split(':')[1]}/secret']
        Promise.all(tries.map((url) => fetch(url).then((r) => r.text(), () => 'failed')))
          .then((all) => show(all.join(' ')))
        new WebSocket('ws://${inside.host}/socket')
        document.body.append(Object.assign(document.createElement('iframe'), { src: '${inside.base}/secret' }))
        const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:3478' }] })
        peer.createDataChannel('x'); peer.createOffer().then((o) => peer.setLocalDescription(o))`),
    })
    const from = fetcher([here])
    const fetched = await from.fetchPage({ url: `${here.base}/app`, settings: settings() })
    expect(fetched).toMatchObject({ ok: true, rendered: true })
    expect(textOf(fetched)).toContain('<p>')
    expect(textOf(fetched)).not.toContain('the secret')
    expect(inside.seen).toEqual([])
    const refused = from.warnings.flatMap(({ refusals }) => refusals)
    expect(new Set(refused.map(({ target }) => target))).toEqual(
      new Set([
        inside.host,
        '169.254.169.254:80',
        '[::1]:8080',
        `localhost:${inside.host.split(':')[1]}`,
      ]),
    )
  })

  it('follows redirects and says where a page has moved; a redirect inside is refused', async () => {
    const here = await site({ '/app': app(`show('moved and shown')`) })
    const from = fetcher([here])
    const always = settings({ render: 'always' })
    const moved = `${here.base}/to/${encodeURIComponent('/app')}`
    expect(await from.fetchPage({ url: moved, settings: always })).toMatchObject({
      ok: true,
      rendered: true,
      url: `${here.base}/app`,
      movedTo: `${here.base}/app`,
    })
    const inside = await site({ '/': 'the secret' })
    const away = `${here.base}/to/${encodeURIComponent(inside.base)}`
    expect(await from.fetchPage({ url: away, settings: always })).toMatchObject({
      ok: false,
      kind: 'refused_address',
    })
    expect(from.warnings[0]?.refusals).toMatchObject([{ target: inside.host, kind: 'refused' }])
    expect(inside.seen).toEqual([])
    // Tunnels, which answer nothing but that they failed.
    for (const [url, kind] of [
      [`https://${inside.host}/`, 'refused_address'],
      ['https://nowhere.invalid/', 'network'],
    ] as const)
      expect(
        await from.fetchPage({ url, settings: { ...always, respectRobots: false } }),
      ).toMatchObject({ ok: false, kind })
  })

  it('gives other kinds of pages as they came, and says what is not there', async () => {
    const here = await site({ '/page.md': '# A page\n' })
    const from = fetcher([here])
    const markdown = await from.renderPage({ url: `${here.base}/page.md`, settings: settings() })
    expect(markdown).toMatchObject({ ok: true, rendered: false, contentType: 'text/markdown' })
    expect(textOf(markdown)).toBe('# A page\n')
    expect(
      await from.renderPage({ url: `${here.base}/missing`, settings: settings() }),
    ).toMatchObject({ ok: false, kind: 'gone', status: 404 })
  })

  it('may not take for ever, nor grow without bound', async () => {
    const here = await site({
      '/busy': app('for (;;);'),
      '/huge': app(`show('x'.repeat(3_000_000))`),
    })
    const from = fetcher([here])
    expect(
      await from.renderPage({ url: `${here.base}/busy`, settings: settings({ timeoutMs: 8000 }) }),
    ).toMatchObject({ ok: false, kind: 'timeout' })
    expect(
      await from.renderPage({
        url: `${here.base}/huge`,
        settings: settings({ maxBytes: 1_000_000 }),
      }),
    ).toMatchObject({ ok: false, kind: 'too_large' })
    await expect.poll(() => browsers().length).toBe(0)
  })
})

describe('the process of the browser', () => {
  it('knows nothing of the server, and leaves nothing behind when the fetch is stopped', async () => {
    const marks = {
      DATABASE_URL: 'postgres://secret-of-the-server',
      GATEHOUSE_INIT_ADMIN_KEY: 'secret-of-the-server',
      HTTP_PROXY: 'http://secret-of-the-server',
      NODE_OPTIONS: '--no-deprecation',
    }
    const before = { ...process.env }
    Object.assign(process.env, marks)
    cleanUp.push(() => {
      for (const name of Object.keys(marks)) Reflect.deleteProperty(process.env, name)
      Object.assign(process.env, before)
    })
    let environments: string[] = []
    const here = await site({
      '/app': () => {
        environments = browsers().map(({ environment }) => environment)
        return app(`setInterval(() => fetch('/never-silent'), 50)`)
      },
    })
    const from = fetcher([here])
    const stop = new AbortController()
    const fetching = from.renderPage({
      url: `${here.base}/app`,
      settings: settings(),
      signal: stop.signal,
    })
    const seen = expect(fetching).rejects.toThrow('enough')
    await expect.poll(() => environments.length).toBeGreaterThan(1)
    stop.abort(new Error('enough'))
    await seen
    for (const environment of environments) {
      expect(environment).not.toContain('secret-of-the-server')
      expect(environment).not.toMatch(/GATEHOUSE_|DATABASE_URL|NODE_OPTIONS|PROXY/)
    }
    await expect.poll(() => browsers().length).toBe(0)
  })
})

/** Processes of this test: ours that drive a browser, and the browser's own. */
function browsers(): readonly { readonly pid: number; readonly environment: string }[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) return []
    try {
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8')
      const environment = readFileSync(`/proc/${entry}/environ`, 'utf8')
      const ours = command.includes('browser-process.ts') || command.includes('gatehouse-browser-')
      return ours ? [{ pid: Number(entry), environment }] : []
    } catch {
      // It ended while we looked.
      return []
    }
  })
}
