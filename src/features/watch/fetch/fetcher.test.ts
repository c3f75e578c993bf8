import type { IncomingHttpHeaders } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  fetcher,
  get,
  html,
  listen,
  settings,
  site,
  status,
  to,
  type Page,
} from './fetcher.test.site.ts'

describe('fetchPage', () => {
  it('brings a page, unpacked, and says who asks', async () => {
    let seen: IncomingHttpHeaders = {}
    const here = await site({
      '/page': (request, response) => {
        seen = request.headers
        response
          .writeHead(200, {
            'content-type': 'text/html; charset=utf-8',
            'content-encoding': 'gzip',
            etag: 'W/"7"',
            'last-modified': 'Mon, 23 Nov 2026 00:00:00 GMT',
          })
          .end(gzipSync('<p>A page with some text.</p>'))
      },
    })
    const page = await get(fetcher([here]), `${here.base}/page`)
    expect(page).toMatchObject({
      ok: true,
      notModified: false,
      status: 200,
      contentType: 'text/html; charset=utf-8',
      etag: 'W/"7"',
      lastModified: 'Mon, 23 Nov 2026 00:00:00 GMT',
      url: `${here.base}/page`,
      movedTo: null,
      rendered: false,
    })
    expect(page.ok && !page.notModified && page.bytes.toString()).toBe(
      '<p>A page with some text.</p>',
    )
    expect(seen['user-agent']).toBe('Gatehouse/1.2.3 (+https://gatehouse.example)')
    expect(seen).not.toHaveProperty('if-none-match')
    expect(here.asked).toEqual(['/robots.txt', '/page'])
  })

  it('asks whether a known page is still the same', async () => {
    const seen: (string | undefined)[] = []
    const here = await site({
      '/page': (request, response) => {
        seen.push(request.headers['if-none-match'], request.headers['if-modified-since'])
        response.writeHead(304, { etag: 'W/"7"' }).end()
      },
    })
    const from = fetcher([here])
    const lastModified = 'Mon, 23 Nov 2026 00:00:00 GMT'
    const same = await get(from, `${here.base}/page`, { etag: 'W/"7"', lastModified })
    expect(same).toMatchObject({ ok: true, notModified: true, status: 304, etag: 'W/"7"' })
    expect(seen).toEqual(['W/"7"', lastModified])
  })

  it.each([
    ['/forbidden', 'blocked', 403],
    ['/missing', 'gone', 404],
    ['/busy', 'rate_limited', 429],
    ['/broken', 'server_error', 500],
    ['/nothing', 'empty', 200],
    ['/challenge', 'blocked', 200],
    ['/app', 'needs_browser', 200],
    ['/huge', 'too_large', null],
    ['/silent', 'timeout', null],
    ['/hangs-up', 'network', null],
    ['/inside', 'refused_address', null],
    ['/loop', 'unreadable', null],
    ['/private/page', 'robots', null],
  ])('says of %s: %s', async (path, kind, code) => {
    const here = await site({
      '/robots.txt': (_request, response) => response.end('user-agent: *\ndisallow: /private'),
      '/forbidden': status(403),
      '/busy': status(429),
      '/broken': status(500),
      '/nothing': status(200),
      '/challenge': html('<title>Just a moment...</title>', { 'cf-mitigated': 'challenge' }),
      '/app': html('<div id="root"></div><script src="/app.js"></script>'),
      '/huge': (_request, response) => response.end('x'.repeat(200_000)),
      '/silent': () => undefined,
      '/hangs-up': (request) => request.socket.destroy(),
      '/inside': to('http://169.254.169.254/latest/meta-data'),
      '/loop': to('/loop'),
    })
    const outcome = await get(fetcher([here]), `${here.base}${path}`, {
      settings: settings({ maxBytes: 100_000, timeoutMs: path === '/silent' ? 100 : 5000 }),
    })
    expect(outcome).toMatchObject({ ok: false, kind, status: code })
    expect(outcome.ok ? '' : outcome.message).not.toBe('')
  })

  it('says that nothing listens, and that a certificate is not trusted', async () => {
    const closed = createTcpServer()
    const port = await listen(closed)
    await new Promise((done) => closed.close(done))
    const gone = { host: `127.0.0.1:${port}` }
    expect(await get(fetcher([gone]), `http://${gone.host}/`)).toMatchObject({ kind: 'network' })
    const here = await site()
    expect(await get(fetcher([here]), `https://${here.host}/`)).toMatchObject({ kind: 'tls' })
  })

  it('follows a page that moved and says where to, hop by hop by the rules of each host', async () => {
    const there = await site({
      '/robots.txt': (_request, response) => response.end('user-agent: *\ndisallow: /no'),
      '/new': html('<p>The new page.</p>'),
      '/no': html('<p>Not for us.</p>'),
    })
    const here = await site({
      '/old': to('/middle', 308),
      '/middle': to(`${there.base}/new`),
      '/now': to(`${there.base}/new`, 302),
      '/no': to(`${there.base}/no`),
    })
    const from = fetcher([here, there])
    const movedTo = `${there.base}/new`
    expect(await get(from, `${here.base}/old`)).toMatchObject({ ok: true, url: movedTo, movedTo })
    expect(await get(from, `${here.base}/now`)).toMatchObject({ ok: true, movedTo: null })
    expect(await get(from, `${here.base}/old`, { within: here.base })).toMatchObject({
      ok: false,
      kind: 'moved',
      movedTo,
    })
    expect(await get(from, `${here.base}/no`)).toMatchObject({
      ok: false,
      kind: 'robots',
      movedTo: `${there.base}/no`,
    })
    expect(there.asked).toEqual(['/robots.txt', '/new', '/new', '/new'])
  })

  it('takes secrets to their origin only', async () => {
    const seen: IncomingHttpHeaders[] = []
    const record: Page = (request, response) => {
      seen.push(request.headers)
      response.end('text')
    }
    const there = await site({ '/robots.txt': record, '/page': record })
    const here = await site({
      '/robots.txt': record,
      '/page': record,
      '/away': to(`${there.base}/page`),
    })
    const from = fetcher([here, there])
    const headers = { 'X-Api-Key': 'secret', Cookie: 'session=secret' }
    await get(from, `${here.base}/page`, { headers })
    await get(from, `${here.base}/away`, { headers })
    const brought = seen.map((one) => JSON.stringify(one).split('secret').length - 1)
    // robots.txt of here, the page of here with both, robots.txt and the page of there.
    expect(brought).toEqual([0, 2, 0, 0])
  })

  it('does not ask for robots.txt where it is not to be respected', async () => {
    const here = await site({
      '/robots.txt': (_request, response) => response.end('user-agent: *\ndisallow: /'),
    })
    const from = fetcher([here])
    expect(await get(from, `${here.base}/`)).toMatchObject({ kind: 'robots' })
    const lawless = settings({ respectRobots: false })
    expect(await get(from, `${here.base}/`, { settings: lawless })).toMatchObject({ ok: true })
    expect(here.asked).toEqual(['/robots.txt', '/'])
  })
})
