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

export function failure(
  kind: OutboundFailureKind,
  url: { readonly href: string },
  message: string,
): OutboundFailure {
  return { ok: false, kind, url: url.href, message, remedy: remedies[kind] }
}

/** A call that its deadline (`late`) or its caller ended. */
export function stopFailure(url: URL, late: boolean, timeoutMs: number): OutboundFailure {
  if (!late) return failure('aborted', url, `The call to ${url.host} was stopped.`)
  return failure('timeout', url, `${url.host} did not answer within ${timeoutMs / 1000} seconds.`)
}

/** What the error of Node or undici says about the connection or the answer. */
export function callFailure(url: URL, error: NodeJS.ErrnoException): OutboundFailure {
  const code = error.code ?? ''
  const message = `The call to ${url.host} failed: ${reasonOf(error.message) || code}.`
  if (isTlsError(code)) return failure('tls', url, message)
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_ABORTED')
    return failure('aborted', url, `The call to ${url.host} was stopped.`)
  // A connection that ends before an answer: the server went away, or speaks another protocol.
  if (error.name === 'HTTPParserError' || code === 'ECONNRESET' || brokenAnswers.has(code))
    return failure('broken_answer', url, message)
  return failure('unreachable', url, message)
}

const brokenAnswers: ReadonlySet<string> = new Set([
  'UND_ERR_SOCKET',
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
])

/** OpenSSL says `write EPROTO 40…:error:0A00010B:SSL routines:function:wrong version number:file.c:77:` on a line of its own. */
const reasonOf = (message: string): string =>
  (/:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] ?? message).trim()

/** Node reports OpenSSL's verification results by their names and its own checks as ERR_TLS_…. */
export function isTlsError(code: string): boolean {
  return /^(?:ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH$|INVALID_CA$)/.test(
    code,
  )
}
