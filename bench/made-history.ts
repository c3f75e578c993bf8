import type { HistoryCommit } from './git-history.ts'

/** A small generator that gives the same numbers each time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface MadeHistory {
  readonly pages: number
  readonly commits: number
  /** Pages that change in a commit, on average. */
  readonly changed: number
}

/**
 * A history of documentation that nobody wrote: headings, paragraphs, lists, tables and code, edited as real pages are.
 * Of the edits a third pad a table anew, and some pages flip between two renderings.
 */
export function* makeHistory(
  { pages, commits, changed }: MadeHistory,
  seed = 1,
): Generator<HistoryCommit> {
  const random = seeded(seed)
  const below = (n: number): number => Math.floor(random() * n)
  const words = Array.from({ length: 3000 }, () => makeWord(below))
  // Common words are common (Zipf), as in a language.
  const word = (): string => words[Math.floor(words.length ** random()) - 1] ?? 'a'
  const sentence = (least: number): string =>
    Array.from({ length: least + below(20) }, word).join(' ')
  const row = (width: number): string =>
    `| ${Array.from({ length: 3 }, () => word().padEnd(width)).join(' | ')} |\n`
  const block = (): string[] => {
    const kind = below(10)
    if (kind < 2) return [`## ${sentence(2)}\n`, '\n']
    if (kind < 6) return [`${sentence(20)}.\n`, '\n']
    if (kind < 8) return [...Array.from({ length: 4 }, () => `- ${sentence(6)}\n`), '\n']
    if (kind < 9) {
      const rows = Array.from({ length: 6 }, () => row(12))
      return [row(12), '| --- | --- | --- |\n', ...rows, '\n']
    }
    return [
      '```toml\n',
      ...Array.from({ length: 5 }, () => `${word()} = "${word()}"\n`),
      '```\n',
      '\n',
    ]
  }
  const edit = (lines: string[]): string[] => {
    const next = [...lines]
    for (let edits = 1 + below(6); edits > 0; edits--) {
      const at = below(next.length)
      const kind = below(10)
      if (kind < 4) next[at] = (next[at] ?? '').replace(/\w+/, word())
      else if (kind < 6) next.splice(at, 0, ...block())
      else if (kind < 7) next.splice(at, 1 + below(4))
      else {
        const width = 8 + below(30)
        for (let i = at; i < Math.min(next.length, at + 12); i++)
          next[i] = (next[i] ?? '').replace(
            /^\| (\S+) +\|/,
            (_, cell: string) => `| ${cell.padEnd(width)} |`,
          )
      }
    }
    return next
  }
  const texts = Array.from({ length: pages }, () => ({
    now: Array.from({ length: 20 + below(60) }, block).flat(),
    before: undefined as string[] | undefined,
  }))
  const blobOf = (lines: readonly string[]) => Buffer.from(lines.join(''))
  const path = (page: number) => `docs/page-${page}.md`
  const start = Date.UTC(2025, 0, 1)
  yield {
    at: start,
    message: 'The first state',
    files: texts.map(({ now }, page) => ({ path: path(page), blob: blobOf(now) })),
  }
  for (let commit = 1; commit < commits; commit++) {
    const touched = new Set(
      Array.from({ length: changed }, () => Math.floor(pages * random() ** 2)),
    )
    const files = [...touched].map((page) => {
      const text = texts[page]
      if (text === undefined) throw new Error('There is no such page.')
      const flips = page % 10 === 0 && text.before !== undefined && random() < 0.5
      const next = flips ? (text.before ?? []) : edit(text.now)
      text.before = text.now
      text.now = next
      return { path: path(page), blob: blobOf(next) }
    })
    yield { at: start + commit * 86_400_000, message: `Day ${commit}`, files }
  }
}

function makeWord(below: (n: number) => number): string {
  const part = (letters: string): string => letters[below(letters.length)] ?? ''
  return Array.from(
    { length: 1 + below(4) },
    () => part('bcdfglmnprstv') + part('aeiou') + (below(3) === 0 ? part('nrstl') : ''),
  ).join('')
}
