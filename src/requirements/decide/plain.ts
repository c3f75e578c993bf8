/**
 * Reads a shell script as the client 0.169 does before it applies command rules: a chain of plain commands joined by
 * `&&`, `||`, `;`, `|` or a new line, or else something that it takes as a whole. The client asks tree-sitter's grammar for bash
 * and refuses, on top of that, whatever one of its shells might expand. This is not what bash does with the text: in
 * `zz\⏎f` bash runs `zzf`, and the client sees `zz` and `f`.
 */
export type Script =
  /** The client judges each command by itself. */
  | {
      readonly kind: 'plain'
      readonly commands: readonly (readonly string[])[]
      /**
       * From this command on the client may read otherwise: in `a | b | c⏎d && e` its grammar can take the new line for a
       * blank, and then `d` is an argument of `c` (seen with the client).
       */
      readonly doubtFrom?: number
    }
  /** The client judges the shell with the script as its argument; `why` names what it does not look into. */
  | { readonly kind: 'whole'; readonly why: string }
  /** The client does one or the other, and it was not established which. */
  | { readonly kind: 'unsure'; readonly why: string }

/** Longer scripts are not read. */
const MAX_SCRIPT = 64 * 1024

interface Cursor {
  readonly text: string
  at: number
  doubtFrom?: number
}

/** Thrown inside this file only: the reading has ended with something that is not plain. */
class Stop {
  readonly script: Script
  constructor(kind: 'whole' | 'unsure', why: string) {
    this.script = { kind, why }
  }
}

function stop(kind: 'whole' | 'unsure', why: string): never {
  // Not an Error: its stack would take a third of the time of a replay, and nobody sees it.
  // eslint-disable-next-line @typescript-eslint/only-throw-error
  throw new Stop(kind, why)
}

/** Never throws; linear in the length of the script. */
export function readScript(script: string): Script {
  if (script.length > MAX_SCRIPT) return { kind: 'unsure', why: 'a very long script' }
  if (script.includes('\0')) return { kind: 'unsure', why: 'the character U+0000' }
  const cursor: Cursor = { text: script, at: script.startsWith('\uFEFF') ? 1 : 0 }
  try {
    const commands = readCommands(cursor)
    if (commands.length === 0) return { kind: 'whole', why: 'no command' }
    const { doubtFrom } = cursor
    return { kind: 'plain', commands, ...(doubtFrom === undefined ? {} : { doubtFrom }) }
  } catch (stopped) {
    if (!(stopped instanceof Stop)) throw stopped
    return cursor.doubtFrom === undefined ? stopped.script : { kind: 'unsure', why: LONG_PIPE }
  }
}

const LONG_PIPE = 'lines after three commands joined by |'

function readCommands(cursor: Cursor): readonly (readonly string[])[] {
  const commands: (readonly string[])[] = []
  skipLines(cursor)
  let pipes = 0
  let long = false
  while (cursor.at < cursor.text.length) {
    commands.push(readCommand(cursor))
    if (
      long &&
      cursor.doubtFrom === undefined &&
      cursor.text.charAt(cursor.at) === '\n' &&
      joinedAfter(cursor)
    )
      cursor.doubtFrom = commands.length - 1
    const joint = readJoint(cursor)
    pipes = joint === '|' ? pipes + 1 : 0
    long = joint !== 'end' && (long || pipes >= 2)
    skipLines(cursor)
    if (joint !== 'end' && cursor.at >= cursor.text.length) stop('whole', `nothing after ${joint}`)
  }
  return commands
}

function joinedAfter({ text, at }: Cursor): boolean {
  return text.includes('&&', at) || text.includes('||', at)
}

/** Where the pattern matches at the cursor, it is consumed: its first group, or all of it. */
function take(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at
  const found = pattern.exec(cursor.text)
  if (found === null) return undefined
  cursor.at = pattern.lastIndex
  return found[1] ?? found[0]
}

const BLANK = /[ \t\v\f\r]+/y
const CONTINUATION = /\\\r?\n/y

function skipBlank(cursor: Cursor): void {
  const { text, at } = cursor
  take(cursor, BLANK)
  while (text.charAt(cursor.at) === '\\') {
    if (take(cursor, CONTINUATION) !== undefined) {
      if (/^\s*$/.test(text.slice(cursor.at, cursor.at + 100)))
        stop(cursor.at >= text.length ? 'whole' : 'unsure', 'a backslash at the end')
      take(cursor, BLANK)
      continue
    }
    // The grammar takes a blank behind a backslash into the word before it; where there is none, it skips both.
    if (cursor.at === at && /[^\s;&|"']\\ /.test(text.slice(at - 1, at + 2))) stopHere(cursor)
    if (/[ \t\v\f]/.test(text.charAt(cursor.at + 1))) stop('unsure', 'a blank behind a backslash')
    return
  }
}

function skipLines(cursor: Cursor): void {
  skipBlank(cursor)
  while (cursor.text.charAt(cursor.at) === '\n') {
    cursor.at += 1
    // Seen from the grammar, the line before goes on then.
    if (take(cursor, CONTINUATION) !== undefined)
      stop('unsure', 'a line of nothing but a backslash')
    skipBlank(cursor)
  }
}

const JOINT = /&&|\|\||\|(?!&)|;(?!;)/y

/** `end` may also be followed by another command; the others must be. */
function readJoint(cursor: Cursor): string {
  if (cursor.at >= cursor.text.length) return 'end'
  if (cursor.text.charAt(cursor.at) === '\n') return 'end'
  const joint = take(cursor, JOINT)
  if (joint !== undefined) return joint === ';' ? 'end' : joint
  stopHere(cursor)
}

/** Words that begin something else than a plain command when they stand first. */
const KEYWORDS: ReadonlySet<string> = new Set(
  'if for while until case function select declare typeset export readonly local unset unsetenv !'.split(
    ' ',
  ),
)

function readCommand(cursor: Cursor): string[] {
  const words = [readName(cursor)]
  if (/["']/.test(cursor.text.charAt(cursor.at)))
    stop('whole', 'a program whose name is put together from parts')
  readWords(cursor, words)
  return words
}

/** Adds the words up to the next joint or new line. */
function readWords(cursor: Cursor, words: string[]): void {
  for (;;) {
    skipBlank(cursor)
    if (cursor.at >= cursor.text.length || /[\n;&|]/.test(cursor.text.charAt(cursor.at))) return
    words.push(readWord(cursor))
  }
}

function readName(cursor: Cursor): string {
  if (/["']/.test(cursor.text.charAt(cursor.at))) stop('whole', 'a program in quotes')
  const name = readLiteral(cursor)
  if (name === undefined) stopHere(cursor)
  if (KEYWORDS.has(name)) stop('whole', `the shell word ${name}`)
  if (/^\w+\+?=/.test(name)) stop('whole', 'a variable that is set')
  if (/^-?\d+$/.test(name)) stop('whole', 'a number as the program')
  // Each could still be the beginning of something else to the grammar.
  if (/^-+$|^[-\w]*[=%@:+]/.test(name) || /[^\x20-\x7e][^]*[=%@:+]/.test(name))
    stop('unsure', `a program named ${name}`)
  return name
}

/** Inside double quotes a backslash before one of these is an escape, and the client reads no escapes. */
const DOUBLE_QUOTED = /"((?:[^"$`\\]|\\[^"$`\\\n])*)"/y
const SINGLE_QUOTED = /'([^']*)'/y

function readWord(cursor: Cursor): string {
  let word = ''
  let parts = 0
  for (;;) {
    const part = readPart(cursor)
    if (part === undefined) break
    word += part
    parts += 1
  }
  if (parts === 0) stopHere(cursor)
  if (parts > 1 && word === '') stop('whole', 'an empty word made of several parts')
  return word
}

function readPart(cursor: Cursor): string | undefined {
  const first = cursor.text.charAt(cursor.at)
  if (first === '"') return take(cursor, DOUBLE_QUOTED)
  return first === "'" ? take(cursor, SINGLE_QUOTED) : readLiteral(cursor)
}

/** Unquoted characters that are only themselves, to the grammar and to every shell. */
const LITERAL = /[^ \t\n\v\f\r'"<>&;()|$`*?[\]{}~^#\\]+/y

// zsh expands `=name` to the path of a program.
function readLiteral(cursor: Cursor): string | undefined {
  if (cursor.text.startsWith('=', cursor.at)) return undefined
  const literal = take(cursor, LITERAL)
  // The grammar takes such a blank into a word or not, depending on what stands before it.
  if (literal !== undefined && /\s|\x85/.test(literal)) stop('unsure', 'an unusual blank')
  return literal
}

const REASONS: readonly (readonly [RegExp, string])[] = [
  [/[<>]/, 'a redirection'],
  [/&/, 'a command in the background'],
  [/[$`]/, 'an expansion'],
  [/#/, 'a comment'],
  [/[()]/, 'parentheses'],
  [/[*?[\]~^=]/, 'a pattern that a shell may expand'],
  [/[{}]/, 'braces'],
  [/\\/, 'a backslash outside of single quotes'],
  [/["']/, 'a quoted text that the client does not take apart'],
  [/[;|]/, 'an empty command'],
]

function stopHere(cursor: Cursor): never {
  const char = cursor.text.charAt(cursor.at)
  const reason = REASONS.find(([pattern]) => pattern.test(char))
  stop('whole', reason?.[1] ?? 'something that is not a plain command')
}
