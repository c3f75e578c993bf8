/**
 * What of a line of Markdown is formatting only. Two lines with the same key say the same: only the
 * padding of a table, space at the end, or the sign of a list item differ. A third of the changes in
 * real documentation histories are nothing else.
 */

/**
 * The comparison keys of the lines of one text, one for each. Inside code nothing but space at the
 * end is formatting; so the lines are read in order, fences and all.
 */
export function formattingKeys(lines: readonly string[]): readonly string[] {
  const code = codeLines(lines)
  return lines.map((line, index) => (code[index] === 1 ? line.trimEnd() : formattingKey(line)))
}

/**
 * The comparison key of one line outside code. The indent is kept: it is structure. Rows of a table
 * lose the padding of their cells and a delimiter row the length and the colons of its dashes; the
 * signs of list items become `-` and `1.`, followed by one space.
 */
export function formattingKey(line: string): string {
  const text = line.trimEnd()
  const start = text.length - text.trimStart().length
  const first = text.charCodeAt(start)
  if (first === PIPE) return text.slice(0, start) + tableKey(text.slice(start))
  if (isListSign(first)) return text.slice(0, start) + listKey(text.slice(start))
  return text
}

const PIPE = 0x7c
const BACKSLASH = 0x5c
const BACKTICK = 0x60
const TILDE = 0x7e
const LESS_THAN = 0x3c

/** `-`, `*`, `+` and the digits. */
const isListSign = (code: number) =>
  code === 0x2d || code === 0x2a || code === 0x2b || (code >= 0x30 && code <= 0x39)

/** CommonMark 0.31, section 5.2. Five spaces or more after the sign begin indented code. */
const LIST_ITEM = /^(?:[-*+]|(\d{1,9})[.)])(?: {1,4}(?![ \t])|\t(?![ \t])|$)/

function listKey(text: string): string {
  const sign = LIST_ITEM.exec(text)
  if (sign === null) return text
  const number = sign[1]
  return `${number === undefined ? '-' : `${number}.`} ${text.slice(sign[0].length)}`.trimEnd()
}

/** A row of a GFM table, which starts with a pipe. The pipe at its end may be missing. */
function tableKey(text: string): string {
  const cells = cellsOf(text)
  if (cells.every((cell) => /^:?-+:?$/.test(cell))) return `|${'-|'.repeat(cells.length)}`
  // A backslash at the end of a cell must not escape the pipe.
  return `|${cells.map((cell) => (cell.endsWith('\\') ? `${cell} |` : `${cell}|`)).join('')}`
}

/** The cells between the pipes, trimmed. An escaped pipe is part of its cell. */
function cellsOf(text: string): readonly string[] {
  const cells: string[] = []
  let from = 1
  for (let index = 1; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === BACKSLASH) index++
    else if (code === PIPE) {
      cells.push(text.slice(from, index).trim())
      from = index + 1
    }
  }
  if (from < text.length || cells.length === 0) cells.push(text.slice(from).trim())
  return cells
}

/** CommonMark 0.31, section 4.5; here at any indent, since a fence may stand inside a list. */
const FENCE = /^\s*(`{3,}(?=[^`]*$)|~{3,})/
const FENCE_END = /^\s*(`{3,}|~{3,})\s*$/

/**
 * 1 for every line that is code: between fences (which count as code themselves), between `<pre>`
 * and `</pre>`, or indented by four after a blank line outside a list.
 */
export function codeLines(lines: readonly string[]): Uint8Array {
  const code = new Uint8Array(lines.length)
  let fence = ''
  let pre = false
  let list = false
  let blank = true
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string
    const start = firstInk(line)
    const first = line.charCodeAt(start)
    if (fence !== '') {
      code[index] = 1
      if ((first === BACKTICK || first === TILDE) && closes(line, fence)) fence = ''
      blank = false
    } else if (pre) {
      code[index] = 1
      pre = !/<\/pre>/i.test(line)
    } else if (start === line.length) blank = true
    else if (first === BACKTICK || first === TILDE) {
      fence = FENCE.exec(line)?.[1] ?? ''
      if (fence !== '') code[index] = 1
      blank = false
    } else if (first === LESS_THAN && /^\s*<pre\b/i.test(line)) {
      code[index] = 1
      pre = !/<\/pre>/i.test(line)
      blank = false
    } else if (!list && (blank || code[index - 1] === 1) && isIndented(line, start)) {
      code[index] = 1
      // A blank line inside indented code keeps it open: the next line finds `blank` set.
      blank = true
    } else {
      if (isListSign(first) && LIST_ITEM.test(line.slice(start).trimEnd())) list = true
      else if (start === 0 && blank) list = false
      blank = false
    }
  }
  return code
}

/** Where the first character stands that is no white space; the length of a blank line. */
function firstInk(line: string): number {
  let index = 0
  for (; index < line.length; index++) {
    const code = line.charCodeAt(index)
    if (code !== 0x20 && (code < 0x09 || code > 0x0d)) break
  }
  return index
}

const isIndented = (line: string, start: number) =>
  start >= 4 || line.slice(0, start).includes('\t')

function closes(line: string, fence: string): boolean {
  const end = FENCE_END.exec(line)?.[1]
  return end !== undefined && end[0] === fence[0] && end.length >= fence.length
}
