import type { Command } from './command.ts'
import type { RecordedCommand } from './replay.ts'

/** A file of commands, read. */
export interface CommandFile {
  readonly format: 'lines' | 'jsonl' | 'csv'
  readonly commands: readonly RecordedCommand[]
  /** The first of them; a line with a problem is left out. */
  readonly problems: readonly CommandFileProblem[]
  /** How many lines have a problem. */
  readonly skipped: number
  /** The file has more commands than are read. */
  readonly truncated: boolean
}

export interface CommandFileProblem {
  /** From 1. */
  readonly line: number
  readonly message: string
}

export const MAX_COMMANDS = 200_000
const MAX_PROBLEMS = 50

/**
 * Reads recorded commands: JSON lines of `{"command": "…" or ["…"], "principal": "…", "at": …}`, or a string or a list of
 * strings for each; CSV with a header that names a column `command`, and perhaps `principal` and `at`; otherwise one shell
 * line each, where empty lines and lines beginning with `#` count for nothing. `at` is milliseconds or an ISO 8601 time.
 * Never throws.
 */
export function readCommands(text: string): CommandFile {
  const clean = text.startsWith('\uFEFF') ? text.slice(1) : text
  const format = formatOf(clean)
  const commands: RecordedCommand[] = []
  const problems: CommandFileProblem[] = []
  let skipped = 0
  let truncated = false
  const rows = format === 'csv' ? csvRows(clean) : lineRows(clean, format)
  for (const { line, found } of rows) {
    if (commands.length >= MAX_COMMANDS) {
      truncated = true
      break
    }
    if (typeof found !== 'string') commands.push(found)
    else {
      skipped += 1
      if (problems.length < MAX_PROBLEMS) problems.push({ line, message: found })
    }
  }
  return { format, commands, problems, skipped, truncated }
}

interface Row {
  readonly line: number
  /** The command, or what is wrong with the line. */
  readonly found: RecordedCommand | string
}

function formatOf(text: string): CommandFile['format'] {
  const [first = ''] = /\S.*/.exec(text) ?? []
  if (/^(?:\{\s*"|\["|"(?:[^"\\]|\\.)*"\s*$)/.test(first)) return 'jsonl'
  const header = first.split(',').map((name) => name.trim().replaceAll('"', '').toLowerCase())
  return header.length > 1 && header.includes('command') ? 'csv' : 'lines'
}

function* lineRows(text: string, format: 'lines' | 'jsonl'): Generator<Row> {
  let line = 0
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('\n', from)
    const to = end === -1 ? text.length : end
    const content = text.slice(from, to).replace(/\r$/, '')
    from = to + 1
    line += 1
    if (content.trim() === '') continue
    if (format === 'jsonl') yield { line, found: fromJson(content) }
    else if (!content.startsWith('#')) yield { line, found: { command: content } }
  }
}

function fromJson(line: string): RecordedCommand | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'This is not JSON.'
  }
  if (isCommand(value)) return { command: value }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'Write a string, a list of strings, or an object with "command".'
  const { command, principal, at } = value as Readonly<Record<string, unknown>>
  if (!isCommand(command)) return '"command" must be a string or a list of strings.'
  return recorded(command, principal, at)
}

const isCommand = (value: unknown): value is Command =>
  typeof value === 'string' ||
  (Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === 'string'))

function recorded(command: Command, principal: unknown, at: unknown): RecordedCommand | string {
  const time = typeof at === 'string' && at !== '' ? Date.parse(at) : at
  if (typeof time === 'number' && !Number.isFinite(time))
    return `"at" is not a time: ${String(at)}.`
  return {
    command,
    ...(typeof principal === 'string' && principal !== '' ? { principal } : {}),
    ...(typeof time === 'number' ? { at: time } : {}),
  }
}

function* csvRows(text: string): Generator<Row> {
  let header: readonly string[] | undefined
  for (const { line, cells } of csvCells(text)) {
    if (header === undefined) {
      header = cells.map((name) => name.trim().toLowerCase())
      continue
    }
    if (cells.length === 1 && cells[0]?.trim() === '') continue
    const cell = (name: string) => cells[header?.indexOf(name) ?? -1]
    const command = cell('command')
    const at = cell('at')
    yield {
      line,
      found:
        command === undefined || command.trim() === ''
          ? 'There is no command in this line.'
          : recorded(
              command,
              cell('principal'),
              at !== undefined && /^\d+$/.test(at) ? Number(at) : at,
            ),
    }
  }
}

/** RFC 4180: a cell in quotes may contain commas, new lines and doubled quotes. */
function* csvCells(
  text: string,
): Generator<{ readonly line: number; readonly cells: readonly string[] }> {
  const cell = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$|[^,\r\n]+)/y
  let line = 1
  let start = 1
  let cells: string[] = []
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text)
    if (found === null) return
    const [all, quoted, bare = '', end = ''] = found
    cells.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'))
    line += all.split('\n').length - 1
    if (end === ',' && cell.lastIndex < text.length) continue
    if (end === ',') cells.push('')
    yield { line: start, cells }
    cells = []
    start = line
  }
}
