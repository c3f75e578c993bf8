import type { z } from 'zod'
import { previewInThread, renderInThread, type Preview as Extraction } from '../extract/index.ts'
import type { FetchedPage } from '../fetch/index.ts'
import type { WatchParts } from '../parts.ts'
import { extractorName } from '../record/extractor.ts'
import { failureKindOf } from '../runs/check.ts'
import { requestOf } from '../runs/checking.ts'
import type { GoingOut } from '../runs/going-out.ts'
import { findMarkdown } from '../runs/markdown.ts'
import { triesOf } from '../runs/tries.ts'
import type { Preview, previewRequest } from '../schema.ts'

type Request = z.output<typeof previewRequest>

/** Characters that are shown as HTML: enough to judge an extraction by. */
const shown = 100_000

const nothing = {
  ok: false,
  failure: null,
  title: null,
  kind: null,
  extractor: null,
  contentType: null,
  bytes: 0,
  rendered: false,
  text: '',
  html: '',
  selectors: [],
  warnings: [],
} satisfies Partial<Preview>

/** One page, fetched now, with what the settings keep of it. Nothing is stored, and no secrets are sent. */
export async function previewOf(
  parts: WatchParts,
  going: GoingOut,
  { url, extract, fetch }: Request,
  signal: AbortSignal,
): Promise<Preview> {
  await going.refresh()
  const trying = triesOf(parts.runtime.pool, going, fetch, extract, signal)
  const asked = { url, within: `${new URL(url).origin}/`, known: null, links: false }
  const markdown = extract.preferMarkdown ? await findMarkdown(trying, asked) : undefined
  if (markdown) {
    const preview = await previewOfPage(parts, markdown, extract)
    const note = `The vendor’s own Markdown was taken, from ${markdown.url}.`
    return { ...preview, warnings: [note, ...preview.warnings] }
  }
  const got = await going.fetcher.fetchPage(requestOf(trying, url))
  if (got.ok && !got.notModified) return previewOfPage(parts, got, extract)
  const failure = got.ok
    ? {
        kind: 'unreadable' as const,
        message: 'The host answers 304 unasked.',
        remedy: 'Try again.',
      }
    : { kind: got.kind, message: got.message, remedy: got.remedy }
  return { ...nothing, url: got.url, ms: got.ms, failure: { ...failure, status: got.status } }
}

async function previewOfPage(
  { runtime }: WatchParts,
  { bytes, contentType, url, ms, rendered, status }: FetchedPage,
  settings: Request['extract'],
): Promise<Preview> {
  const input = { bytes, contentType, url, settings }
  const seen = await previewInThread(runtime.pool, input)
  const base = {
    ...nothing,
    url,
    ms,
    contentType,
    bytes: bytes.length,
    rendered,
    selectors: selectorsOf(seen),
  }
  if (!seen.ok) {
    const { message, remedy } = seen
    return { ...base, failure: { kind: failureKindOf(seen.kind), status, message, remedy } }
  }
  const start = seen.text.slice(0, shown)
  return {
    ...base,
    ok: true,
    title: seen.title,
    kind: seen.kind,
    extractor: extractorName(seen.extractor, settings),
    text: seen.text,
    html: await renderInThread(runtime.pool, start),
    warnings: [
      ...seen.warnings,
      ...(seen.cut ? [`Only the beginning is shown; the page has ${seen.lines} lines.`] : []),
    ],
  }
}

const selectorsOf = ({ outline }: Extraction): Preview['selectors'] =>
  (['keep', 'remove'] as const).flatMap((use) =>
    (use === 'keep' ? (outline?.kept ?? []) : (outline?.removed ?? [])).map(
      ({ selector, matches }) => ({ selector, use, matches }),
    ),
  )
