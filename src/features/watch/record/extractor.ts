/** Which extractor made a text, and what the bytes of an old version become under the present one. */
import { createHash } from 'node:crypto'
import { readRaw, storableText } from '../archive/index.ts'
import { extractInThread, EXTRACTORS } from '../extract/index.ts'
import type { WatchParts } from '../parts.ts'
import type { ExtractSettings } from '../schema.ts'

/** The part of the settings that changes what the same bytes become. */
const decisive = ({ keep, remove, absoluteLinks }: ExtractSettings): string =>
  JSON.stringify([keep, remove, absoluteLinks])

const plainSettings = JSON.stringify([[], [], true])

/**
 * The name that versions carry: the extractor's own (`html-1`), and, where settings change what it makes, eight digits of
 * their hash. Markdown and plain text are kept as they are, whatever the settings.
 */
export function extractorName(extractor: string, settings: ExtractSettings): string {
  const key = decisive(settings)
  if (!extractor.startsWith('html') || key === plainSettings) return extractor
  return `${extractor}+${createHash('sha256').update(key).digest('hex').slice(0, 8)}`
}

/** Whether texts of both can be compared. Markdown and plain text are both the bytes as they came. */
export const comparable = (a: string, b: string): boolean =>
  a === b || (!a.startsWith('html') && !b.startsWith('html') && versionOf(a) === versionOf(b))

const versionOf = (extractor: string): string => extractor.slice(extractor.indexOf('-'))

export interface Source {
  readonly bytes: Uint8Array
  readonly contentType: string | null
  readonly url: string
}

export interface Derived {
  readonly text: string
  readonly title: string | null
  /** {@link extractorName}. */
  readonly extractor: string
}

/** Without an address to start from (of an imported file, mostly) links stay as they are written. */
const settingsFor = (url: string, settings: ExtractSettings): ExtractSettings =>
  url === '' ? { ...settings, absoluteLinks: false } : settings
const nowhere = 'https://history.invalid/'

/** The names that texts made from HTML or taken as they are carry under these settings. */
export const presentExtractors = (settings: ExtractSettings): readonly string[] => [
  EXTRACTORS.markdown,
  EXTRACTORS.text,
  extractorName(EXTRACTORS.html, settings),
  extractorName(EXTRACTORS.html, settingsFor('', settings)),
]

/** Whether this is the extractor that would make the text of a page at this address today. */
export const isPresent = (extractor: string, url: string, settings: ExtractSettings): boolean =>
  extractor.startsWith('html')
    ? extractor === extractorName(EXTRACTORS.html, settingsFor(url, settings))
    : extractor === EXTRACTORS.markdown || extractor === EXTRACTORS.text

/** What bytes become; null when they become nothing (empty, a broken selector, another format). */
export async function derive(
  parts: WatchParts,
  { bytes, contentType, url }: Source,
  settings: ExtractSettings,
): Promise<Derived | null> {
  const used = settingsFor(url, settings)
  const extracted = await extractInThread(parts.runtime.pool, {
    bytes,
    contentType,
    url: url === '' ? nowhere : url,
    settings: used,
  })
  if (!extracted.ok) return null
  return {
    text: storableText(extracted.text),
    title: extracted.title,
    extractor: extractorName(extracted.extractor, used),
  }
}

/** The same from bytes that are stored. */
export async function deriveStored(
  parts: WatchParts,
  version: { readonly raw_id: string | null; readonly content_type: string | null },
  url: string,
  settings: ExtractSettings,
): Promise<Derived | null> {
  if (version.raw_id === null) return null
  const bytes = await readRaw(parts.runtime, version.raw_id)
  return derive(parts, { bytes, contentType: version.content_type, url }, settings)
}
