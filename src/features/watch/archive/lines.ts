/**
 * The bytes of lines, as they stand in chunks: each with its line feed. A last line without one is written with U+0000
 * before the line feed, which no text contains, so that it is another line than the same words with a line feed.
 */
import { Problem } from '#kernel/problem.ts'

const lineFeed = 0x0a
/** What stands in place of a line that nothing refers to any more. Empty and unterminated: no text has such a line. */
export const goneLine: Buffer = Buffer.from('\0\n')

/** The text that can be kept of any decoded one: without U+0000, lone surrogates replaced by U+FFFD. */
export const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '')

/** A text as the bytes of its lines. Throws `invalid_input` for one that would not come back the same. */
export function toLineBytes(text: string): Buffer {
  if (text.includes('\0') || !text.isWellFormed())
    throw new Problem('invalid_input', 'A text holds U+0000 or half of a character.', {
      remedy: 'Keep its bytes as raw, and as text what is left without them.',
    })
  return Buffer.from(text === '' || text.endsWith('\n') ? text : `${text}\0\n`)
}

/** The text of line bytes; the reverse of {@link toLineBytes}. */
export const textBytes = (lines: Buffer): Buffer =>
  lines.length > 1 && lines[lines.length - 2] === 0 ? lines.subarray(0, -2) : lines

/** One line as a reader sees it. */
export const lineText = (bytes: Buffer): string => textBytes(bytes).toString('utf8')

/** Where each line starts, and at the end where the last one ends. */
export function lineStarts(bytes: Buffer): Uint32Array {
  let starts = new Uint32Array(Math.max(16, bytes.length >> 5))
  let count = 0
  for (let at = 0; at < bytes.length;) {
    if (count + 1 >= starts.length) {
      const larger = new Uint32Array(starts.length * 2)
      larger.set(starts)
      starts = larger
    }
    starts[count++] = at
    const feed = bytes.indexOf(lineFeed, at)
    at = feed === -1 ? bytes.length : feed + 1
  }
  starts[count] = bytes.length
  return starts.slice(0, count + 1)
}
