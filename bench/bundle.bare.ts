import { serve } from '@hono/node-server'
import { Hono } from 'hono'
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
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT']) }, () => {
  process.send?.('ready')
})
tellCpu()
process.on('message', (given) => {
  if (typeof given !== 'object' || given === null) return
  for (const [key, body] of Object.entries(given)) bodies.set(key, String(body))
  process.send?.('loaded')
})
