import type { PageKind } from '../extract/result.ts'
import type { FetchSettings } from '../schema.collections.ts'
import type { FailureKind } from '../schema.runs.ts'

/** Why nothing was fetched; what extraction or storage find wrong has kinds of its own. */
export type FetchFailureKind = Exclude<FailureKind, 'selector_broken' | 'quota'>

export interface FetchRequest {
  readonly url: string
  /** Of the version that is known, as the server gave it, a `W/` included. */
  readonly etag?: string | null | undefined
  readonly lastModified?: string | null | undefined
  /** Secrets of the address's origin. They go there and are never taken to another by a redirect. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly settings: FetchSettings
  /** Requests of one lane wait in line; lanes of the same host take turns. The collection's id. */
  readonly lane?: string | undefined
  /** What the address must still begin with after redirects, else the page has `moved`. */
  readonly within?: string | undefined
  /** What the page was last time; a PDF in its place is then `changed_kind`. */
  readonly was?: PageKind | null | undefined
  /** The `accept` header; pages of text, HTML first, when left out. */
  readonly accept?: string | undefined
  readonly signal?: AbortSignal | undefined
}

interface Told {
  /** Where the answer came from, after redirects. */
  readonly url: string
  /** Where the address says it has moved to for good; null when it has not. */
  readonly movedTo: string | null
  /** Waiting for a turn at the host and between retries included. */
  readonly ms: number
}

export interface FetchedPage extends Told {
  readonly ok: true
  readonly notModified: false
  readonly status: number
  /** As they came, unpacked; of a rendered page its document as UTF-8. */
  readonly bytes: Buffer
  readonly contentType: string | null
  /** Null for a rendered page: its shell can stay the same while what scripts bring changes. */
  readonly etag: string | null
  readonly lastModified: string | null
  readonly rendered: boolean
}

export interface FetchedSame extends Told {
  readonly ok: true
  readonly notModified: true
  readonly status: 304
  readonly etag: string | null
  readonly lastModified: string | null
}

export interface FetchFailed extends Told {
  readonly ok: false
  readonly kind: FetchFailureKind
  readonly status: number | null
  readonly message: string
  readonly remedy: string
  /** How long the server wants to be left alone (ms), where it says so. */
  readonly retryAfter: number | null
  /** Another attempt may bring the page. */
  readonly temporary: boolean
}

export type Fetched = FetchedPage | FetchedSame | FetchFailed

/** {@link Fetched} before anybody has looked at the clock. */
export type Outcome = Omit<FetchedPage, 'ms'> | Omit<FetchedSame, 'ms'> | Omit<FetchFailed, 'ms'>

const remedies: Readonly<Record<FetchFailureKind, string>> = {
  blocked:
    'Ask the site to let this server in, give the collection the headers of an account, or watch another address.',
  rate_limited: 'Check less often, or raise the delay between requests to this host.',
  gone: 'Look for the new address of the page and change the source.',
  moved: 'Change the source to the new address if it is the same page.',
  timeout: 'It is tried again at the next check; raise the timeout if the site is always slow.',
  too_large: 'Raise the limit of the collection, or leave the page out.',
  empty: 'It is tried again at the next check; leave the page out if it stays empty.',
  changed_kind: 'Look at the address in a browser; leave the page out if it is no text any more.',
  server_error: 'It is tried again at the next check; the trouble is on the other side.',
  network: 'Check that the site runs and that this server reaches it.',
  tls: 'The site has to show a certificate that this machine trusts (NODE_EXTRA_CA_CERTS adds authorities).',
  refused_address: 'If it is meant, add its host:port to the exceptions for calls out.',
  robots: 'Ask the site, or stop respecting robots.txt for this collection if you may.',
  needs_browser: 'Let this collection render pages in a browser when they come empty.',
  render_failed: 'Look at the page in a browser; it is tried again at the next check.',
  unreadable: 'Look at the address in a browser.',
}

/** A failure with the remedy of its kind. */
export function failed(
  kind: FetchFailureKind,
  url: string,
  message: string,
  more: Partial<Omit<FetchFailed, 'ok' | 'kind' | 'url' | 'message' | 'ms'>> = {},
): Omit<FetchFailed, 'ms'> {
  return {
    ok: false,
    kind,
    url,
    message,
    remedy: remedies[kind],
    status: null,
    movedTo: null,
    retryAfter: null,
    temporary: false,
    ...more,
  }
}
