import { createServer, type RequestListener } from 'node:http'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Lookup } from './outbound-address.ts'
import { createOutbound, type Outbound } from './outbound.ts'
import { listen, serve } from './outbound.test.servers.ts'

const open: Outbound[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})
function outbound(): Outbound {
  const made = createOutbound({ perHost: 4, idleMs: 60_000 })
  open.push(made)
  return made
}

/** Answers with the number of the connection that the request came over. */
function numbered(): RequestListener {
  const sockets = new Map<Socket, number>()
  return (request, response) => {
    const number = sockets.get(request.socket) ?? sockets.size + 1
    sockets.set(request.socket, number)
    response.end(String(number))
  }
}

const body = async (answer: ReturnType<Outbound['request']>): Promise<string> => {
  const got = await answer
  return got.ok ? got.body.toString() : got.kind
}

describe('createOutbound', () => {
  it('asks over a connection that is open', async () => {
    const port = await serve(numbered())
    const options = { schemes: ['http:'] as const, exceptions: [`127.0.0.1:${port}`] }
    const out = outbound()
    for (let i = 0; i < 3; i++)
      expect(await body(out.request(`http://127.0.0.1:${port}/`, options))).toBe('1')
  })

  it('checks a name anew for each request, and leaves a connection that goes elsewhere', async () => {
    const first = createServer((_, response) => response.end('first'))
    const port = await listen(first, '127.0.0.1')
    await listen(
      createServer((_, response) => response.end('second')),
      '127.0.0.2',
      port,
    )
    let address = '127.0.0.1'
    const lookup: Lookup = () => Promise.resolve([{ address, family: 4 }])
    const url = `http://site.example:${port}/`
    const excepted = { schemes: ['http:'] as const, exceptions: [`site.example:${port}`], lookup }
    const out = outbound()
    expect(await body(out.request(url, excepted))).toBe('first')
    address = '127.0.0.2'
    expect(await body(out.request(url, excepted))).toBe('second')
    address = '127.0.0.1'
    expect(await body(out.request(url, excepted))).toBe('first')
    // The exception is taken back while the connection is still open.
    expect(await body(out.request(url, { ...excepted, exceptions: [] }))).toBe('refused')
  })

  it('refuses a redirect to a private address from an open connection', async () => {
    const inside = await serve((_, response) => response.end('secret'))
    const port = await serve((request, response) => {
      if (request.url === '/') response.end('page')
      else response.writeHead(302, { location: `http://127.0.0.1:${inside}/` }).end()
    })
    const options = { schemes: ['http:'] as const, exceptions: [`127.0.0.1:${port}`] }
    const out = outbound()
    expect(await body(out.request(`http://127.0.0.1:${port}/`, options))).toBe('page')
    expect(await body(out.request(`http://127.0.0.1:${port}/in`, options))).toBe('refused')
  })

  it('asks again when the connection was closed in the same moment', async () => {
    let asked = 0
    const sockets = new Set<Socket>()
    const port = await serve((request, response) => {
      asked++
      // The second request of a connection finds it closed, as after an idle timeout.
      if (sockets.has(request.socket)) request.socket.destroy()
      else {
        sockets.add(request.socket)
        response.end('page')
      }
    })
    const url = `http://127.0.0.1:${port}/`
    const options = { schemes: ['http:'] as const, exceptions: [`127.0.0.1:${port}`] }
    const out = outbound()
    expect(await body(out.request(url, options))).toBe('page')
    expect(await body(out.request(url, options))).toBe('page')
    expect(asked).toBe(3)
    // The new connection was not kept, and what changes something over there is never sent twice.
    expect(await body(out.request(url, options))).toBe('page')
    expect(await body(out.request(url, { ...options, method: 'POST' }))).toBe('broken_answer')
    expect(asked).toBe(5)
  })

  it('has at most so many connections to one host', async () => {
    let now = 0
    let most = 0
    const port = await serve((_, response) => {
      most = Math.max(most, ++now)
      setTimeout(() => {
        now--
        response.end()
      }, 5)
    })
    const out = outbound()
    const options = { schemes: ['http:'] as const, exceptions: [`127.0.0.1:${port}`] }
    await Promise.all(
      Array.from({ length: 20 }, () => out.request(`http://127.0.0.1:${port}/`, options)),
    )
    expect(most).toBe(4)
  })

  it('gives the place of a call that ran out of time to the next one', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/page') response.end('page')
    })
    const out = outbound()
    const options = { schemes: ['http:'] as const, exceptions: [`127.0.0.1:${port}`] }
    const url = `http://127.0.0.1:${port}`
    const slow = Array.from({ length: 4 }, () =>
      body(out.request(`${url}/silent`, { ...options, timeoutMs: 100 })),
    )
    const hasty = body(out.request(`${url}/page`, { ...options, timeoutMs: 20 }))
    const next = body(out.request(`${url}/page`, options))
    expect(await hasty).toBe('timeout')
    expect(await Promise.all(slow)).toEqual(Array(4).fill('timeout'))
    expect(await next).toBe('page')
  })

  it('ends what is asked and what waits when it is closed', async () => {
    const port = await serve(() => undefined)
    const out = outbound()
    const options = { schemes: ['http:'] as const, exceptions: [`127.0.0.1:${port}`] }
    const calls = Array.from({ length: 6 }, () =>
      body(out.request(`http://127.0.0.1:${port}/`, options)),
    )
    setTimeout(out.close, 50)
    expect(await Promise.all(calls)).toEqual(Array(6).fill('aborted'))
    expect(await body(out.request(`http://127.0.0.1:${port}/`, options))).toBe('aborted')
  })

  it('keeps no connection to an address that another certificate authority was trusted for', async () => {
    const port = await serve(numbered())
    const options = { schemes: ['http:'] as const, exceptions: [`127.0.0.1:${port}`] }
    const out = outbound()
    const url = `http://127.0.0.1:${port}/`
    expect(await body(out.request(url, options))).toBe('1')
    expect(await body(out.request(url, { ...options, ca: 'another' }))).toBe('2')
  })
})
