import { isBlank, textOf, type Entry, type Node, type Plain, type TableNode } from '../tree.ts'
import type { LayerKind, ReadLayer } from './layer.ts'
import { CURRENT, OLDER, placeOf, type How, type Places } from './special.ts'
import type { TakenEntry, TakenTable } from './taken.ts'

/**
 * `current`: the client 0.169, measured. `older`: clients before July 2026, as their documentation describes them and
 * never compared with one.
 */
export type Generation = 'current' | 'older'

/** A place in the text of a layer; `layer` counts in the order in which the layers were given. */
export interface Origin {
  readonly layer: number
  readonly line: number
  readonly column: number
}

/** What a lower layer said (or, where a false stays, a higher one) and does not count. */
export interface Beaten extends Origin {
  readonly value: Plain
}

/** A key that is in force, with its why. */
export interface ComposedKey {
  /** Dotted. */
  readonly key: string
  readonly path: readonly string[]
  readonly value: Plain
  /** Where it comes from; for a list that layers add to, one for each item. */
  readonly from: readonly Origin[]
  /** The value is a list to which layers add. */
  readonly gathered: boolean
  readonly beat: readonly Beaten[]
}

/** Two layers that cannot both be followed, as the client compares them. */
export interface Conflict {
  readonly key: string
  readonly between: readonly [Beaten, Beaten]
}

export interface Folded {
  /** Indexes of the layers as given, the one that wins first. */
  readonly order: readonly number[]
  readonly keys: readonly ComposedKey[]
  readonly root: TableNode
  readonly conflict?: Conflict
}

/** Highest first. Delivered fragments stand among each other as they were delivered. */
const RANKS: Readonly<Record<Generation, readonly LayerKind[]>> = {
  // Where MDM stands is documented and was not seen: there is none on Linux. The others are measured.
  current: ['mdm', 'legacy', 'delivered', 'system'],
  older: ['delivered', 'mdm', 'system', 'legacy'],
}

/** Layers in the order in which they win. */
export function orderOf(
  kinds: readonly LayerKind[],
  generation: Generation = 'current',
): readonly number[] {
  const ranks = RANKS[generation]
  return kinds
    .map((kind, index) => ({ rank: ranks.indexOf(kind), index }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ index }) => index)
}

/** One layer's entry under a key. */
interface Claim {
  readonly layer: number
  readonly entry: TakenEntry
}

interface Table {
  readonly layer: number
  readonly node: TakenTable
}

/** Composes layers that were read; pure, and as fast as the number of keys. */
export function fold(layers: readonly ReadLayer[], generation: Generation = 'current'): Folded {
  const kinds = layers.map(({ layer }) => layer.kind)
  const order = orderOf(kinds, generation)
  const folding = new Folding(layers)
  const tables = order.flatMap((layer) => {
    const node = layers[layer]?.root
    return node === undefined ? [] : [{ layer, node }]
  })
  const places = generation === 'current' ? CURRENT : OLDER
  const root = folding.tables(tables, '', [], places)
  const { conflict } = folding
  return { order, keys: folding.keys, root, ...(conflict === undefined ? {} : { conflict }) }
}

class Folding {
  readonly keys: ComposedKey[] = []
  conflict: Conflict | undefined
  private readonly layers: readonly ReadLayer[]

  constructor(layers: readonly ReadLayer[]) {
    this.layers = layers
  }

  tables(
    tables: readonly Table[],
    prefix: string,
    path: readonly string[],
    places: Places | undefined,
  ): TableNode {
    const [only, second] = tables
    if (only !== undefined && second === undefined && places === undefined)
      return this.alone(only, prefix, path)
    const entries = new Map<string, Entry>()
    for (const [name, claims] of claimsOf(tables)) {
      const [top] = claims
      if (top === undefined) continue
      const { written } = top.entry
      const key = prefix === '' ? written : `${prefix}.${written}`
      entries.set(name, this.claimed(claims, top, key, [...path, name], placeOf(places, name)))
    }
    return { kind: 'table', span: only?.node.span ?? { from: 0, to: 0 }, entries }
  }

  /** What only one layer says stays as it is. */
  private alone({ layer, node }: Table, prefix: string, path: readonly string[]): TableNode {
    for (const entry of node.entries.values()) {
      const key = `${prefix}.${entry.written}`
      const here = [...path, entry.key]
      const claim = { layer, entry }
      if (entry.value.kind === 'table' && entry.value.entries.size > 0)
        this.alone({ layer, node: entry.value }, key, here)
      else this.won(claim, [claim], key, here)
    }
    return node
  }

  private claimed(
    claims: readonly Claim[],
    top: Claim,
    key: string,
    path: readonly string[],
    place: How | Places | undefined,
  ): Entry {
    if (typeof place === 'string') return this.special(place, claims, top, key, path)
    if (top.entry.value.kind !== 'table') return this.won(top, claims, key, path)
    // The tables from the top down to the first that is none: what lies below that was replaced by it.
    const tables: Table[] = []
    for (const { layer, entry } of claims) {
      if (entry.value.kind !== 'table') break
      tables.push({ layer, node: entry.value })
    }
    const before = this.keys.length
    const merged = this.tables(tables, key, path, place)
    if (this.keys.length === before) return this.won(top, claims, key, path)
    const lost = claims.slice(tables.length).map(beaten)
    if (lost.length > 0)
      for (let i = before; i < this.keys.length; i += 1) {
        const one = this.keys[i]
        if (one !== undefined) this.keys[i] = { ...one, beat: [...one.beat, ...lost] }
      }
    return { ...top.entry, value: merged }
  }

  private special(
    how: How,
    claims: readonly Claim[],
    top: Claim,
    key: string,
    path: readonly string[],
  ): Entry {
    if (how === 'append' || how === 'union')
      return this.gathered(how === 'union', claims, top, key, path)
    if (how === 'agree') this.agreed(claims, top, key)
    if (how === 'false_stays') {
      const off = claims.find(({ entry }) => isFalse(entry.value))
      return this.won(off ?? top, claims, key, path)
    }
    // A blank text is none (documented).
    const said = claims.find(
      ({ entry }) => key !== BLANKABLE || !isBlank(textOf(entry.value) ?? ''),
    )
    return this.won(said ?? top, claims, key, path)
  }

  private won(
    winner: Claim,
    claims: readonly Claim[],
    key: string,
    path: readonly string[],
  ): Entry {
    const beat = claims.length === 1 ? NONE : claims.filter((c) => c !== winner).map(beaten)
    this.keys.push({
      key,
      path,
      value: winner.entry.plain,
      from: [originOf(winner)],
      gathered: false,
      beat,
    })
    return winner.entry
  }

  private gathered(
    once: boolean,
    claims: readonly Claim[],
    top: Claim,
    key: string,
    path: readonly string[],
  ): Entry {
    const items: Node[] = []
    const value: Plain[] = []
    const from: Origin[] = []
    const beat: Beaten[] = []
    const seen = new Set<string>()
    for (const { layer, entry } of claims) {
      if (entry.value.kind !== 'list') continue
      const plains = Array.isArray(entry.plain) ? (entry.plain as readonly Plain[]) : []
      for (const [index, item] of entry.value.items.entries()) {
        const plain = plains[index] ?? ''
        const origin = this.origin(layer, item.span.from)
        const same = once ? JSON.stringify(plain) : undefined
        if (same !== undefined && seen.has(same)) {
          beat.push({ ...origin, value: plain })
          continue
        }
        if (same !== undefined) seen.add(same)
        items.push(item)
        value.push(plain)
        from.push(origin)
      }
    }
    if (from.length === 0) from.push(originOf(top))
    this.keys.push({ key, path, value, from, gathered: true, beat })
    const list: Node = { kind: 'list', span: top.entry.value.span, inline: true, items }
    return { ...top.entry, value: list }
  }

  /** The client names the highest layer and the first below it that says another folder. */
  private agreed(claims: readonly Claim[], top: Claim, key: string): void {
    const folder = textOf(top.entry.value) ?? ''
    const other = claims.find(({ entry }) => !isSamePath(textOf(entry.value) ?? '', folder))
    if (other === undefined || this.conflict !== undefined) return
    this.conflict = { key, between: [beaten(top), beaten(other)] }
  }

  private origin(layer: number, offset: number): Origin {
    const place = this.layers[layer]?.ruler.place(offset)
    return { layer, line: place?.line ?? 1, column: place?.column ?? 1 }
  }
}

/** Which layers say something of which key, the highest first. */
function claimsOf(tables: readonly Table[]): ReadonlyMap<string, readonly Claim[]> {
  const claims = new Map<string, Claim[]>()
  for (const { layer, node } of tables)
    for (const [name, entry] of node.entries) {
      const there = claims.get(name)
      if (there === undefined) claims.set(name, [{ layer, entry }])
      else there.push({ layer, entry })
    }
  return claims
}

function originOf({ layer, entry: { line, column } }: Claim): Origin {
  return { layer, line, column }
}

function beaten(claim: Claim): Beaten {
  return { ...originOf(claim), value: claim.entry.plain }
}

const NONE: readonly never[] = []
const BLANKABLE = 'guardian_policy_config'

function isFalse(node: Node): boolean {
  return node.kind === 'boolean' && node.value === false
}

/** As Rust compares paths: doubled and closing slashes and single dots do not count, two dots are not resolved (measured). */
function isSamePath(a: string, b: string): boolean {
  return parts(a) === parts(b)
}

function parts(path: string): string {
  const [first = '', ...rest] = path.split('/')
  const kept = rest.filter((part) => part !== '' && part !== '.')
  return [path.startsWith('/') ? '/' : first, ...kept].join('\0')
}
