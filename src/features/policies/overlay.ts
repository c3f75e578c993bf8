/**
 * A map that differs from another one in a few entries. A snapshot never changes, and copying the map of all members
 * whenever one of them changes costs as much as there are members. This one is a hash trie of small arrays, and a change copies
 * those on the way to it: 100 changes cost the same beside 1,000 members and beside 100,000, each time.
 */

/** The entries of a leaf, keys and values in turn, or 16 parts by the next four bits of the hash. */
type Leaf = unknown[] & { readonly kind?: 'leaf' }
interface Branch {
  readonly parts: (Node | undefined)[]
}
type Node = Leaf | Branch

const bits = 4
const hashBits = 32
/** More entries than this become a branch, while the hash has bits left. */
const mostInLeaf = 8

/** `base` with the entries of `keys` as `now` has them; those that it has not are gone. */
export function overlay<V>(
  base: ReadonlyMap<string, V>,
  keys: readonly string[],
  now: ReadonlyMap<string, V>,
): ReadonlyMap<string, V> {
  if (keys.length === 0) return base
  const edit = new Edit(base instanceof Trie ? (base as Trie<V>) : undefined)
  if (!(base instanceof Trie)) for (const [key, value] of base) edit.set(key, value)
  for (const key of keys) {
    const value = now.get(key)
    if (value === undefined) edit.delete(key)
    else edit.set(key, value)
  }
  return new Trie<V>(edit.root, edit.size)
}

/** What one change has copied already is changed in place. */
class Edit {
  root: Node
  size: number
  readonly #own = new Set<Node>()

  constructor(base: Trie<unknown> | undefined) {
    this.root = base?.root ?? []
    this.size = base?.size ?? 0
  }

  set(key: string, value: unknown): void {
    this.root = this.#with(this.root, key, value, hashOf(key), 0)
  }

  delete(key: string): void {
    this.root = this.#with(this.root, key, undefined, hashOf(key), 0)
  }

  #with(node: Node, key: string, value: unknown, hash: number, depth: number): Node {
    if (!Array.isArray(node)) {
      const index = (hash >>> depth) & 15
      const part = node.parts[index] ?? []
      const next = this.#with(part, key, value, hash, depth + bits)
      if (next === part) return node
      const own = this.#own.has(node) ? node : this.#owned({ parts: [...node.parts] })
      own.parts[index] = next
      return own
    }
    const at = place(node, key)
    if (value === undefined && at < 0) return node
    const own = this.#own.has(node) ? node : this.#owned([...node])
    if (value === undefined) {
      own.splice(at, 2)
      this.size--
    } else if (at >= 0) own[at + 1] = value
    else {
      own.push(key, value)
      this.size++
    }
    return own.length > 2 * mostInLeaf && depth < hashBits ? this.#split(own, depth) : own
  }

  #split(leaf: Leaf, depth: number): Branch {
    const branch = this.#owned({ parts: Array<Node | undefined>(16).fill(undefined) })
    for (let i = 0; i < leaf.length; i += 2) {
      const index = (hashOf(leaf[i] as string) >>> depth) & 15
      const part = branch.parts[index] as Leaf | undefined
      if (part) part.push(leaf[i], leaf[i + 1])
      else branch.parts[index] = this.#owned([leaf[i], leaf[i + 1]])
    }
    return branch
  }

  #owned<N extends Node>(node: N): N {
    this.#own.add(node)
    return node
  }
}

function place(leaf: Leaf, key: string): number {
  for (let i = 0; i < leaf.length; i += 2) if (leaf[i] === key) return i
  return -1
}

/** By the end of the key, which is random in our ids. */
function hashOf(key: string): number {
  let hash = 0
  for (let i = Math.max(0, key.length - 8); i < key.length; i++)
    hash = Math.imul(hash, 31) + key.charCodeAt(i)
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return mixed ^ (mixed >>> 13)
}

function* entriesOf(node: Node): Generator<[string, unknown]> {
  if (Array.isArray(node))
    for (let i = 0; i < node.length; i += 2) yield [node[i] as string, node[i + 1]]
  else for (const part of node.parts) if (part) yield* entriesOf(part)
}

class Trie<V> implements ReadonlyMap<string, V> {
  readonly root: Node
  readonly size: number

  constructor(root: Node, size: number) {
    this.root = root
    this.size = size
  }

  get(key: string): V | undefined {
    let node: Node | undefined = this.root
    for (let hash = hashOf(key); node && !Array.isArray(node); hash >>>= bits)
      node = node.parts[hash & 15]
    if (!node) return undefined
    const at = place(node, key)
    return at < 0 ? undefined : (node[at + 1] as V)
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  *entries(): MapIterator<[string, V]> {
    yield* entriesOf(this.root) as Generator<[string, V]>
  }

  *keys(): MapIterator<string> {
    for (const [key] of this.entries()) yield key
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries()
  }

  forEach(callback: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this)
  }
}
