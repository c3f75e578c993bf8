import { isUtf8 } from 'node:buffer'

/**
 * Reads what `git fast-export` writes (git-fast-import(1) describes the format), commit by commit. Contents go to a
 * `Spool`, since a later commit may name any earlier one: memory holds one command and the places of the contents.
 */
export interface Spool {
  readonly write: (bytes: Buffer) => number
  readonly read: (place: number) => Buffer
}

export interface ExportedChange {
  readonly path: string
  /** Null: gone, or no file any more (a link, a submodule). */
  readonly read: (() => Buffer) | null
}

export interface ExportedCommit {
  readonly id: string
  /** The committer's time in ms. */
  readonly at: number
  readonly changes: readonly ExportedChange[]
}

/** Larger files are no pages of documentation, and more than the server takes. */
const largestFile = 20_000_000

export async function* readFastExport(
  stream: AsyncIterable<Buffer>,
  spool: Spool,
): AsyncGenerator<ExportedCommit> {
  const input = createInput(stream)
  const places = new Map<string, number | null>()
  let line = await input.line()
  let ended = false
  while (line !== undefined) {
    if (line === 'blob') line = await readBlob(input, places, spool)
    else if (line.startsWith('commit ')) {
      const commit = await readCommit(input, places, spool)
      yield commit.commit
      line = commit.next
    } else {
      if (line === 'done') ended = true
      if (line.startsWith('data ')) await input.bytes(Number(line.slice(5)))
      line = await input.line()
    }
  }
  if (!ended) throw new Error('git fast-export ended early.')
}

async function readBlob(
  input: Input,
  places: Map<string, number | null>,
  spool: Spool,
): Promise<string | undefined> {
  let mark = ''
  for (;;) {
    const line = await input.line()
    if (line === undefined) return undefined
    if (line.startsWith('mark ')) mark = line.slice(5)
    else if (line.startsWith('data ')) {
      const size = Number(line.slice(5))
      const bytes = await input.bytes(size)
      places.set(mark, size > largestFile ? null : spool.write(bytes))
      return input.line()
    } else if (!line.startsWith('original-oid ')) return line
  }
}

async function readCommit(
  input: Input,
  places: ReadonlyMap<string, number | null>,
  spool: Spool,
): Promise<{ readonly commit: ExportedCommit; readonly next: string | undefined }> {
  let id = ''
  let at = 0
  const changes = new Map<string, ExportedChange>()
  for (;;) {
    const line = await input.line()
    if (line === undefined || line === 'blob' || /^(commit|reset|tag|done)\b/.test(line))
      return { commit: { id, at, changes: [...changes.values()] }, next: line }
    if (line.startsWith('original-oid ')) id = line.slice(13)
    else if (line.startsWith('committer ')) at = timeOf(line)
    else if (line.startsWith('data ')) await input.bytes(Number(line.slice(5)))
    else if (line.startsWith('D ')) {
      const path = unquoted(line.slice(2))
      changes.set(path, { path, read: null })
    } else if (line.startsWith('M ')) {
      const [, mode = '', ref = '', rest = ''] = /^M (\d+) (\S+) (.*)$/.exec(line) ?? []
      const path = unquoted(rest)
      const place = places.get(ref)
      // 100644 and 100755 are files; 120000 is a link, 160000 a submodule, which are no pages.
      if (!mode.startsWith('100') || place === undefined) changes.set(path, { path, read: null })
      else if (place !== null) changes.set(path, { path, read: () => spool.read(place) })
    }
  }
}

/** `committer Name <address> 1712345678 +0200`: seconds since 1970, whatever the zone says. */
function timeOf(line: string): number {
  const seconds = /> (-?\d+) [+-]\d{4}$/.exec(line)?.[1]
  if (seconds === undefined) throw new Error(`git fast-export gave no time: ${line}`)
  return Number(seconds) * 1000
}

/**
 * A path as written: in C quotes where it holds unusual bytes. Names need not be UTF-8; bytes that are none become `%E9`, so
 * that two files stay two.
 */
export function unquoted(path: string): string {
  if (!path.startsWith('"')) return path
  const bytes: number[] = []
  const named: Record<string, number> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11 }
  for (const piece of path.slice(1, -1).match(/\\[0-7]{3}|\\.|[^\\]+/g) ?? []) {
    if (/^\\[0-7]{3}$/.test(piece)) bytes.push(parseInt(piece.slice(1), 8))
    else if (piece.startsWith('\\')) bytes.push(named[piece.charAt(1)] ?? piece.charCodeAt(1))
    else bytes.push(...Buffer.from(piece))
  }
  return readable(Buffer.from(bytes))
}

function readable(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString()
  let name = ''
  for (let at = 0; at < bytes.length;) {
    const size = [1, 2, 3, 4].find(
      (n) => at + n <= bytes.length && isUtf8(bytes.subarray(at, at + n)),
    )
    const piece = bytes.subarray(at, at + (size ?? 1))
    name += size === undefined ? `%${piece.toString('hex').toUpperCase()}` : piece.toString()
    at += size ?? 1
  }
  return name
}

interface Input {
  /** Without its line feed; blank ones and comments are skipped. */
  line(): Promise<string | undefined>
  bytes(count: number): Promise<Buffer>
}

function createInput(stream: AsyncIterable<Buffer>): Input {
  const iterator = stream[Symbol.asyncIterator]()
  let held: Buffer = Buffer.alloc(0)
  let at = 0

  /** Adds pieces until so many bytes are there; false at the end. */
  async function fill(count: number): Promise<boolean> {
    const pieces = [held.subarray(at)]
    let size = held.length - at
    while (size < count) {
      const next = await iterator.next()
      if (next.done === true) break
      pieces.push(next.value)
      size += next.value.length
    }
    held = pieces.length === 1 ? (pieces[0] ?? held) : Buffer.concat(pieces)
    at = 0
    return size >= count
  }

  async function line(): Promise<string | undefined> {
    for (;;) {
      let feed = held.indexOf(10, at)
      while (feed === -1) {
        const had = held.length - at
        if (!(await fill(had + 1))) {
          if (had === 0) return undefined
          feed = held.length
        } else feed = held.indexOf(10, had)
      }
      const text = held.toString('utf8', at, feed)
      at = Math.min(feed + 1, held.length)
      if (text !== '' && !text.startsWith('#')) return text
    }
  }

  return {
    line,
    async bytes(count) {
      if (held.length - at < count && !(await fill(count)))
        throw new Error('git fast-export ended early.')
      const taken = Buffer.from(held.subarray(at, at + count))
      at += count
      return taken
    },
  }
}
