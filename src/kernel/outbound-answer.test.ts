import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { outboundRequest, type OutboundOptions, type OutboundResult } from './outbound.ts'
import { listen, serve } from './outbound.test.servers.ts'

const text = Buffer.from('One line that repeats itself.\n'.repeat(100))

async function ask(
  coding: string,
  body: Buffer,
  options: OutboundOptions = {},
): Promise<OutboundResult> {
  const port = await serve((request, response) => {
    response.writeHead(200, {
      'content-encoding': coding,
      'x-asked': request.headers['accept-encoding'] ?? '',
    })
    response.end(body)
  })
  return outboundRequest(`http://127.0.0.1:${port}/`, {
    schemes: ['http:'],
    exceptions: [`127.0.0.1:${port}`],
    ...options,
  })
}

describe('a packed answer', () => {
  it.each([
    ['gzip', gzipSync(text)],
    ['X-GZIP', gzipSync(text)],
    ['br', brotliCompressSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['deflate, gzip', gzipSync(deflateSync(text))],
    ['identity', text],
  ])('is unpacked from %s', async (coding, body) => {
    const answer = await ask(coding, body)
    expect(answer).toMatchObject({ ok: true, headers: { 'x-asked': 'zstd, br, gzip, deflate' } })
    expect(answer.ok && answer.body.equals(text)).toBe(true)
  })

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['deflate', deflateSync],
  ])('that is small in %s and huge unpacked is refused', async (coding, pack) => {
    const bomb = pack(Buffer.alloc(20_000_000))
    expect(bomb.length).toBeLessThan(100_000)
    expect(await ask(coding, bomb, { maxBytes: 1_000_000 })).toMatchObject({
      ok: false,
      kind: 'too_large',
    })
  })

  it('counts what comes over the wire too', async () => {
    const answer = await ask('gzip', gzipSync(randomBytes(50_000)), { maxBytes: 20_000 })
    expect(answer).toMatchObject({ ok: false, kind: 'too_large' })
  })

  it('may be exactly as large as allowed', async () => {
    const answer = await ask('gzip', gzipSync(text), { maxBytes: text.length })
    expect(answer.ok).toBe(true)
    expect(await ask('gzip', gzipSync(text), { maxBytes: text.length - 1 })).toMatchObject({
      kind: 'too_large',
    })
  })

  it.each([
    ['gzip', text],
    ['gzip', gzipSync(text).subarray(0, 30)],
    ['compress', text],
    ['constructor', text],
    [Array(1000).fill('gzip').join(), gzipSync(text)],
  ])('that cannot be unpacked is a broken one (%#)', async (coding, body) => {
    expect(await ask(coding, body)).toMatchObject({ ok: false, kind: 'broken_answer' })
  })

  it('without a body is not unpacked', async () => {
    expect(await ask('gzip', Buffer.alloc(0))).toMatchObject({ ok: true, body: Buffer.alloc(0) })
    const head = await ask('gzip', gzipSync(text), { method: 'HEAD' })
    expect(head).toMatchObject({ ok: true, body: Buffer.alloc(0) })
  })
})

describe('an answer', () => {
  async function said(raw: string): Promise<OutboundResult> {
    const port = await listen(
      createServer((socket) => {
        socket.on('error', () => undefined).once('data', () => socket.end(raw))
      }),
    )
    const exceptions = [`127.0.0.1:${port}`]
    return outboundRequest(`http://127.0.0.1:${port}/`, { schemes: ['http:'], exceptions })
  }

  it.each([
    ['in chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n'],
    [
      'in chunks, of a connection that closes',
      'HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n',
    ],
    [
      'of a stated length',
      'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 9\r\n\r\nhello',
    ],
    ['in its headers', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['that never begins', ''],
  ])('that ends early is a broken one: %s', async (_, raw) => {
    expect(await said(raw)).toMatchObject({ ok: false, kind: 'broken_answer' })
  })

  it('without a length ends with its connection', async () => {
    const answer = await said('HTTP/1.1 200 OK\r\n\r\nhello')
    expect(answer.ok && answer.body.toString()).toBe('hello')
  })

  it('may be announced by others, and has each header once', async () => {
    const answer = await said(
      'HTTP/1.1 103 Early Hints\r\netag: "0"\r\n\r\nHTTP/1.1 200 OK\r\nETag: "1"\r\netag: "2"\r\n' +
        'vary: a\r\nVary: b\r\nset-cookie: c=d\r\ncontent-length: 0\r\n\r\n',
    )
    expect(answer).toMatchObject({
      ok: true,
      status: 200,
      headers: { etag: '"1"', vary: 'a, b', 'set-cookie': ['c=d'] },
    })
  })

  it('with more headers than anybody sends is a broken one', async () => {
    const raw = `HTTP/1.1 200 OK\r\n${'x-a: b\r\n'.repeat(20_000)}\r\n`
    expect(await said(raw)).toMatchObject({ ok: false, kind: 'broken_answer' })
  })
})
