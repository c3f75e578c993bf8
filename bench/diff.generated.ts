/** A made-up history of documentation pages, for when no real one is at hand. */

const words =
  `agent policy sandbox key value table group member default allow deny prompt approve network
   domain command rule file path config server token session page version diff history source
   schedule notice label field number text list item section note warning example`.split(/\s+/)

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Three moments of 300 pages, about 1.3 MB: the last two differ little, the first from them much. */
export function generatedVersions(): readonly ReadonlyMap<string, string>[] {
  const random = seeded(5)
  const pick = (count: number) => Math.floor(random() * count)
  const sentence = (length: number) =>
    Array.from({ length }, () => words[pick(words.length)] ?? '').join(' ')
  const section = (): readonly string[] => {
    const kind = pick(4)
    if (kind === 0) return ['| Key | Meaning |', '| --- | --- |', ...rows(), '']
    if (kind === 1) return ['```toml', ...Array.from({ length: 4 + pick(9) }, setting), '```', '']
    if (kind === 2) return [...Array.from({ length: 3 + pick(6) }, () => `- ${sentence(9)}`), '']
    return [`## ${sentence(3)}`, '', `${sentence(20 + pick(60))}.`, '']
  }
  const rows = () =>
    Array.from({ length: 3 + pick(9) }, () => `| \`${sentence(1)}\` | ${sentence(12)} |`)
  const setting = () => `${sentence(1)} = ${pick(100)}`
  const page = () => Array.from({ length: 20 + pick(20) }, section).flat()
  const edited = (lines: readonly string[], share: number): readonly string[] =>
    lines.flatMap((line) => {
      if (random() >= share) return [line]
      const what = pick(4)
      if (what === 0) return []
      if (what === 1) return [line, ...section()]
      return line.includes(' ') ? [line.replace(/ \w+/, ` ${sentence(1)}`)] : [line]
    })
  const first = Array.from({ length: 300 }, page)
  const second = first.map((lines) => edited(lines, 0.2))
  const third = second.map((lines) => (random() < 0.1 ? edited(lines, 0.05) : lines))
  return [first, second, third].map(
    (pages) => new Map(pages.map((lines, i) => [`page-${i}.md`, `${lines.join('\n')}\n`])),
  )
}
