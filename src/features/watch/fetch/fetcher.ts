import { second, type Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import {
  createOutbound,
  nextStop,
  rememberNames,
  startTrip,
  type Lookup,
  type OutboundResult,
  type Trip,
} from '#kernel/outbound.ts'
import { createBrowser, type Browser } from './browser.ts'
import { createHosts } from './hosts.ts'
import { outcomeOf, outcomeOfFailure } from './outcome.ts'
import { realPace, reasonOf, sleep, type Pace } from './pace.ts'
import { failed, type Fetched, type FetchRequest, type Outcome } from './result.ts'
import { longestWait, waitBefore } from './retry.ts'
import { createRobots, type Verdict } from './robots.ts'

export interface FetcherParts {
  readonly clock: Clock
  readonly log: Log
  /** For the User-Agent. */
  readonly version: string
  readonly publicUrl: string
  /** `host:port` entries that may be called although they are not public; asked before each request. */
  readonly exceptions: () => readonly string[]
  /** A Chromium to render with; without one, rendering is not available. */
  readonly chromium?: string | undefined
  /** Further flags for it, such as what a container needs. */
  readonly chromiumFlags?: readonly string[]
  readonly lookup?: Lookup
  readonly pace?: Pace
  readonly random?: () => number
}

export interface Fetcher {
  /** Fetches one page, politely. Rejects only when its signal is aborted. */
  readonly fetchPage: (request: FetchRequest) => Promise<Fetched>
  /** The same through the browser, whatever the settings say about rendering. */
  readonly renderPage: (request: FetchRequest) => Promise<Fetched>
  /** Closes what is open. Fetches that are under way end as failures. */
  readonly close: () => Promise<void>
}

const schemes = ['http:', 'https:'] as const
const accept = 'text/html,application/xhtml+xml,text/markdown;q=0.9,text/plain;q=0.8,*/*;q=0.5'
/** robots.txt is small, or is not worth waiting for. */
const robotsLimits = { maxBytes: 5_000_000, timeoutMs: 10 * second }

/**
 * Fetches pages for all collections of the process: one line per host, robots.txt, conditional
 * requests, redirects checked hop by hop, retries, and a browser where a page needs one.
 */
export function createFetcher(parts: FetcherParts): Fetcher {
  const { clock, pace = realPace, random = Math.random } = parts
  const outbound = createOutbound()
  const lookup = rememberNames(5 * second, parts.lookup)
  const hosts = createHosts(pace)
  const robots = createRobots(clock)
  const browser = createBrowser(parts)
  const ourName = `Gatehouse/${parts.version} (+${parts.publicUrl})`
  /** Hosts that asked to be left alone for longer than anybody waits, and until when. */
  const closed = new Map<string, number>()
  /** Hosts where the last page failed in every attempt: the next ones get one each, until one comes. */
  const down = new Set<string>()

  /** How the address may be asked for now, or why not. */
  const permission = (
    url: URL,
    request: FetchRequest,
    userAgent: string,
  ): Permission | Promise<Permission> => {
    const until = closed.get(url.host)
    if (until !== undefined) {
      const rest = until - pace.now()
      const message = `${url.host} asked for no more requests until later.`
      if (rest > 0)
        return failed('rate_limited', url.href, message, { temporary: true, retryAfter: rest })
      closed.delete(url.host)
    }
    const { concurrencyPerHost: concurrency, delayMs, respectRobots } = request.settings
    if (!respectRobots) return { ok: true, delayMs }
    const get = (address: string): Promise<OutboundResult> =>
      hosts.take({ host: url.host, lane: 'robots', concurrency, delayMs }, () =>
        outbound.request(address, {
          schemes,
          exceptions: parts.exceptions(),
          lookup,
          ...robotsLimits,
          headers: { 'user-agent': userAgent },
        }),
      )
    const judged = robots.judge(url, userAgent, get)
    return judged instanceof Promise
      ? orStopped(judged, request.signal).then((verdict) => permitted(verdict, url, delayMs))
      : permitted(judged, url, delayMs)
  }

  /** One attempt, redirects included. */
  const attempt = async (request: FetchRequest, rendering: boolean): Promise<Outcome> => {
    const { settings, signal, lane = '' } = request
    const userAgent = settings.userAgent ?? ourName
    const secrets = request.headers ?? {}
    const headers: Record<string, string> = {
      accept: request.accept ?? accept,
      'user-agent': userAgent,
    }
    // Both where both are known: a server that has ETags ignores the date (RFC 9110, section 13.2.2).
    const { etag, lastModified } = request
    if (etag && !rendering) headers['if-none-match'] = etag
    if (lastModified && !rendering) headers['if-modified-since'] = lastModified
    const rules = { schemes, secretHeaders: Object.keys(secrets) }
    for (const name of rules.secretHeaders) headers[name.toLowerCase()] = secrets[name] ?? ''
    const expected = {
      conditional: !rendering && Boolean(etag ?? lastModified),
      within: request.within,
      was: request.was,
    }
    let trip: Trip | Extract<OutboundResult, { ok: false }> = startTrip(request.url, headers, rules)
    let left = settings.timeoutMs
    for (;;) {
      if ('ok' in trip) return outcomeOfFailure(trip, null)
      const here: Trip = trip
      const asked = permission(here.url, request, userAgent)
      const may = asked instanceof Promise ? await asked : asked
      if (!may.ok) return { ...may, movedTo: here.movedTo }
      const turn = {
        host: here.url.host,
        lane,
        concurrency: settings.concurrencyPerHost,
        delayMs: may.delayMs,
        signal,
      }
      if (rendering) return hosts.take(turn, () => rendered(browser, request, userAgent, expected))
      const answer = await hosts.take(turn, async () => {
        const from = pace.now()
        const limits = {
          exceptions: parts.exceptions(),
          lookup,
          timeoutMs: Math.max(left, 1),
          maxBytes: settings.maxBytes,
        }
        const got = await outbound.step(here, signal === undefined ? limits : { ...limits, signal })
        left -= pace.now() - from
        return got
      })
      if (signal?.aborted === true) throw reasonOf(signal)
      if (!answer.ok) return outcomeOfFailure(answer, here.movedTo)
      const next = nextStop(here, answer, rules)
      if (next === undefined)
        return outcomeOf({ ...answer, movedTo: here.movedTo, rendered: false }, expected, clock())
      trip = next
    }
  }

  const rendered = async (
    by: Browser,
    request: FetchRequest,
    userAgent: string,
    expected: Parameters<typeof outcomeOf>[1],
  ): Promise<Outcome> => {
    const { settings, signal, headers = {} } = request
    const got = await by.render({
      url: request.url,
      headers,
      userAgent,
      timeoutMs: settings.timeoutMs,
      maxBytes: settings.maxBytes,
      signal,
    })
    if (signal?.aborted === true) throw reasonOf(signal)
    if (!got.ok) return got
    return outcomeOf(got, { ...expected, conditional: false }, clock())
  }

  /** As the settings want it: plainly, in the browser, or in the browser where that showed too little. */
  const asWanted = async (request: FetchRequest): Promise<Outcome> => {
    const { render } = request.settings
    if (render === 'always') return attempt(request, true)
    const plain = await attempt(request, false)
    if (!plain.ok || plain.notModified || !isHtml(plain.contentType)) return plain
    // Its parser is loaded when the first page of HTML comes.
    const { fullness } = await import('./hollow.ts')
    const full = fullness(plain.bytes)
    if (render === 'when_empty' && full !== 'full') return attempt(request, true)
    if (full !== 'hollow') return plain
    const message = `${plain.url} shows no text before its scripts have run.`
    return failed('needs_browser', plain.url, message, { status: 200, movedTo: plain.movedTo })
  }

  const withRetries = async (
    request: FetchRequest,
    once: (request: FetchRequest) => Promise<Outcome>,
  ): Promise<Fetched> => {
    const from = pace.now()
    for (let n = 0; ; n++) {
      const outcome = await once(request)
      if (!outcome.ok && outcome.retryAfter !== null) leaveAlone(outcome.url, outcome.retryAfter)
      const again = outcome.ok || !outcome.temporary ? false : mayTryAgain(outcome.url, n, request)
      const wait = again && !outcome.ok ? waitBefore(n, outcome.retryAfter, random) : undefined
      if (wait === undefined) {
        note(outcome)
        return { ...outcome, ms: Math.round(pace.now() - from) }
      }
      await sleep(pace, wait, request.signal)
    }
  }

  const mayTryAgain = (url: string, attempts: number, { settings }: FetchRequest): boolean =>
    attempts < settings.retries && !down.has(hostOf(url))

  const note = (outcome: Outcome): void => {
    if (!outcome.ok && outcome.temporary) {
      if (outcome.kind !== 'rate_limited') down.add(hostOf(outcome.url))
    } else if (down.size > 0) down.delete(hostOf(outcome.url))
  }

  /** What one page is told by `Retry-After` holds for every page of the host. */
  const leaveAlone = (url: string, ms: number): void => {
    const host = hostOf(url)
    if (ms <= longestWait) hosts.rest(host, ms)
    else closed.set(host, Math.max(closed.get(host) ?? 0, pace.now() + ms))
  }

  return {
    fetchPage: (request) => withRetries(request, asWanted),
    renderPage: (request) => withRetries(request, (again) => attempt(again, true)),
    close: async () => {
      outbound.close()
      await browser.close()
    },
  }
}

type Permission = { readonly ok: true; readonly delayMs: number } | Extract<Outcome, { ok: false }>

function permitted(verdict: Verdict, url: URL, delayMs: number): Permission {
  if (verdict.ok) return { ok: true, delayMs: Math.max(delayMs, verdict.crawlDelayMs) }
  if (!('failure' in verdict)) return failed('robots', url.href, verdict.message)
  const outcome = outcomeOfFailure(verdict.failure, null)
  return { ...outcome, url: url.href }
}

const hostOf = (url: string): string => URL.parse(url)?.host ?? ''

const isHtml = (contentType: string | null): boolean =>
  contentType === null || /^\s*(?:text\/html|application\/xhtml)/i.test(contentType)

/** Many wait for one robots.txt; one that is stopped need not. */
function orStopped<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((done, fail) => {
    const stop = (): void => fail(reasonOf(signal))
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    void work.then(done, fail).finally(() => signal.removeEventListener('abort', stop))
  })
}
