import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { ensureCertificates } from './certificates.ts'
import type { Lookup } from './outbound-address.ts'
import { checkHost, isPublicAddress, outboundGet, outboundRequest } from './outbound.ts'

const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) {
    if ('closeAllConnections' in server) (server.closeAllConnections as () => void)()
    server.close()
  }
})

async function listen(server: Server): Promise<number> {
  open.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}
const serve = (listener: RequestListener) => listen(createServer(listener))

/** Calls on loopback, which has to be excepted. */
const plain = (port: number) => ({
  exceptions: [`127.0.0.1:${port}`, `site.example:${port}`],
  schemes: ['http:', 'https:'] as const,
  lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
})

describe('isPublicAddress', () => {
  it.each(['8.8.8.8', '93.184.215.14', '2606:4700::1111'])('takes %s', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  it.each([
    ['loopback', '127.0.0.1', '::1'],
    ['private', '10.0.0.1', '172.16.0.1', '192.168.1.1', 'fd00::1'],
    ['link-local and cloud metadata', '169.254.169.254', 'fe80::1', 'fe80::1%eth0', '192.0.0.192'],
    ['metadata on a public address', '168.63.129.16'],
    ['carrier-grade NAT', '100.64.0.1', '100.100.100.200'],
    ['unspecified and broadcast', '0.0.0.0', '::', '255.255.255.255'],
    ['multicast', '224.0.0.1', 'ff02::1'],
    ['IPv4 inside IPv6', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::808:808', '64:ff9b:1::1'],
    ['tunnels', '2002:7f00:1::', '2001::1'],
    ['documentation and benchmarks', '192.0.2.1', '2001:db8::1', '198.18.0.1', '3fff::1'],
    ['site-local', 'fec0::1'],
    ['no address at all', 'localhost', '', '0177.0.0.1', '2130706433', '1'],
  ])('refuses %s', (_name, ...addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([])
  })
})

describe('checkHost', () => {
  const answers =
    (...addresses: string[]): Lookup =>
    () =>
      Promise.resolve(addresses.map((a) => ({ address: a, family: a.includes(':') ? 6 : 4 })))

  it('gives the addresses of a public host', async () => {
    const check = await checkHost('Site.Example.', 443, [], answers('8.8.8.8', '2606:4700::1111'))
    expect(check).toEqual({
      ok: true,
      addresses: [
        { address: '8.8.8.8', family: 4 },
        { address: '2606:4700::1111', family: 6 },
      ],
    })
  })

  it('refuses a host when only one of its addresses is private', async () => {
    const check = await checkHost('site.example', 443, [], answers('8.8.8.8', '10.0.0.1'))
    expect(check).toMatchObject({ ok: false, kind: 'refused' })
    expect(check.ok ? '' : check.remedy).toContain('site.example:443')
  })

  it('lets an exception through for exactly its port', async () => {
    const to = answers('10.0.0.1')
    expect((await checkHost('mail.corp', 25, ['MAIL.corp:25'], to)).ok).toBe(true)
    expect((await checkHost('mail.corp', 587, ['mail.corp:25'], to)).ok).toBe(false)
    expect((await checkHost('[::1]', 25, ['[::1]:25'])).ok).toBe(true)
    expect((await checkHost('::1', 25, ['[::1]:26', 'nonsense'])).ok).toBe(false)
  })

  it('says when a name has no address', async () => {
    expect(await checkHost('a.example', 1, [], answers())).toMatchObject({ kind: 'unresolved' })
    const fails: Lookup = () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }))
    expect(await checkHost('a.example', 1, [], fails)).toMatchObject({
      kind: 'unresolved',
      message: expect.stringContaining('ENOTFOUND') as string,
    })
  })
})

describe('outboundRequest', () => {
  it('brings back status, headers and body', async () => {
    const port = await serve((request, response) => {
      response.writeHead(404, { etag: '"1"' }).end(`${request.method} ${request.url}`)
    })
    const answer = await outboundGet(`http://127.0.0.1:${port}/a?b#c`, plain(port))
    expect(answer).toMatchObject({ ok: true, status: 404, headers: { etag: '"1"' }, redirects: [] })
    expect(answer.ok && answer.body.toString()).toBe('GET /a?b')
  })

  it('sends a body and headers', async () => {
    const port = await serve((request, response) => {
      request.pipe(response.writeHead(200, { 'x-seen': request.headers['x-sign'] ?? '' }))
    })
    const answer = await outboundRequest(`http://127.0.0.1:${port}/`, {
      ...plain(port),
      method: 'POST',
      headers: { 'X-Sign': 'abc' },
      body: 'hello',
    })
    expect(answer).toMatchObject({ ok: true, headers: { 'x-seen': 'abc' } })
    expect(answer.ok && answer.body.toString()).toBe('hello')
  })

  it('does not call private addresses, however they are written', async () => {
    let calls = 0
    const port = await serve((_, response) => response.end(String(++calls)))
    for (const host of [
      '127.0.0.1',
      '[::ffff:127.0.0.1]',
      '0x7f.1',
      '2130706433',
      'localhost',
      '0',
    ])
      expect(await outboundGet(`http://${host}:${port}/`, { schemes: ['http:'] })).toMatchObject({
        ok: false,
        kind: 'refused',
      })
    expect(calls).toBe(0)
  })

  it('asks the resolver once and connects to what was checked', async () => {
    const port = await serve((_, response) => response.end('hello'))
    let asked = 0
    const lookup: Lookup = () => {
      asked++
      return Promise.resolve([{ address: '127.0.0.1', family: 4 }])
    }
    // The name exists nowhere else, so the connection can only have used our answer.
    const answer = await outboundGet(`http://site.example:${port}/`, { ...plain(port), lookup })
    expect(answer).toMatchObject({ ok: true, status: 200 })
    expect(asked).toBe(1)
  })

  it('refuses other schemes, credentials and what is no address', async () => {
    for (const url of [
      'ftp://a.example/',
      'http://a.example/',
      'https://u:p@a.example/',
      '/path',
      '',
    ])
      expect(await outboundGet(url)).toMatchObject({ ok: false, kind: 'invalid_url' })
  })

  it('follows redirects of GET and checks every one', async () => {
    const port = await serve((request, response) => {
      const to: Record<string, string> = {
        '/one': '/two',
        '/inside': 'http://169.254.169.254/latest/meta-data',
        '/file': 'file:///etc/passwd',
      }
      const location = to[request.url ?? '']
      if (location === undefined) response.end(request.url)
      else response.writeHead(302, { location }).end()
    })
    const base = `http://127.0.0.1:${port}`
    const followed = await outboundGet(`${base}/one`, plain(port))
    expect(followed).toMatchObject({ ok: true, url: `${base}/two`, redirects: [`${base}/two`] })
    const inside = await outboundGet(`${base}/inside`, {
      ...plain(port),
      lookup: undefined as never,
    })
    expect(inside).toMatchObject({ ok: false, kind: 'refused' })
    const file = await outboundGet(`${base}/file`, plain(port))
    expect(file).toMatchObject({ ok: false, kind: 'bad_redirect' })
    const posted = await outboundRequest(`${base}/one`, { ...plain(port), method: 'POST' })
    expect(posted).toMatchObject({ ok: true, status: 302 })
  })

  it('gives up on endless redirects', async () => {
    const port = await serve((_, response) => response.writeHead(301, { location: '/' }).end())
    const answer = await outboundGet(`http://127.0.0.1:${port}/`, {
      ...plain(port),
      maxRedirects: 3,
    })
    expect(answer).toMatchObject({ ok: false, kind: 'too_many_redirects' })
  })

  it('does not take credentials to another origin', async () => {
    const seen: (string | undefined)[] = []
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization, request.headers.cookie, request.headers.accept)
      response.end()
    })
    const port = await serve((_, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${other}/` }).end(),
    )
    const answer = await outboundGet(`http://127.0.0.1:${port}/`, {
      ...plain(port),
      exceptions: [`127.0.0.1:${port}`, `127.0.0.1:${other}`],
      headers: { Authorization: 'Bearer x', Cookie: 'a=b', Accept: 'text/html' },
    })
    expect(answer.ok).toBe(true)
    expect(seen).toEqual([undefined, undefined, 'text/html'])
  })

  it('stops reading at the size limit', async () => {
    let sent = 0
    const port = await serve((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536
      }
      response.on('drain', more)
      more()
    })
    const answer = await outboundGet(`http://127.0.0.1:${port}/`, {
      ...plain(port),
      maxBytes: 1000,
    })
    expect(answer).toMatchObject({ ok: false, kind: 'too_large' })
    expect(sent).toBeLessThan(50_000_000)
  })

  it('stops waiting at the deadline, before and inside the answer', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/slow') response.write('start')
    })
    for (const path of ['/silent', '/slow'])
      expect(
        await outboundGet(`http://127.0.0.1:${port}${path}`, { ...plain(port), timeoutMs: 100 }),
      ).toMatchObject({ ok: false, kind: 'timeout' })
    const never: Lookup = () => new Promise(() => undefined)
    expect(
      await outboundGet('https://site.example/', { lookup: never, timeoutMs: 50 }),
    ).toMatchObject({ ok: false, kind: 'timeout' })
  })

  it('stops when it is told to', async () => {
    const stop = new AbortController()
    const port = await serve(() => stop.abort())
    const options = { ...plain(port), signal: stop.signal }
    const answer = await outboundGet(`http://127.0.0.1:${port}/`, options)
    expect(answer).toMatchObject({ ok: false, kind: 'aborted' })
    expect(await outboundGet(`http://127.0.0.1:${port}/`, options)).toMatchObject({
      kind: 'aborted',
    })
  })

  it('tells an unreachable host from one that speaks something else', async () => {
    const port = await listen(createTcpServer((socket) => socket.end('SSH-2.0-x\r\n')))
    const broken = await outboundGet(`http://127.0.0.1:${port}/`, plain(port))
    expect(broken).toMatchObject({ ok: false, kind: 'broken_answer' })
    const early = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('x', () => response.destroy())
    })
    const half = await outboundGet(`http://127.0.0.1:${early}/`, plain(early))
    expect(half).toMatchObject({ ok: false, kind: 'broken_answer' })
    const server = createServer()
    const gone = await listen(server)
    server.close()
    const none = await outboundGet(`http://127.0.0.1:${gone}/`, plain(gone))
    expect(none).toMatchObject({ ok: false, kind: 'unreachable' })
  })

  it('checks certificates for the name that was asked, not for the address', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-out-'))
    try {
      const made = await ensureCertificates(folder, { hosts: ['site.example'], now: Date.now() })
      const port = await listen(createTlsServer(made, (_, response) => response.end('hello')))
      const trusting = { ...plain(port), ca: made.caPem! }
      const good = await outboundGet(`https://site.example:${port}/`, trusting)
      expect(good).toMatchObject({ ok: true, status: 200 })
      const unknown = await outboundGet(`https://site.example:${port}/`, plain(port))
      expect(unknown).toMatchObject({ ok: false, kind: 'tls' })
      const wrong = await outboundGet(`https://other.example:${port}/`, {
        ...trusting,
        exceptions: [`other.example:${port}`],
      })
      expect(wrong).toMatchObject({ ok: false, kind: 'tls' })
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
