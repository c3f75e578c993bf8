import { readFileSync } from 'node:fs'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import type { ClientsFile } from './bundle.clients.ts'
import { tellCpu } from './cpu.ts'

/** The peer: the same framework, the same path, the same bytes from a map. No hash, no ETag, no record. */
const bodies = new Map<string, string>()
const app = new Hono()
app.get('/c/:key/codex/config/bundle', (c) => {
  const body = bodies.get(c.req.param('key'))
  return body === undefined
    ? c.notFound()
    : c.body(body, 200, { 'content-type': 'application/json' })
})
const byToken = new Map<string, string>()
for (const path of ['/member/codex/config/bundle', '/backend-api/wham/config/bundle'])
  app.get(path, (c) => {
    const body = byToken.get(c.req.header('authorization') ?? '')
    return body === undefined
      ? c.notFound()
      : c.body(body, 200, { 'content-type': 'application/json' })
  })
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT']) }, () => {
  process.send?.('ready')
})
tellCpu()
process.on('message', (given) => {
  if (typeof given !== 'object' || given === null) return
  if ('clients' in given) {
    const { bodies, asks } = JSON.parse(readFileSync(String(given.clients), 'utf8')) as ClientsFile
    for (const [, token, body] of asks) byToken.set(`Bearer ${token}`, bodies[body] ?? '')
    process.send?.('loaded')
    return
  }
  for (const [key, body] of Object.entries(given)) bodies.set(key, String(body))
  process.send?.('loaded')
})
