/**
 * The candidate that a mistyped word most likely means: the same but for case and `-`/`_`, or at
 * most a third of its letters away (insertions, deletions, replacements, neighbours swapped).
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > 64) return undefined
  const plain = flatten(word)
  let best: string | undefined
  let least = Math.min(3, Math.ceil(word.length / 3)) + 0.5
  for (const candidate of candidates) {
    if (candidate === word) continue
    const flat = flatten(candidate)
    if (flat === plain) return candidate
    if (Math.abs(flat.length - plain.length) >= least) continue
    const far = distance(plain, flat)
    if (far < least) {
      least = far
      best = candidate
    }
  }
  return best
}

function flatten(word: string): string {
  return word.toLowerCase().replaceAll(/[-\s]/g, '_')
}

/** Optimal string alignment distance. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(
        (above[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (above[j - 1] ?? 0) + (same ? 0 : 1),
      )
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      row.push(cost)
    }
    before = above
    above = row
  }
  return above[b.length] ?? 0
}
