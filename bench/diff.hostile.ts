/** Pairs of texts that comparisons of lines find hard. */
export interface HostileInput {
  readonly name: string
  readonly left: string
  readonly right: string
}

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Each of so many lines on both sides. */
export function hostileInputs(lines: number): readonly HostileInput[] {
  const random = seeded(11)
  const make = (line: (index: number) => string | number): readonly string[] =>
    Array.from({ length: lines }, (_, index) => `${line(index)}\n`)
  const kinds = (count: number) => make(() => `kind ${Math.floor(random() * count)}`)
  const unique = make((index) => `line ${index}`)
  const shuffled = [...unique]
  for (let i = lines - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[shuffled[i], shuffled[j]] = [shuffled[j] ?? '', shuffled[i] ?? '']
  }
  const input = (name: string, left: readonly string[], right: readonly string[]) => ({
    name,
    left: left.join(''),
    right: right.join(''),
  })
  const padded = (index: number) => `${'x'.repeat(30)}${index}${'y'.repeat(30)}`
  return [
    input('unrelated, two kinds of lines', kinds(2), kinds(2)),
    input('unrelated, ten kinds of lines', kinds(10), kinds(10)),
    input('unrelated, a thousand kinds', kinds(1000), kinds(1000)),
    input('unrelated, each line about twice', kinds(lines / 2), kinds(lines / 2)),
    input('every line once, shuffled', unique, shuffled),
    input('every line once, reversed', unique, unique.toReversed()),
    input(
      'all lines equal, half as many',
      make(() => 'x'),
      make(() => 'x').slice(lines / 2),
    ),
    input(
      'nothing in common',
      unique,
      make((index) => `other ${index}`),
    ),
    input(
      'anchors crossed in blocks of three',
      make((i) => `u ${i}`),
      make((i) => `u ${i - (i % 3) + (2 - (i % 3))}`),
    ),
    input(
      'one anchor in forty, the rest of ten kinds',
      make((i) => (i % 40 === 0 ? `anchor ${i}` : `kind ${Math.floor(random() * 10)}`)),
      make((i) => (i % 40 === 0 ? `anchor ${i}` : `kind ${Math.floor(random() * 10)}`)),
    ),
    input(
      'one anchor in thirty, out of order',
      make((i) => (i % 30 === 0 ? `anchor ${i}` : `kind ${i % 7}`)),
      make((i) => (i % 30 === 0 ? `anchor ${lines - i}` : `kind ${i % 5}`)),
    ),
    input(
      'equal but for their middles',
      make(padded),
      make((i) => padded(i + 1)),
    ),
    input(
      'periods of 177 mirrored',
      make((i) => i % 177),
      make((i) => 176 - (i % 177)),
    ),
  ]
}
