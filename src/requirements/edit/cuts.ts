import type { Edit } from '../complaint.ts'
import type { Cut } from './sequence.ts'

/** The text with all replacements made at once; they do not overlap, and come in any order. */
export function apply(text: string, cuts: readonly Cut[]): string {
  let out = ''
  let at = 0
  for (const cut of [...cuts].sort((a, b) => a.from - b.from)) {
    out += text.slice(at, cut.from) + cut.insert
    at = cut.to
  }
  return out + text.slice(at)
}

/** The one replacement that leads from `before` to `after`; none when they are equal. */
export function difference(before: string, after: string): readonly Edit[] {
  if (before === after) return []
  const short = Math.min(before.length, after.length)
  let head = 0
  while (head < short && before.charCodeAt(head) === after.charCodeAt(head)) head += 1
  let tail = 0
  while (
    tail < short - head &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail += 1
  return [{ from: head, to: before.length - tail, insert: after.slice(head, after.length - tail) }]
}
