import { request as requestHttp, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { checkHost, type CheckedAddress, type Lookup } from './outbound-address.ts'

export { checkHost, isPublicAddress, type HostCheck } from './outbound-address.ts'

/** Why a call out came to nothing. Codes are stable; records of failed fetches keep them. */
export type OutboundFailureKind =
  | 'invalid_url'
  /** The address is not public and no exception names it. */
  | 'refused'
  | 'unresolved'
  | 'unreachable'
  | 'tls'
  | 'timeout'
  | 'too_large'
  | 'too_many_redirects'
  | 'bad_redirect'
  /** What came back is not HTTP, or ended early. */
  | 'broken_answer'
  | 'aborted'

export interface OutboundFailure {
  readonly ok: false
  readonly kind: OutboundFailureKind
  /** The address of the hop that failed. */
  readonly url: string
  readonly message: string
  /** What the reader can do about it. */
  readonly remedy: string
}

export interface OutboundAnswer {
  readonly ok: true
  /** Any status: an answer is an answer. */
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** Where the answer came from, after redirects. */
  readonly url: string
  readonly redirects: readonly string[]
}

export type OutboundResult = OutboundAnswer | OutboundFailure

export interface OutboundOptions {
  /** GET when left out. Only GET and HEAD follow redirects. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** `host:port` entries that may be called although they are not public. */
  readonly exceptions?: readonly string[]
  /** `['https:']` when left out. */
  readonly schemes?: readonly ('http:' | 'https:')[]
  /** Of the answer's body; 5 MB when left out. */
  readonly maxBytes?: number
  /** For everything together, redirects and body included; 10 s when left out. */
  readonly timeoutMs?: number
  /** 5 when left out. */
  readonly maxRedirects?: number
  /** PEM certificates to trust instead of the well-known authorities. */
  readonly ca?: string
  readonly signal?: AbortSignal
  /** How names are resolved; the system's resolver when left out. */
  readonly lookup?: Lookup
}

const defaults = { maxBytes: 5_000_000, timeoutMs: 10_000, maxRedirects: 5 }

/** They identify us to one origin and are not taken to another (RFC 9110, section 15.4). */
const credentials = new Set(['authorization', 'cookie', 'proxy-authorization'])

/** {@link outboundRequest} with GET. */
export function outboundGet(
  url: string,
  options: Omit<OutboundOptions, 'method' | 'body'> = {},
): Promise<OutboundResult> {
  return outboundRequest(url, { ...options, method: 'GET' })
}

/**
 * The one way out over HTTP. Every hop's host is resolved once, its addresses are checked, and the
 * connection goes to those and nowhere else. Bounded in time, size and redirects. Never throws;
 * proxy variables of the environment are not read.
 */
export async function outboundRequest(
  url: string,
  options: OutboundOptions = {},
): Promise<OutboundResult> {
  const deadline = AbortSignal.timeout(options.timeoutMs ?? defaults.timeoutMs)
  const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline
  const maxRedirects = options.maxRedirects ?? defaults.maxRedirects
  const redirects: string[] = []
  let headers = lowerCased(options.headers ?? {})
  let next = parseUrl(url, options)
  for (;;) {
    if (!(next instanceof URL)) return next
    const here = next
    const answer = await hop(here, { ...options, headers }, signal)
    if (!answer.ok) {
      const stopped = signal.aborted && answer.kind !== 'too_large'
      return stopped ? stopFailure(here, deadline.aborted, options) : answer
    }
    const location = redirectOf(answer, options.method ?? 'GET')
    if (location === undefined) return { ...answer, redirects }
    if (redirects.length >= maxRedirects)
      return failure(
        'too_many_redirects',
        here,
        `${url} redirects more than ${maxRedirects} times.`,
      )
    next = parseUrl(location, options, here)
    if (!(next instanceof URL)) return next
    if (here.protocol === 'https:' && next.protocol === 'http:')
      return failure('bad_redirect', here, `${here.href} redirects from https to http.`)
    if (next.origin !== here.origin)
      headers = Object.fromEntries(Object.entries(headers).filter(([n]) => !credentials.has(n)))
    redirects.push(next.href)
  }
}

/** One request to one host, without redirects. */
async function hop(
  url: URL,
  options: OutboundOptions & { readonly headers: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<OutboundResult> {
  const secure = url.protocol === 'https:'
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  const check = await orAborted(
    checkHost(url.hostname, port, options.exceptions ?? [], options.lookup),
    signal,
  )
  if (check === undefined) return failure('aborted', url, 'The call was stopped.')
  if (!check.ok) return { ...check, url: url.href }
  return new Promise<OutboundResult>((done) => {
    const request = (secure ? requestHttps : requestHttp)(
      url,
      {
        method: options.method ?? 'GET',
        // Compressed answers would make the size limit a lie, so none are asked for.
        headers: { 'accept-encoding': 'identity', ...options.headers },
        lookup: pinned(check.addresses),
        agent: false,
        signal,
        ...(options.ca === undefined ? {} : { ca: options.ca }),
      },
      (response) => {
        collect(url, response, options.maxBytes ?? defaults.maxBytes).then(
          (result) => {
            done(result)
            if (!result.ok) request.destroy()
          },
          (error: unknown) => done(callFailure(url, error as NodeJS.ErrnoException)),
        )
      },
    )
    request.on('error', (error) => done(callFailure(url, error)))
    request.end(options.body)
  })
}

async function collect(
  url: URL,
  response: IncomingMessage,
  maxBytes: number,
): Promise<OutboundResult> {
  const tooLarge = (): OutboundFailure =>
    failure('too_large', url, `The answer of ${url.host} is larger than ${maxBytes} bytes.`)
  const head = { status: response.statusCode ?? 0, headers: response.headers, url: url.href }
  const parts: Buffer[] = []
  let size = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length
    if (size > maxBytes) return tooLarge()
    parts.push(part)
  }
  return { ok: true, ...head, body: Buffer.concat(parts), redirects: [] }
}

/**
 * Answers Node's lookups with what was checked; a second question to the resolver could be answered
 * otherwise.
 */
function pinned(addresses: readonly CheckedAddress[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses
    if (options.all === true) callback(null, [...addresses])
    else callback(null, first?.address ?? '', first?.family)
  }
}

function parseUrl(text: string, options: OutboundOptions, base?: URL): URL | OutboundFailure {
  const schemes: readonly string[] = options.schemes ?? ['https:']
  const at = { href: base === undefined ? text : base.href }
  const kind = base === undefined ? 'invalid_url' : 'bad_redirect'
  if (!URL.canParse(text, base)) return failure(kind, at, `${text} is not an address.`)
  const url = new URL(text, base)
  if (!schemes.includes(url.protocol))
    return failure(kind, at, `${url.protocol}// addresses may not be called here.`)
  if (url.username !== '' || url.password !== '')
    return failure(kind, at, 'The address contains a user name or password.')
  url.hash = ''
  return url
}

function redirectOf({ status, headers }: OutboundAnswer, method: string): string | undefined {
  const follows = method === 'GET' || method === 'HEAD'
  return follows && [301, 302, 303, 307, 308].includes(status) ? headers.location : undefined
}

const remedies: Readonly<Record<OutboundFailureKind, string>> = {
  invalid_url: 'Write a whole address, such as https://example.com/page.',
  refused: 'Only addresses on the public internet may be called.',
  unresolved: 'Check the spelling, and that this machine can reach its name server.',
  unreachable: 'Check that the other side runs and that no firewall is between.',
  tls: 'The other side has to show a certificate that this machine trusts (NODE_EXTRA_CA_CERTS adds authorities).',
  timeout: 'Try again later, or ask the other side why it is slow.',
  too_large: 'The other side has to answer with less.',
  too_many_redirects: 'Use the address at the end of the redirects.',
  bad_redirect: 'Use the address at the end of the redirects, if it is meant.',
  broken_answer: 'The other side does not speak HTTP properly on this port.',
  aborted: 'Start it again if it is still wanted.',
}

function failure(
  kind: OutboundFailureKind,
  url: { readonly href: string },
  message: string,
): OutboundFailure {
  return { ok: false, kind, url: url.href, message, remedy: remedies[kind] }
}

function stopFailure(url: URL, late: boolean, options: OutboundOptions): OutboundFailure {
  if (!late) return failure('aborted', url, `The call to ${url.host} was stopped.`)
  const seconds = (options.timeoutMs ?? defaults.timeoutMs) / 1000
  return failure('timeout', url, `${url.host} did not answer within ${seconds} seconds.`)
}

function callFailure(url: URL, error: NodeJS.ErrnoException): OutboundFailure {
  const code = error.code ?? ''
  const message = `The call to ${url.host} failed: ${error.message || code}.`
  if (isTlsError(code)) return failure('tls', url, message)
  if (code.startsWith('HPE_') || code === 'ERR_STREAM_PREMATURE_CLOSE')
    return failure('broken_answer', url, message)
  // A connection that ends before an answer: the server went away, or speaks another protocol.
  if (code === 'ECONNRESET' || error.message === 'aborted')
    return failure('broken_answer', url, message)
  return failure('unreachable', url, message)
}

/** Node reports OpenSSL's verification results by their names and its own checks as ERR_TLS_…. */
export function isTlsError(code: string): boolean {
  return /^(?:ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH$|INVALID_CA$)/.test(
    code,
  )
}

const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** The resolver cannot be interrupted, but nobody has to wait for it. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((done, fail) => {
    if (signal.aborted) {
      done(undefined)
      return
    }
    const stop = (): void => done(undefined)
    signal.addEventListener('abort', stop, { once: true })
    work.then(done, fail).finally(() => signal.removeEventListener('abort', stop))
  })
}
