import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hash } from 'node:crypto'
import { answerGit, makeRepository, type Repository } from './watch-site.git.ts'

/**
 * A site on loopback that is watched in tests: pages by path, each with a behaviour that the test changes while it runs, and
 * the lists by which pages are found. Every request is noted.
 */
export interface WatchSite {
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string
  /** `127.0.0.1:<port>`: what has to be an outbound exception. */
  readonly exception: string
  readonly requests: readonly SiteRequest[]
  /** What the site answers at a path from now on. */
  readonly put: (path: string, answer: SiteAnswer) => void
  readonly take: (path: string) => void
  /** The files of a git repository at `<origin>/<name>.git`, as its next commit. */
  readonly commit: (name: string, files: Readonly<Record<string, string>>) => Promise<void>
  readonly forget: () => void
  readonly close: () => Promise<void>
}

export interface SiteRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly status: number
}

export type SiteAnswer =
  | {
      /** As sent. A text is UTF-8. */
      readonly body: string | Uint8Array
      /** By the path's ending when left out: .md, .txt, .xml; else HTML. */
      readonly type?: string
      readonly status?: number
      readonly headers?: Readonly<Record<string, string>>
      /** Answers conditional requests with 304 while it stays the same. */
      readonly etag?: boolean
    }
  /** Redirects. */
  | { readonly to: string; readonly status?: 301 | 302 | 307 | 308 }
  /** Another answer each time, in turn. */
  | { readonly flips: readonly SiteAnswer[] }
  /** Answers when the promise is kept, and not before. */
  | { readonly after: Promise<unknown>; readonly then: SiteAnswer }
  /** Says nothing until the other side gives up. */
  | { readonly silent: true }
  /** Ends the connection in the middle of the answer. */
  | { readonly breaks: true }

export async function startWatchSite(): Promise<WatchSite> {
  const answers = new Map<string, SiteAnswer>()
  const turns = new Map<string, number>()
  const repositories = new Map<string, Repository>()
  let requests: SiteRequest[] = []

  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    response.on('close', () =>
      requests.push({
        method: request.method ?? 'GET',
        path,
        headers: request.headers,
        status: response.statusCode,
      }),
    )
    const git = /^\/([\w-]+\.git)(\/.*)$/.exec(path)
    const repository = git?.[1] === undefined ? undefined : repositories.get(git[1])
    if (repository) {
      void answerGit(repository, git?.[2] ?? '', request, response)
      return
    }
    respond(path, answers.get(path), turns, request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo

  return {
    origin: `http://127.0.0.1:${port}`,
    exception: `127.0.0.1:${port}`,
    get requests() {
      return requests
    },
    put: (path, answer) => void answers.set(path, answer),
    take: (path) => void answers.delete(path),
    async commit(name, files) {
      const key = `${name}.git`
      const repository = repositories.get(key) ?? (await makeRepository())
      repositories.set(key, repository)
      await repository.commit(files)
    },
    forget: () => {
      requests = []
    },
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      for (const repository of repositories.values()) repository.remove()
    },
  }
}

function respond(
  path: string,
  answer: SiteAnswer | undefined,
  turns: Map<string, number>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (answer === undefined) {
    response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not found</h1>')
    return
  }
  if ('silent' in answer) return
  if ('after' in answer) {
    void answer.after.then(() => respond(path, answer.then, turns, request, response))
    return
  }
  if ('breaks' in answer) {
    response.writeHead(200, { 'content-type': 'text/html', 'content-length': '1000' })
    response.write('<h1>Half')
    setTimeout(() => response.destroy(), 20)
    return
  }
  if ('flips' in answer) {
    const turn = turns.get(path) ?? 0
    turns.set(path, turn + 1)
    respond(path, answer.flips[turn % answer.flips.length], turns, request, response)
    return
  }
  if ('to' in answer) {
    response.writeHead(answer.status ?? 302, { location: answer.to }).end()
    return
  }
  const { body, status = 200 } = answer
  const etag = `"${hash('sha256', body, 'hex').slice(0, 16)}"`
  const conditional = answer.etag === true && request.headers['if-none-match'] === etag
  const headers = {
    'content-type': answer.type ?? typeOf(path),
    ...(answer.etag === true ? { etag } : {}),
    ...answer.headers,
  }
  if (conditional) response.writeHead(304, headers).end()
  else response.writeHead(status, headers).end(body)
}

const typeOf = (path: string): string =>
  ({
    md: 'text/markdown; charset=utf-8',
    txt: 'text/plain; charset=utf-8',
    xml: 'application/xml',
    pdf: 'application/pdf',
  })[/\.(\w+)$/.exec(path)?.[1] ?? ''] ?? 'text/html; charset=utf-8'

/** An HTML page of documentation with boilerplate around its text. */
export const htmlPage = (title: string, text: string, links: readonly string[] = []): string =>
  `<!doctype html><html><head><title>${title}</title></head><body>
<nav>${links.map((href) => `<a href="${href}">${href}</a>`).join(' ')}</nav>
<main><h1>${title}</h1>${text
    .split('\n\n')
    .map((part) => `<p>${part}</p>`)
    .join('\n')}</main><footer>Footer</footer></body></html>`

/** A page whose text a script would bring. */
export const scriptPage = (): string =>
  `<!doctype html><html><head><title>App</title></head><body><div id="root"></div>
<script>document.getElementById('root').innerHTML = '<main><h1>Made by a script</h1><p>Only a browser sees this.</p></main>'</script>
</body></html>`

export const sitemap = (urls: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${urls.map((url) => `<url><loc>${url}</loc></url>`).join('\n')}</urlset>`

export const sitemapIndex = (urls: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${urls.map((url) => `<sitemap><loc>${url}</loc></sitemap>`).join('\n')}</sitemapindex>`

export const llmsTxt = (pages: readonly (readonly [title: string, url: string])[]): string =>
  `# Documentation\n\n${pages.map(([title, url]) => `- [${title}](${url})`).join('\n')}\n`

export const atomFeed = (entries: readonly (readonly [title: string, url: string])[]): string =>
  `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>
${entries.map(([title, url]) => `<entry><title>${title}</title><link href="${url}"/></entry>`).join('\n')}</feed>`
