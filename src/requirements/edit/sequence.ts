import {
  lineEnd,
  lineStart,
  nextLine,
  nextMark,
  skipBlanks,
  type InlineList,
  type InlineTable,
} from './layout.ts'

// The members of `[…]` and `{…}`: what stands between commas.

interface Stretch {
  readonly from: number
  readonly to: number
}

/** A replacement of a stretch of the text. */
export interface Cut extends Stretch {
  readonly insert: string
}

function membersOf(holder: InlineList | InlineTable): readonly Stretch[] {
  return holder.kind === 'list' ? holder.items : holder.pairs
}

/** Puts a member in front of the one at `index`, or at the end. */
export function insertMember(
  text: string,
  holder: InlineList | InlineTable,
  index: number,
  written: string,
  newline: string,
): readonly Cut[] {
  const members = membersOf(holder)
  const before = members[index - 1]
  if (before !== undefined) return insertBehind(text, before, written, newline)
  const first = members[0]
  if (first !== undefined) {
    const gap = ownLine(text, first) ? newline + indentOf(text, first.from) : ' '
    return [at(first.from, `${written},${gap}`)]
  }
  const inner = text.slice(holder.from + 1, holder.to - 1)
  if (inner.trim() !== '') return [at(holder.from + 1, `${written},`)]
  const padded = holder.kind === 'table' ? ` ${written} ` : written
  return [{ from: holder.from + 1, to: holder.to - 1, insert: padded }]
}

function insertBehind(
  text: string,
  before: Stretch,
  written: string,
  newline: string,
): readonly Cut[] {
  const mark = nextMark(text, before.to)
  const comma = text.charAt(mark) === ','
  if (!ownLine(text, before)) {
    return comma && !isClosing(text, nextMark(text, mark + 1))
      ? [at(mark + 1, ` ${written},`)]
      : [at(before.to, `, ${written}`)]
  }
  const indent = indentOf(text, before.from)
  const last = comma ? mark + 1 : before.to
  const follows = skipBlanks(text, last)
  // A comment behind the member stays with it.
  const end = text.charAt(follows) === '#' || atBreak(text, follows) ? lineEnd(text, follows) : last
  const line = newline + indent + written + (comma ? ',' : '')
  if (comma) return [at(end, line)]
  return end === before.to ? [at(end, `,${line}`)] : [at(before.to, ','), at(end, line)]
}

/** Takes the member at `index` away, with its comma and, if it has a line of its own, that line. */
export function removeMember(
  text: string,
  holder: InlineList | InlineTable,
  index: number,
): readonly Cut[] {
  const members = membersOf(holder)
  const member = members[index]
  if (member === undefined) return []
  const mark = nextMark(text, member.to)
  const alone = ownLine(text, member)
  if (text.charAt(mark) === ',') {
    const end = skipBlanks(text, mark + 1)
    const clean = !hasComment(text, member.to, mark)
    if (!clean) return [cut(member.from, member.to), cut(mark, mark + 1)]
    if (alone && (atBreak(text, end) || text.charAt(end) === '#'))
      return [cut(lineStart(text, member.from), nextLine(text, end))]
    const isLast = members.length === index + 1
    const before = members[index - 1]
    if (isLast && before !== undefined && !alone) {
      const comma = nextMark(text, before.to)
      if (!hasComment(text, before.to, member.from)) return [cut(comma, mark)]
    }
    return [cut(member.from, end)]
  }
  return removeLast(text, members[index - 1], member, alone)
}

/** The last member, behind which no comma stands: the comma in front of it goes instead. */
function removeLast(
  text: string,
  before: Stretch | undefined,
  member: Stretch,
  alone: boolean,
): readonly Cut[] {
  const follows = skipBlanks(text, member.to)
  const line = alone && (atBreak(text, follows) || text.charAt(follows) === '#')
  const own = line
    ? cut(lineStart(text, member.from), nextLine(text, follows))
    : cut(member.from, member.to)
  if (before === undefined) return [own]
  const comma = nextMark(text, before.to)
  if (line) return [cut(comma, comma + 1), own]
  return hasComment(text, before.to, member.from)
    ? [cut(comma, comma + 1), own]
    : [cut(comma, member.to)]
}

function at(place: number, insert: string): Cut {
  return { from: place, to: place, insert }
}

function cut(from: number, to: number): Cut {
  return { from, to, insert: '' }
}

/** Whether nothing but blanks stands before it on its line. */
function ownLine(text: string, member: Stretch): boolean {
  const start = lineStart(text, member.from)
  return skipBlanks(text, start) === member.from
}

function indentOf(text: string, place: number): string {
  const start = lineStart(text, place)
  return text.slice(start, skipBlanks(text, start))
}

function atBreak(text: string, place: number): boolean {
  const char = text.charAt(place)
  return char === '\n' || char === '\r' || char === ''
}

function isClosing(text: string, place: number): boolean {
  return text.charAt(place) === ']' || text.charAt(place) === '}'
}

/** Between two members a `#` always begins a comment. */
function hasComment(text: string, from: number, to: number): boolean {
  return text.slice(from, to).includes('#')
}
