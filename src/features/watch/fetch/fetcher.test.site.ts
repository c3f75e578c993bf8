import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { afterEach } from 'vitest'
import { createLog } from '#kernel/log.ts'
import { fetchSettings, type FetchSettings } from '../schema.collections.ts'
import { createFetcher, type Fetcher, type FetcherParts } from './fetcher.ts'
import { realPace, type Pace } from './pace.ts'
import type { Fetched, FetchRequest } from './result.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const one of cleanUp.splice(0).reverse()) await one()
})

export type Page = (request: IncomingMessage, response: ServerResponse) => void

export interface Site {
  readonly base: string
  readonly host: string
  readonly port: number
  /** Paths in the order they were asked for. */
  readonly asked: string[]
  readonly pages: Record<string, Page>
}

/** A site on loopback; addresses without a page answer 404. */
export async function site(pages: Record<string, Page> = {}): Promise<Site> {
  const asked: string[] = []
  const all: Record<string, Page> = { '/': html('<p>Welcome to the pages.</p>'), ...pages }
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const page = all[request.url ?? '']
    if (page) page(request, response)
    else response.writeHead(404).end()
  })
  const port = await listen(server)
  cleanUp.push(() => server.closeAllConnections())
  return { base: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, port, asked, pages: all }
}

export async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  cleanUp.push(() => server.close())
  return (server.address() as AddressInfo).port
}

export const html =
  (body: string, headers: Record<string, string> = {}): Page =>
  (_request, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html', ...headers })
      .end(`<!doctype html><title>Page</title>${body}`)
export const status =
  (code: number, headers: Record<string, string> = {}): Page =>
  (_request, response) =>
    response.writeHead(code, headers).end()
export const to = (location: string, code = 301): Page => status(code, { location })

/** Time that jumps to the end of every wait; how long they were is written down. */
export function hurried(): Pace & { readonly waits: number[] } {
  const waits: number[] = []
  let ahead = 0
  return {
    waits,
    now: () => realPace.now() + ahead,
    after: (ms, then) => {
      waits.push(ms)
      return realPace.after(0, () => {
        ahead += ms
        then()
      })
    },
  }
}

export function fetcher(
  sites: readonly { host: string }[],
  parts: Partial<FetcherParts> = {},
): Fetcher {
  const made = createFetcher({
    clock: () => Date.UTC(2026, 10, 23),
    log: createLog('silent'),
    version: '1.2.3',
    publicUrl: 'https://gatehouse.example',
    exceptions: () => sites.map(({ host }) => host),
    random: () => 0.5,
    ...parts,
  })
  cleanUp.push(() => made.close())
  return made
}

export const settings = (more: Partial<FetchSettings> = {}): FetchSettings => ({
  ...fetchSettings.parse({}),
  delayMs: 0,
  retries: 0,
  ...more,
})
export const get = (
  from: Fetcher,
  url: string,
  more: Partial<FetchRequest> = {},
): Promise<Fetched> => from.fetchPage({ url, settings: settings(), ...more })
