import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { api, ApiError, setSessionGuards } from './api.ts'

let server: Server
let base = ''
const real = globalThis.fetch
let answer: (request: IncomingMessage) => readonly [status: number, body: string]
const seen: IncomingMessage[] = []

// A page's relative addresses mean its own server; Node's fetch has no page, so the test says which one it is.
beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request)
    const [status, body] = answer(request)
    response.writeHead(status).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  globalThis.fetch = (input, init) => real(base + (input as string), init)
})
afterAll(() => {
  globalThis.fetch = real
  server.close()
})
afterEach(() => {
  seen.length = 0
  setSessionGuards(undefined)
})
const problem = (status: number, code: string, more: object = {}) =>
  [status, JSON.stringify({ code, title: 'A title', ...more })] as const
const caught = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ApiError)) throw new Error('no ApiError was thrown')
  return error
}

describe('the way to the server', () => {
  it('puts the query into the address and gives the answer its type', async () => {
    answer = () => [200, '{"name":"x","more":1}']
    const schema = z.object({ name: z.string() })
    expect(await api.get('/a', { query: { q: 'b c', none: undefined }, schema })).toEqual({
      name: 'x',
    })
    expect(seen[0]?.url).toBe('/a?q=b+c')
    expect(seen[0]?.headers['x-gatehouse-csrf']).toBeUndefined()
  })

  it('marks every write as coming from our own page', async () => {
    answer = () => [204, '']
    for (const method of ['post', 'put', 'patch', 'delete'] as const)
      expect(await api[method]('/a', { body: { a: 1 } })).toBeUndefined()
    expect(seen.map(({ headers }) => headers['x-gatehouse-csrf'])).toEqual(['1', '1', '1', '1'])
    expect(seen[0]?.headers['content-type']).toBe('application/json')
  })

  it('reads what was refused, with complaints by field', async () => {
    answer = () =>
      problem(400, 'invalid_input', {
        detail: 'Two fields are wrong.',
        remedy: 'Correct them.',
        errors: [
          { field: 'body.name', message: 'Too long.' },
          { field: 'q', message: 'Unknown.' },
        ],
      })
    const error = await caught(api.post('/a', { body: {} }))
    expect([error.status, error.code, error.message]).toEqual([
      400,
      'invalid_input',
      'Two fields are wrong.',
    ])
    expect(error.fields).toEqual({ name: 'Too long.', q: 'Unknown.' })
  })

  it('has words for an answer that is no problem document, and for no answer', async () => {
    answer = () => [502, '<html>']
    expect((await caught(api.get('/a'))).code).toBe('unreadable')
    const here = base
    base = 'http://127.0.0.1:1'
    const error = await caught(api.get('/a'))
    base = here
    expect([error.status, error.code]).toEqual([0, 'unreachable'])
  })

  it('leaves for the sign-in when the session is gone, not when a password was wrong', async () => {
    const onSignedOut = vi.fn()
    const onHalf = vi.fn()
    setSessionGuards({ onSignedOut, onHalf, reauthenticate: () => Promise.resolve(false) })
    answer = () => problem(401, 'wrong_credentials')
    await caught(api.post('/a'))
    expect(onSignedOut).not.toHaveBeenCalled()
    answer = () => problem(401, 'unauthenticated')
    await caught(api.get('/a'))
    expect(onSignedOut).toHaveBeenCalledOnce()
    expect(onHalf).not.toHaveBeenCalled()
    answer = () => problem(403, 'second_factor_required')
    await caught(api.get('/a'))
    expect(onHalf).toHaveBeenCalledOnce()
  })

  it('asks for the password and repeats the call once', async () => {
    const reauthenticate = vi.fn(() => Promise.resolve(true))
    setSessionGuards({ onSignedOut: vi.fn(), onHalf: vi.fn(), reauthenticate })
    let calls = 0
    answer = () => (++calls === 1 ? problem(403, 'reauthentication_required') : [200, '"done"'])
    expect(await api.post('/a')).toBe('done')
    answer = () => problem(403, 'reauthentication_required')
    expect((await caught(api.post('/a'))).code).toBe('reauthentication_required')
    expect(reauthenticate).toHaveBeenCalledTimes(2)
    expect(seen).toHaveLength(4)
    reauthenticate.mockResolvedValueOnce(false)
    await caught(api.post('/a'))
    expect(seen).toHaveLength(5)
  })
})
