/** The site of bench/watch-run.ts: pages with ETags, of which some change with every visit. A process of its own. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Of so many pages one changes at each visit; 0: none. */
const changedEvery = Number(process.argv[2] ?? 0)
const text = '<p>A paragraph of a page.</p>'.repeat(20)
const visits = new Map<number, number>()

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.url === '/robots.txt') {
    response.end('user-agent: *\ndisallow: /private/\n')
    return
  }
  const number = Number(/\d+$/.exec(request.url ?? '')?.[0] ?? 0)
  const changes = changedEvery > 0 && number % changedEvery === 0
  const visit = changes ? (visits.get(number) ?? 0) + 1 : 1
  if (changes) visits.set(number, visit)
  const etag = `"${visit}"`
  if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end()
  else
    response
      .writeHead(200, { 'content-type': 'text/html', etag })
      .end(
        `<!doctype html><title>A page</title><main><p>Page ${number}, visit ${visit}</p>${text}</main>`,
      )
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
