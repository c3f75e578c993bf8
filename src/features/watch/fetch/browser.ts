import { fork, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Log } from '#kernel/log.ts'
import { proxyName, startOutboundProxy, type ProxyRefusal } from '#kernel/outbound-proxy.ts'
import { nextStop, startTrip, type Lookup } from '#kernel/outbound.ts'
import type { RenderOrder, RenderReply } from './browser-process.ts'
import { outcomeOfFailure, type Answered } from './outcome.ts'
import { reasonOf } from './pace.ts'
import { failed, type Outcome } from './result.ts'

export interface BrowserParts {
  readonly log: Log
  /** Its program file; undefined: rendering is not available. */
  readonly chromium?: string | undefined
  readonly chromiumFlags?: readonly string[]
  readonly exceptions: () => readonly string[]
  readonly lookup?: Lookup
}

export interface RenderRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly userAgent: string
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly signal: AbortSignal | undefined
}

export type Rendered =
  | (Answered & { readonly ok: true; readonly refusals: readonly ProxyRefusal[] })
  | Extract<Outcome, { ok: false }>

export interface Browser {
  /** Rejects only when its signal is aborted. */
  readonly render: (request: RenderRequest) => Promise<Rendered>
  readonly close: () => Promise<void>
}

/** A page and what it needs, beside its own bytes: scripts and data, but no pictures. */
const mostReceived = 50_000_000
const mostConnections = 1000
/** How long a page may take to fall silent (ms); many never do. */
const quietMs = 5000
/** What the process gets beyond the page's own time, to start and to end (ms). */
const grace = 15_000
/** A browser takes 200 MB and a whole core. */
const atOnce = 1

/**
 * Renders pages in headless Chromium, one after the other, each in a process of its own that knows
 * nothing of the server and reaches only what the checking proxy lets through.
 */
export function createBrowser(parts: BrowserParts): Browser {
  const children = new Set<ChildProcess>()
  const waiting: (() => void)[] = []
  let running = 0
  let closed = false

  const turn = async <T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> => {
    if (running >= atOnce) await new Promise<void>((done) => waiting.push(done))
    else running++
    try {
      signal?.throwIfAborted()
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }

  const render = async (request: RenderRequest, chromium: string): Promise<Rendered> => {
    const proxy = await startOutboundProxy({
      exceptions: parts.exceptions(),
      maxBytes: mostReceived,
      maxConnections: mostConnections,
      totalMs: request.timeoutMs + grace,
      ...(parts.lookup === undefined ? {} : { lookup: parts.lookup }),
    })
    const home = await mkdtemp(join(tmpdir(), 'gatehouse-browser-'))
    try {
      const { signal, ...page } = request
      const reply = await order(children, home, signal, {
        ...page,
        quietMs,
        chromium,
        flags: parts.chromiumFlags ?? [],
        // As root Chromium does not start with its own sandbox.
        sandbox: process.getuid?.() !== 0,
        proxy: { server: proxy.url, username: proxy.username, password: proxy.password },
      })
      const refusals = proxy.refusals()
      if (refusals.length > 0)
        parts.log.warn({ url: page.url, refusals }, 'a rendered page asked for what is refused')
      return reply.ok ? answered(request, reply, refusals) : why(request, reply, refusals)
    } finally {
      await proxy.close()
      await rm(home, { recursive: true, force: true, maxRetries: 5 })
    }
  }

  return {
    render: async (request) => {
      const { chromium } = parts
      if (closed) return failed('render_failed', request.url, 'The server is stopping.')
      if (chromium === undefined)
        return failed('render_failed', request.url, 'This server has no browser to render with.', {
          remedy: 'Set GATEHOUSE_CHROMIUM to the program file of a Chromium.',
        })
      return turn(request.signal, () => render(request, chromium))
    },
    close: async () => {
      closed = true
      await Promise.all([...children].map(end))
    },
  }
}

/** Starts the process, tells it the page, waits for its one answer, and sees to it that it ends. */
async function order(
  children: Set<ChildProcess>,
  home: string,
  signal: AbortSignal | undefined,
  what: RenderOrder,
): Promise<RenderReply> {
  signal?.throwIfAborted()
  const child = fork(join(import.meta.dirname, 'browser-process.ts'), {
    env: bareEnvironment(home),
    cwd: home,
    execArgv: ['--max-old-space-size=256', '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  children.add(child)
  let deadline: NodeJS.Timeout | undefined
  let stop: (() => void) | undefined
  try {
    return await new Promise<RenderReply>((done, fail) => {
      const lost = (message: string): void => done({ ok: false, stage: 'page', message })
      stop = (): void => fail(reasonOf(signal))
      signal?.addEventListener('abort', stop, { once: true })
      deadline = setTimeout(() => lost('The browser did not end in time.'), what.timeoutMs + grace)
      child.once('message', (reply) => done(reply as RenderReply))
      child.once('error', (error) => lost(error.message))
      child.once('exit', () => lost('The browser process ended without an answer.'))
      child.send(what)
    })
  } finally {
    clearTimeout(deadline)
    if (stop) signal?.removeEventListener('abort', stop)
    await end(child)
    children.delete(child)
  }
}

/**
 * Closing the channel lets the process end its browser; after a second it is killed. Chromium ends
 * by itself when the pipe to its driver closes.
 */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  if (child.connected) child.disconnect()
  const kill = setTimeout(() => child.kill('SIGKILL'), 1000)
  await ended
  clearTimeout(kill)
}

/** Nothing of the server's: no secrets, no database, no proxy variables; what programs need to start. */
function bareEnvironment(home: string): Record<string, string> {
  const needed = ['PATH', 'LD_LIBRARY_PATH', 'FONTCONFIG_PATH', 'LANG', 'TZ']
  const kept = needed.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(kept), HOME: home, TMPDIR: home, XDG_CONFIG_HOME: home }
}

function answered(
  request: RenderRequest,
  reply: Extract<RenderReply, { ok: true }>,
  refusals: readonly ProxyRefusal[],
): Rendered {
  const rules = { schemes: ['http:', 'https:'] as const, maxRedirects: 20 }
  let trip = startTrip(request.url, {}, rules)
  for (const { status, location } of reply.redirects) {
    if ('ok' in trip || location === null) break
    trip = nextStop(trip, { status, headers: { location } }, rules) ?? trip
  }
  if ('ok' in trip) return outcomeOfFailure(trip, null)
  // The proxy spoke in place of the site.
  if (reply.headers['proxy-status']?.startsWith(`${proxyName};`) === true)
    return notReached(request.url, reply.url, refusals)
  return {
    ok: true,
    status: reply.status,
    headers: reply.headers,
    body: Buffer.from(reply.body, 'base64'),
    url: reply.url,
    movedTo: trip.movedTo,
    rendered: reply.rendered,
    refusals,
  }
}

/** What the proxy has against the address that was called last. */
function notReached(
  url: string,
  last: string,
  refusals: readonly ProxyRefusal[],
): Extract<Outcome, { ok: false }> {
  const own = refusals.find(({ target }) => target === targetOf(last))
  if (own?.kind === 'refused') return failed('refused_address', url, own.message)
  const message = own?.message ?? `${targetOf(last)} cannot be reached.`
  return failed('network', url, message, { temporary: true })
}

function targetOf(url: string): string {
  const { hostname, port, protocol } = new URL(url)
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`
}

/** The proxy knows better than the browser why a page did not come. */
function why(
  { url }: RenderRequest,
  reply: Extract<RenderReply, { ok: false }>,
  refusals: readonly ProxyRefusal[],
): Rendered {
  if (/ERR_TUNNEL_CONNECTION_FAILED/.test(reply.message)) return notReached(url, url, refusals)
  if (reply.stage === 'size' || refusals.some(({ kind }) => kind === 'too_large'))
    return failed('too_large', url, `Rendering ${url} takes more bytes than are allowed.`)
  if (reply.stage === 'start')
    return failed('render_failed', url, `The browser does not start: ${reply.message}`, {
      remedy:
        'Check GATEHOUSE_CHROMIUM, and that this machine lets Chromium make its sandbox (unprivileged user namespaces).',
    })
  if (/Timeout .* exceeded/.test(reply.message))
    return failed('timeout', url, `${targetOf(url)} did not render in time.`, { temporary: true })
  return failed('render_failed', url, `The page did not render: ${reply.message}`, {
    temporary: true,
  })
}
