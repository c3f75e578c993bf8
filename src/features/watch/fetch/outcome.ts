import type { OutboundAnswer, OutboundFailure, OutboundFailureKind } from '#kernel/outbound.ts'
import { judgeKind } from '../extract/kind.ts'
import type { PageKind } from '../extract/result.ts'
import { challengeOf } from './challenge.ts'
import { failed, type FetchFailed, type FetchFailureKind, type Outcome } from './result.ts'
import { retryAfterOf } from './retry.ts'

/** What the request expected, as far as it says what an answer means. */
export interface Expected {
  /** Whether the request was a conditional one. */
  readonly conditional: boolean
  readonly within: string | undefined
  readonly was: PageKind | null | undefined
}

/** An answer from outside, and how it came. */
export type Answered = Pick<OutboundAnswer, 'status' | 'headers' | 'body' | 'url' | 'movedTo'> & {
  readonly rendered: boolean
}

/** What an answer means for the page that was asked for. Pure; `now` only reads a `Retry-After`. */
export function outcomeOf(answer: Answered, expected: Expected, now: number): Outcome {
  const { status, headers, url, movedTo } = answer
  if (
    status === 304 &&
    expected.conditional &&
    (expected.within === undefined || isWithin(url, expected.within))
  )
    return { ok: true, notModified: true, status, url, movedTo, ...validators(answer) }
  const host = new URL(url).host
  const fail = (kind: FetchFailureKind, message: string, temporary = false): Outcome =>
    failed(kind, url, message, {
      status,
      movedTo,
      temporary,
      retryAfter: temporary ? retryAfterOf(headers, now) : null,
    })

  const guard = challengeOf(headers, answer.body)
  if (guard !== undefined)
    return fail('blocked', `${host} answers with a challenge (${guard}) in place of the page.`)
  if (expected.within !== undefined && !isWithin(url, expected.within))
    return fail(
      'moved',
      movedTo === null
        ? `The address leads to ${url} for now, which is outside ${expected.within}.`
        : `The page has moved to ${movedTo}, which is outside ${expected.within}.`,
    )
  if (status < 200 || status >= 300) return refusal(answer, host, fail)
  if (status === 206) return fail('unreadable', `${host} answers with a part of the page only.`)
  if (isBlank(answer.body)) return fail('empty', `${host} answers ${status} without a page.`)
  const other = expected.was && otherKind(answer, expected.was)
  if (other) return fail('changed_kind', other)
  return {
    ok: true,
    notModified: false,
    status,
    bytes: answer.body,
    contentType: headers['content-type'] ?? null,
    rendered: answer.rendered,
    url,
    movedTo,
    ...(answer.rendered ? { etag: null, lastModified: null } : validators(answer)),
  }
}

const validators = ({ headers }: Answered) => ({
  etag: headers.etag ?? null,
  lastModified: headers['last-modified'] ?? null,
})

/** Any other status than a page's. */
function refusal(
  { status, headers }: Answered,
  host: string,
  fail: (kind: FetchFailureKind, message: string, temporary?: boolean) => Outcome,
): Outcome {
  const said = `${host} answers ${status}`
  switch (status) {
    case 401:
      return fail('blocked', `${said}: the page needs an account.`)
    case 402:
    case 403:
    case 451:
      return fail('blocked', `${said}: it does not give the page to this server.`)
    case 404:
    case 410:
      return fail('gone', `${said}: the page is not there${status === 410 ? ' any more' : ''}.`)
    case 408:
      return fail('timeout', `${said}: it waited too long for the request.`, true)
    case 429:
      return fail('rate_limited', `${said}: too many requests.`, true)
  }
  if (status >= 500) return fail('server_error', `${said}.`, true)
  if (status >= 300 && status < 400)
    return fail(
      'unreadable',
      `${said}${headers.location === undefined ? ' without a new address' : ''}.`,
    )
  return fail('unreadable', `${said}, which is no page.`)
}

/** Begins with the prefix as it is written; its own address may lack the slash at its end. */
function isWithin(url: string, prefix: string): boolean {
  // Most pages of a run stand under the very address that they must stay under.
  if (prefix.endsWith('/') && url.startsWith(prefix) && URL.canParse(prefix)) return true
  if (!URL.canParse(prefix)) return false
  const whole = new URL(prefix).href
  return url.startsWith(whole) || `${url}/` === whole
}

/** White space and byte order marks; looks at a page's beginning, not at all of it. */
function isBlank(body: Buffer): boolean {
  return !body.some((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf)
}

/** Why this is no new version of what the page was, or undefined. */
function otherKind({ body, headers, url }: Answered, was: PageKind): string | undefined {
  const judged = judgeKind(body.toString('latin1', 0, 1024), headers['content-type'] ?? null, url)
  if (!judged.ok) return `What was a page of text is now ${judged.format}.`
  // Single-page sites answer every address, that of a Markdown file too, with their shell.
  if (judged.kind === 'html' && was !== 'html')
    return 'What was plain text or Markdown is now an HTML page.'
  return undefined
}

const kinds: Readonly<Record<OutboundFailureKind, FetchFailureKind>> = {
  invalid_url: 'unreadable',
  refused: 'refused_address',
  unresolved: 'network',
  unreachable: 'network',
  broken_answer: 'network',
  tls: 'tls',
  timeout: 'timeout',
  too_large: 'too_large',
  too_many_redirects: 'unreadable',
  bad_redirect: 'unreadable',
  aborted: 'network',
}

/** What a call that came to nothing means for the page. */
export function outcomeOfFailure(
  failure: OutboundFailure,
  movedTo: string | null,
): Omit<FetchFailed, 'ms'> {
  const kind = kinds[failure.kind]
  const temporary = kind === 'network' || kind === 'timeout'
  return failed(kind, failure.url, failure.message, { movedTo, temporary })
}
