/** A version as the client reports it: numbers with dots between, and what stands behind a hyphen comes before the release. */
interface Version {
  readonly numbers: readonly number[]
  readonly before: string
}

const shape = /^v?(\d{1,9}(?:\.\d{1,9}){0,3})(?:-([0-9A-Za-z.-]+))?(?:\+\S*)?$/

function read(text: string): Version | undefined {
  const match = shape.exec(text.trim())
  return match
    ? { numbers: (match[1] ?? '').split('.').map(Number), before: match[2] ?? '' }
    : undefined
}

export const isVersion = (text: string): boolean => read(text) !== undefined

/** Whether a version is at least another (Semantic Versioning 2.0, section 11); undefined: one of them is no version. */
export function atLeast(version: string, floor: string): boolean | undefined {
  const [a, b] = [read(version), read(floor)]
  if (!a || !b) return undefined
  for (let i = 0; i < Math.max(a.numbers.length, b.numbers.length); i++) {
    const difference = (a.numbers[i] ?? 0) - (b.numbers[i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return inOrder(a.before, b.before) >= 0
}

/** Of what stands behind the hyphen; nothing there is the release itself, and above all of it. */
function inOrder(a: string, b: string): number {
  if (a === b) return 0
  if (a === '') return 1
  if (b === '') return -1
  const [left, right] = [a.split('.'), b.split('.')]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = ofParts(left[i], right[i])
    if (difference !== 0) return difference
  }
  return 0
}

/** Fewer parts come first, numbers before words. */
function ofParts(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined) return -1
  if (b === undefined) return 1
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (left && right) return Number(a) - Number(b)
  if (left !== right) return left ? -1 : 1
  return a < b ? -1 : 1
}
