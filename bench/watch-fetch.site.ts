/** The site of bench/watch-fetch.ts: pages that are mostly the same as last time. A process of its own. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tellCpu } from './cpu.ts'

/** Every so many pages one has changed. */
const changedEvery = 50
const text = `<!doctype html><title>A page</title><main>${'<p>A paragraph of a page.</p>'.repeat(400)}</main>`

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const number = Number(/\d+$/.exec(request.url ?? '')?.[0] ?? 0)
  if (request.url === '/robots.txt') response.end('user-agent: *\ndisallow: /private/\n')
  else if (request.headers['if-none-match'] === '"1"' && number % changedEvery !== 0)
    response.writeHead(304, { etag: '"1"' }).end()
  else response.writeHead(200, { 'content-type': 'text/html', etag: '"2"' }).end(text)
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
tellCpu()
