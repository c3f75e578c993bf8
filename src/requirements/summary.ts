import { writeKey, type Plain, type PlainTable } from './tree.ts'

/** One setting of a policy as it is shown in lists: a dotted key and its value in TOML notation. */
export interface SummaryLine {
  readonly key: string
  readonly value: string
}

/** A setting that differs. `before` is absent when it is new, `after` when it is gone. */
export interface ChangedKey {
  readonly key: string
  readonly before?: string
  readonly after?: string
}

/**
 * A policy as flat lines, sorted by key. Tables are taken apart; lists stay whole, because the
 * client replaces them whole. An empty table is a line of its own: `mcp_servers = {}` means much.
 */
export function summarise(document: PlainTable): readonly SummaryLine[] {
  const lines: SummaryLine[] = []
  flatten(document, '', lines)
  return lines.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}

/** What differs between two policies (either may be missing), sorted by key. */
export function changedKeys(
  before: PlainTable | undefined,
  after: PlainTable | undefined,
): readonly ChangedKey[] {
  const old = new Map(summarise(before ?? {}).map((line) => [line.key, line.value]))
  const now = new Map(summarise(after ?? {}).map((line) => [line.key, line.value]))
  const keys = [...new Set([...old.keys(), ...now.keys()])].sort()
  return keys
    .filter((key) => old.get(key) !== now.get(key))
    .map((key) => {
      const was = old.get(key)
      const is = now.get(key)
      return {
        key,
        ...(was === undefined ? {} : { before: was }),
        ...(is === undefined ? {} : { after: is }),
      }
    })
}

function flatten(table: PlainTable, prefix: string, lines: SummaryLine[]): void {
  for (const [name, value] of Object.entries(table)) {
    const key = prefix === '' ? writeKey(name) : `${prefix}.${writeKey(name)}`
    if (isTable(value) && Object.keys(value).length > 0) flatten(value, key, lines)
    else lines.push({ key, value: written(value) })
  }
}

function isTable(value: Plain): value is PlainTable {
  return typeof value === 'object' && !Array.isArray(value)
}

/** TOML notation on one line. */
function written(value: Plain): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object') return String(value)
  if (!isTable(value)) return `[${value.map(written).join(', ')}]`
  const pairs = Object.entries(value).map(
    ([name, inner]) => `${writeKey(name)} = ${written(inner)}`,
  )
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
}
