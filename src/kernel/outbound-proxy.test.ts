import { once } from 'node:events'
import { createServer, request as requestHttp, type IncomingHttpHeaders } from 'node:http'
import { connect, createServer as createTcpServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { startOutboundProxy, type OutboundProxy, type ProxyOptions } from './outbound-proxy.ts'
import { listen, serve } from './outbound.test.servers.ts'

const open: OutboundProxy[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function proxy(options: Partial<ProxyOptions> = {}): Promise<OutboundProxy> {
  const limits = { exceptions: [], maxBytes: 1_000_000, maxConnections: 100, totalMs: 60_000 }
  const made = await startOutboundProxy({ ...limits, ...options })
  open.push(made)
  return made
}

const basic = ({ username, password }: OutboundProxy): Record<string, string> => ({
  'proxy-authorization': `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
})

interface Got {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A client that was told to use the proxy, for a plain request. */
function through(
  via: OutboundProxy,
  url: string,
  headers: Record<string, string> = basic(via),
): Promise<Got> {
  return new Promise((done, fail) => {
    const asked = requestHttp(via.url, { path: url, headers, agent: false }, (answer) => {
      let body = ''
      answer.setEncoding('utf8')
      answer.on('data', (part: string) => (body += part))
      answer.on('end', () =>
        done({ status: answer.statusCode ?? 0, headers: answer.headers, body }),
      )
      answer.on('error', fail)
    })
    asked.on('error', fail)
    asked.end()
  })
}

/** The same for a tunnel: its status, and what the other end says first. */
function tunnel(
  via: OutboundProxy,
  target: string,
  headers: Record<string, string> = basic(via),
): Promise<{ status: number; said: string }> {
  return new Promise((done, fail) => {
    const asked = requestHttp(via.url, { method: 'CONNECT', path: target, headers, agent: false })
    asked.on('connect', (answer, socket: Socket, head: Buffer) => {
      let said = head.toString()
      socket.on('data', (part: Buffer) => (said += part.toString()))
      socket.on('error', fail)
      socket.on('close', () => done({ status: answer.statusCode ?? 0, said }))
    })
    asked.on('error', fail)
    asked.end()
  })
}

describe('the proxy', () => {
  it('lets a plain request through to an exception, and takes off what is between us', async () => {
    let seen: IncomingHttpHeaders = {}
    const port = await serve((request, response) => {
      seen = request.headers
      response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'], connection: 'x-hop', 'x-hop': '1' })
      response.end(`hello ${request.url}`)
    })
    const via = await proxy({ exceptions: [`127.0.0.1:${port}`] })
    const got = await through(via, `http://127.0.0.1:${port}/a?b`, {
      ...basic(via),
      'x-kept': 'yes',
      te: 'trailers',
    })
    expect(got).toMatchObject({ status: 200, body: 'hello /a?b' })
    expect(got.headers['set-cookie']).toEqual(['a=1', 'b=2'])
    expect(got.headers).not.toHaveProperty('x-hop')
    expect(seen).toMatchObject({ 'x-kept': 'yes', host: `127.0.0.1:${port}` })
    expect(seen).not.toHaveProperty('proxy-authorization')
    expect(seen).not.toHaveProperty('te')
    expect(via.received()).toBe('hello /a?b'.length)
    expect(via.refusals()).toEqual([])
  })

  it('lets a tunnel through to an exception', async () => {
    const port = await listen(createTcpServer((socket) => socket.end('hello')))
    const via = await proxy({ exceptions: [`site.example:${port}`], lookup: loopback })
    expect(await tunnel(via, `site.example:${port}`)).toEqual({ status: 200, said: 'hello' })
  })

  it('refuses private addresses, however they are written, and writes it down', async () => {
    let calls = 0
    const port = await serve((_, response) => response.end(String(++calls)))
    const via = await proxy()
    const hosts = ['127.0.0.1', '[::ffff:127.0.0.1]', 'localhost', '2130706433', '0x7f.1', '0']
    for (const host of hosts) {
      expect(await through(via, `http://${host}:${port}/`)).toMatchObject({
        status: 403,
        headers: { 'proxy-status': 'gatehouse-browser; error=destination_ip_prohibited' },
      })
      expect((await tunnel(via, `${host}:${port}`)).status).toBe(403)
    }
    expect((await tunnel(via, '169.254.169.254:80')).status).toBe(403)
    expect(calls).toBe(0)
    expect(via.refusals()).toHaveLength(hosts.length * 2 + 1)
    expect(via.refusals().at(-1)).toMatchObject({ target: '169.254.169.254:80', kind: 'refused' })
  })

  it('refuses a name that leads inside, and ports that pages are not served from', async () => {
    const via = await proxy({ lookup: loopback })
    expect((await through(via, 'http://site.example/')).status).toBe(403)
    expect((await tunnel(via, 'site.example:25')).status).toBe(403)
    expect(via.refusals().map(({ target, kind }) => [target, kind])).toEqual([
      ['site.example:80', 'refused'],
      ['site.example:25', 'port'],
    ])
  })

  it('serves nobody without its credentials', async () => {
    const port = await serve((_, response) => response.end('hello'))
    const via = await proxy({ exceptions: [`127.0.0.1:${port}`] })
    const wrong = {
      'proxy-authorization': basic({ ...via, password: 'guess' })['proxy-authorization']!,
    }
    for (const headers of [{}, wrong]) {
      expect((await through(via, `http://127.0.0.1:${port}/`, headers)).status).toBe(407)
      expect((await tunnel(via, `127.0.0.1:${port}`, headers)).status).toBe(407)
    }
  })

  it('is no server and no other kind of proxy', async () => {
    const via = await proxy()
    for (const path of ['/', 'https://site.example/', 'ftp://site.example/'])
      expect((await through(via, path)).status).toBe(400)
    for (const target of ['nonsense', 'host:0', 'host:99999', '/'])
      expect((await tunnel(via, target)).status).toBe(400)
    expect(via.refusals()).toEqual([])
  })

  it('ends the session at its bound of bytes', async () => {
    const port = await serve((_, response) => response.end('x'.repeat(60_000)))
    const via = await proxy({ exceptions: [`127.0.0.1:${port}`], maxBytes: 100_000 })
    const url = `http://127.0.0.1:${port}/`
    expect((await through(via, url)).status).toBe(200)
    await expect(through(via, url)).rejects.toThrow()
    await expect(through(via, url)).rejects.toThrow()
    expect(via.refusals()).toMatchObject([{ kind: 'too_large' }])
  })

  it('ends the session at its bound of connections and of time', async () => {
    const port = await serve((_, response) => response.end('x'))
    const url = `http://127.0.0.1:${port}/`
    const few = await proxy({ exceptions: [`127.0.0.1:${port}`], maxConnections: 1 })
    expect((await through(few, url)).status).toBe(200)
    expect((await through(few, url)).status).toBe(403)
    expect(few.refusals()).toMatchObject([{ kind: 'too_many' }])

    const silent = await listen(createServer(() => undefined))
    const short = await proxy({ exceptions: [`127.0.0.1:${silent}`], totalMs: 50 })
    await expect(through(short, `http://127.0.0.1:${silent}/`)).rejects.toThrow()
    await expect(through(short, `http://127.0.0.1:${silent}/`)).rejects.toThrow()
  })

  it('tells a target that nobody serves', async () => {
    const server = createServer()
    const port = await listen(server)
    server.close()
    const via = await proxy({ exceptions: [`127.0.0.1:${port}`] })
    expect((await through(via, `http://127.0.0.1:${port}/`)).status).toBe(502)
    expect((await tunnel(via, `127.0.0.1:${port}`)).status).toBe(502)
  })

  it('closes what is open when it is closed', async () => {
    const { promise: reached, resolve: reach } = Promise.withResolvers<undefined>()
    const port = await listen(createTcpServer(() => reach(undefined)))
    const via = await startOutboundProxy({
      exceptions: [`127.0.0.1:${port}`],
      maxBytes: 1,
      maxConnections: 5,
      totalMs: 60_000,
    })
    const idle = connect(Number(new URL(via.url).port), '127.0.0.1')
    const ended = new Promise((done) => idle.once('close', done))
    const asked = tunnel(via, `127.0.0.1:${port}`).catch(() => undefined)
    await Promise.all([once(idle, 'connect'), reached])
    await via.close()
    await ended
    await asked
  })
})

const loopback = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }])
