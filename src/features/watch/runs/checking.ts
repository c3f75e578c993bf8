/** What checking pages stands in, what it is asked, and why it fails. */
import type { Pool } from '#kernel/pool.ts'
import type { FetchRequest, Fetcher } from '../fetch/index.ts'
import type { ExtractSettings, FailureKind, FetchSettings } from '../schema.ts'

/** Why a page or a list could not be taken in, as it is recorded. */
export interface Failure {
  readonly kind: FailureKind
  readonly url: string
  readonly status: number | null
  readonly message: string
  readonly remedy: string
}

export type PageFormat = 'html' | 'markdown' | 'text'

/** What is known of a page from before. */
export interface Known {
  readonly etag: string | null
  readonly lastModified: string | null
  readonly sha256: string | null
  /** What was asked for it; null: not found out yet. */
  readonly fetchUrl: string | null
  readonly format: PageFormat | null
}

/** How often an origin answered in this run: one that never has Markdown is not asked for each of its pages. */
export interface MarkdownHints {
  readonly misses: Map<string, number>
}

/** What checking stands in: one of these for each run, preview or discovery. */
export interface Checking {
  readonly fetcher: Fetcher
  readonly pool: Pool
  /** Lets a few extractions of a run into the pool at once, so that other work there need not wait long. */
  readonly gate: <T>(act: () => Promise<T>) => Promise<T>
  readonly fetch: FetchSettings
  readonly extract: ExtractSettings
  /** The secret headers that belong to the address's origin. */
  readonly headersFor: (url: string) => Readonly<Record<string, string>>
  readonly lane: string
  readonly markdown: MarkdownHints
  readonly signal: AbortSignal
}

export interface Asked {
  readonly url: string
  /** What the address must still stand under after redirects. */
  readonly within: string
  readonly known: Known | null
  /** Links are wanted: the HTML itself is read, and never a 304. */
  readonly links: boolean
}

export const requestOf = (
  { fetch, headersFor, lane, signal }: Checking,
  url: string,
): FetchRequest => ({ url, settings: fetch, headers: headersFor(url), lane, signal })
