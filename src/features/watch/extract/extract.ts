import { type Decoded, decode } from './charset.ts'
import { extractHtml, type Outline } from './html.ts'
import { judgeKind } from './kind.ts'
import { extractPlain } from './plain.ts'
import { type Extracted, type ExtractFailure, failure, tooMuch } from './result.ts'
import { type ExtractSettings, LIMITS, TooMuch } from './settings.ts'

export interface ExtractInput {
  /** As fetched, content encodings (gzip …) undone. */
  readonly bytes: Uint8Array
  /** The header as sent, parameters included. */
  readonly contentType: string | null
  /** Where the bytes came from in the end, after redirects. */
  readonly url: string
  readonly settings: ExtractSettings
}

/**
 * A page as fetched → its text. Pure: the same input gives the same text, for an extractor of one
 * version. Works as long as the page makes it; run it in a thread with a deadline (task.ts).
 */
export const extract = (input: ExtractInput): Extracted => extractWithOutline(input).extracted

/** The same, with what was kept and left out where the page is HTML. */
export function extractWithOutline({ bytes, contentType, url, settings }: ExtractInput): {
  readonly extracted: Extracted
  readonly outline: Outline | null
} {
  const plain = (extracted: Extracted) => ({ extracted, outline: null })
  if (bytes.length > LIMITS.bytes) return plain(tooLarge(bytes.length))
  const start = Buffer.from(bytes.subarray(0, 4096)).toString('latin1')
  const judged = judgeKind(start, contentType, url)
  if (!judged.ok)
    return plain(
      failure(
        'changed_kind',
        `The address answers with ${judged.format}, not with a page of text.`,
        'Watch a page that is HTML, Markdown or plain text, or exclude this address.',
      ),
    )
  const decoded = decode(bytes, contentType, judged.kind === 'html')
  const warned: Decoded =
    judged.warning === null
      ? decoded
      : { ...decoded, warnings: [judged.warning, ...decoded.warnings] }
  if (judged.kind !== 'html') return plain(extractPlain(warned, url, judged.kind))
  try {
    return extractHtml(warned, url, settings)
  } catch (error) {
    // A RangeError is a stack or an array that a page made to overflow them asked for.
    if (error instanceof TooMuch || error instanceof RangeError)
      return plain(tooMuch(error instanceof TooMuch ? error.message : 'It is built too deeply.'))
    throw error
  }
}

const tooLarge = (size: number): ExtractFailure =>
  failure(
    'unreadable',
    `The page has ${size} bytes, more than the ${LIMITS.bytes} that are read.`,
    'Watch a smaller page, or the parts of this one.',
  )
