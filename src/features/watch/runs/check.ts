/** One page of a run: fetched, and turned into text where its bytes are others than the last ones. */
import { hash } from 'node:crypto'
import { extractInThread, type ExtractedPage, type ExtractFailureKind } from '../extract/index.ts'
import type { FetchedPage } from '../fetch/index.ts'
import type { FailureKind } from '../schema.ts'
import {
  requestOf,
  type Asked,
  type Checking,
  type Failure,
  type Known,
  type PageFormat,
} from './checking.ts'
import { findMarkdown } from './markdown.ts'

export interface Validators {
  readonly etag: string | null
  readonly lastModified: string | null
  readonly fetchUrl: string
  readonly movedTo: string | null
}

export type Checked =
  | ({
      readonly is: 'same'
      readonly links: readonly string[]
      readonly canonical: string | null
    } & Validators)
  | ({
      readonly is: 'read'
      readonly bytes: Uint8Array
      readonly sha256: string
      readonly contentType: string | null
      readonly text: string
      readonly title: string | null
      readonly format: PageFormat
      readonly extractor: string
      readonly links: readonly string[]
      /** Where the page says it stands, where its links were wanted. */
      readonly canonical: string | null
    } & Validators)
  | { readonly is: 'failed'; readonly failure: Failure }

/** Checks one page. Rejects only when the run is stopped. */
export async function checkPage(checking: Checking, asked: Asked): Promise<Checked> {
  const { known } = asked
  const markdownFirst = checking.extract.preferMarkdown && !asked.links
  if (markdownFirst && (known === null || known.fetchUrl === null)) {
    const found = await findMarkdown(checking, asked)
    if (found) return readPage(checking, found, found.url, known, false)
  }
  const address = (markdownFirst ? known?.fetchUrl : null) ?? asked.url
  const checked = await checkAddress(checking, asked, address)
  const fellAway = checked.is === 'failed' && givesWay.has(checked.failure.kind)
  // The Markdown beside a page was given up by the vendor: the page itself counts again.
  if (address !== asked.url && fellAway) return checkAddress(checking, asked, asked.url)
  return checked
}

const givesWay: ReadonlySet<FailureKind> = new Set(['gone', 'moved', 'changed_kind', 'empty'])

async function checkAddress(
  checking: Checking,
  { url, within, known, links }: Asked,
  address: string,
): Promise<Checked> {
  const asBefore = known !== null && (known.fetchUrl ?? url) === address
  const got = await checking.fetcher.fetchPage({
    ...requestOf(checking, address),
    within,
    ...(asBefore && !links ? { etag: known.etag, lastModified: known.lastModified } : {}),
    ...(asBefore ? { was: known.format } : {}),
  })
  if (!got.ok) return { is: 'failed', failure: got }
  if (got.notModified)
    return { ...unchanged, fetchUrl: address, ...validatorsOf(got), ...keptOf(known, got) }
  return readPage(checking, got, address, known, links)
}

const unchanged = { is: 'same', links: [], canonical: null } as const

const validatorsOf = (got: Pick<FetchedPage, 'etag' | 'lastModified' | 'movedTo'>) => ({
  etag: got.etag,
  lastModified: got.lastModified,
  movedTo: got.movedTo,
})

/** A 304 need not repeat what it confirms (RFC 9110, section 15.4.5). */
const keptOf = (
  known: Known | null,
  got: { etag: string | null; lastModified: string | null },
) => ({
  etag: got.etag ?? known?.etag ?? null,
  lastModified: got.lastModified ?? known?.lastModified ?? null,
})

async function readPage(
  checking: Checking,
  got: FetchedPage,
  address: string,
  known: Known | null,
  links: boolean,
): Promise<Checked> {
  const sha256 = hash('sha256', got.bytes, 'hex')
  const same = sha256 === known?.sha256
  const validators = { ...validatorsOf(got), fetchUrl: address }
  if (same && !links) return { ...unchanged, ...validators }
  const read = await readBytes(checking, got)
  if (!read.ok) return { is: 'failed', failure: { ...read.failure, status: got.status } }
  const { page } = read
  const { canonical } = page
  if (same) return { is: 'same', links: page.links, canonical, ...validators }
  return {
    is: 'read',
    bytes: got.bytes,
    sha256,
    contentType: got.contentType,
    text: page.text,
    title: page.title,
    format: page.kind,
    extractor: page.extractor,
    links: page.links,
    canonical,
    ...validators,
  }
}

export interface Bytes {
  readonly bytes: Uint8Array
  readonly contentType: string | null
  readonly url: string
}

export type Read =
  | { readonly ok: true; readonly page: ExtractedPage }
  | { readonly ok: false; readonly failure: Failure }

/** Bytes as text, or why not, in the words of a failure. */
export async function readBytes(
  { pool, gate, extract }: Pick<Checking, 'pool' | 'gate' | 'extract'>,
  { bytes, contentType, url }: Bytes,
): Promise<Read> {
  const extracted = await gate(() =>
    extractInThread(pool, { bytes, contentType, url, settings: extract }),
  )
  if (extracted.ok) return { ok: true, page: extracted }
  const { kind, message, remedy } = extracted
  return { ok: false, failure: { kind: failureKindOf(kind), url, status: null, message, remedy } }
}

/** What extraction could not read, by the name that records of failures have for it. */
export const failureKindOf = (kind: ExtractFailureKind): FailureKind => recorded[kind]

const recorded = {
  no_content: 'needs_browser',
  empty: 'empty',
  changed_kind: 'changed_kind',
  selector_broken: 'selector_broken',
  not_text: 'unreadable',
  unreadable: 'unreadable',
} as const satisfies Record<ExtractFailureKind, FailureKind>
