/**
 * A map that differs from another one in a few entries. A snapshot never changes, and copying the map of all members
 * whenever one of them changes costs as much as there are members. This one is kept in many small parts, and a change copies
 * those in which something changes: 100 changes cost the same beside 1,000 members and beside 100,000, each time.
 */

/** Parts are made so that this many entries fall into each, and made anew when it is four times as many. */
const entriesEach = 16
const mostParts = 4096

/** `base` with the entries of `keys` as `now` has them; those that it has not are gone. */
export function overlay<V>(
  base: ReadonlyMap<string, V>,
  keys: readonly string[],
  now: ReadonlyMap<string, V>,
): ReadonlyMap<string, V> {
  if (keys.length === 0) return base
  const { parts } = inParts(base, base.size + keys.length)
  const next = [...parts]
  const own = new Set<number>()
  let { size } = base
  for (const key of keys) {
    const index = indexOf(key, next.length)
    let part = next[index]
    if (!part) continue
    if (!own.has(index)) {
      part = new Map(part)
      next[index] = part
      own.add(index)
    }
    const value = now.get(key)
    size += Number(value !== undefined) - Number(part.has(key))
    if (value === undefined) part.delete(key)
    else part.set(key, value)
  }
  return new Parts(next, size)
}

function inParts<V>(base: ReadonlyMap<string, V>, size: number): Parts<V> {
  const known = base instanceof Parts ? (base as Parts<V>) : undefined
  if (known && (size <= known.parts.length * entriesEach * 4 || known.parts.length === mostParts))
    return known
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, size / entriesEach)))
  const parts = Array.from({ length: Math.min(mostParts, wanted) }, () => new Map<string, V>())
  for (const [key, value] of base) parts[indexOf(key, parts.length)]?.set(key, value)
  return new Parts(parts, base.size)
}

/** By the end of the key, which is random in our ids. `count` is a power of two. */
function indexOf(key: string, count: number): number {
  let hash = 0
  for (let i = Math.max(0, key.length - 6); i < key.length; i++)
    hash = Math.imul(hash, 31) + key.charCodeAt(i)
  return (hash ^ (hash >>> 12)) & (count - 1)
}

class Parts<V> implements ReadonlyMap<string, V> {
  readonly parts: readonly Map<string, V>[]
  readonly size: number

  constructor(parts: readonly Map<string, V>[], size: number) {
    this.parts = parts
    this.size = size
  }

  get(key: string): V | undefined {
    return this.parts[indexOf(key, this.parts.length)]?.get(key)
  }

  has(key: string): boolean {
    return this.parts[indexOf(key, this.parts.length)]?.has(key) === true
  }

  *entries(): MapIterator<[string, V]> {
    for (const part of this.parts) yield* part
  }

  *keys(): MapIterator<string> {
    for (const part of this.parts) yield* part.keys()
  }

  *values(): MapIterator<V> {
    for (const part of this.parts) yield* part.values()
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries()
  }

  forEach(callback: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this)
  }
}
