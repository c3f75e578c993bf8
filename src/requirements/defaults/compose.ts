import type { Beaten, ComposedKey } from '../compose/index.ts'
import { readToml, rulerOf, type Ruler } from '../positions.ts'
import { toPlain, writeKey, type Entry, type PlainTable, type TableNode } from '../tree.ts'

/** Where a config.toml comes from, the one that wins first (seen in `config/read` of the client 0.169). */
export const DEFAULTS_RANKS = [
  'managed',
  'flags',
  'project',
  'user',
  'delivered',
  'system',
] as const

export interface DefaultsLayer {
  readonly id: string
  /**
   * managed: `/etc/codex/managed_config.toml`; flags: `-c`; project: `.codex/config.toml` of a trusted project; user:
   * `~/.codex/config.toml`; delivered: the defaults of a policy; system: `/etc/codex/config.toml`.
   */
  readonly kind: (typeof DEFAULTS_RANKS)[number]
  readonly name: string
  readonly text: string
}

export interface ComposedDefaults {
  /** In the order in which the winning layers have them. */
  readonly keys: readonly ComposedKey[]
  readonly document: PlainTable
  /** Layers that are no TOML, by their position: the client does not start with them. */
  readonly unreadable: readonly {
    readonly layer: number
    readonly line: number
    readonly column: number
    readonly message: string
  }[]
}

/**
 * Puts several config.toml together as the client does: the highest layer that says something of a key wins, tables are
 * merged key by key, lists are replaced whole. Delivered layers stand in the order of the bundle, highest first.
 */
export function composeDefaults(layers: readonly DefaultsLayer[]): ComposedDefaults {
  const tables: Table[] = []
  const unreadable: ComposedDefaults['unreadable'][number][] = []
  for (const layer of orderOfDefaults(layers)) {
    const text = layers[layer]?.text ?? ''
    const ruler = rulerOf(text)
    const read = readToml(text)
    if ('root' in read) tables.push({ layer, ruler, node: read.root })
    else
      unreadable.push({
        layer,
        ...ruler.place(read.unreadable.span.from),
        message: read.unreadable.message,
      })
  }
  const keys: ComposedKey[] = []
  const document = merge(tables, [], [], keys)
  return { keys, document, unreadable }
}

/** Positions of the layers, the one that wins first. */
export function orderOfDefaults(layers: readonly Pick<DefaultsLayer, 'kind'>[]): readonly number[] {
  const rank = (layer: number): number => DEFAULTS_RANKS.indexOf(layers[layer]?.kind ?? 'system')
  return layers.map((_, layer) => layer).sort((a, b) => rank(a) - rank(b) || a - b)
}

interface Table {
  readonly layer: number
  readonly ruler: Ruler
  readonly node: TableNode
}

interface Claim extends Table {
  readonly entry: Entry
}

/** Old names that the client takes for the new ones before it puts layers together; the new name beats the old in one file. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['agents.max_threads', 'max_concurrent_threads_per_session'],
  ['memories.no_memories_if_mcp_or_web_search', 'disable_on_external_context'],
])

/** @param replaced what a table above was put in place of. */
function merge(
  tables: readonly Table[],
  path: readonly string[],
  replaced: readonly Beaten[],
  keys: ComposedKey[],
): PlainTable {
  const claims = new Map<string, Claim[]>()
  for (const table of tables)
    for (const entry of table.node.entries.values()) {
      const renamed = RENAMED.get([...path, entry.key].join('.'))
      if (renamed !== undefined && table.node.entries.has(renamed)) continue
      const name = renamed ?? entry.key
      claims.set(name, [...(claims.get(name) ?? []), { ...table, entry }])
    }
  const entries = [...claims].map(([name, [top, ...others]]) => {
    const here = [...path, name]
    if (top === undefined) return [name, {}] as const
    const { value } = top.entry
    if (value.kind === 'table' && (value.entries.size > 0 || others.length > 0)) {
      const below = [top, ...others]
      const end = below.findIndex((claim) => claim.entry.value.kind !== 'table')
      const merged = end === -1 ? below : below.slice(0, end)
      const lost = end === -1 ? [] : below.slice(end).map(beaten)
      const nodes = merged.map((claim) => ({ ...claim, node: claim.entry.value as TableNode }))
      return [name, merge(nodes, here, [...lost, ...replaced], keys)] as const
    }
    const { layer, line, column, value: plain } = beaten(top)
    keys.push({
      key: here.map(writeKey).join('.'),
      path: here,
      value: plain,
      from: [{ layer, line, column }],
      gathered: false,
      beat: [...others.map(beaten), ...replaced],
    })
    return [name, plain] as const
  })
  return Object.fromEntries(entries)
}

function beaten({ layer, ruler, entry }: Claim): Beaten {
  return { layer, ...ruler.place(entry.keySpan.from), value: toPlain(entry.value) }
}
