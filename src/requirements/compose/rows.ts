import { writeValue } from '../edit/write.ts'
import type { Plain } from '../tree.ts'
import type { Beaten, ComposedKey, Origin } from './fold.ts'

/** A line of the table of what is in force: a key, or one item of a list to which layers add. */
export interface ComposedRow {
  /** Dotted, an item with its number: `rules.prefix_rules[0]`. */
  readonly key: string
  /** In TOML, on one line. */
  readonly value: string
  readonly from: Origin
  readonly beat: readonly (Origin & { readonly value: string })[]
}

/** Keys as their answer over the network has them: the values are not looked at before they are written. */
export type ShownKey = Pick<ComposedKey, 'key' | 'gathered' | 'from'> & {
  readonly value?: unknown
  readonly beat: readonly (Omit<Beaten, 'value'> & { readonly value?: unknown })[]
}

/** What is in force as a table; the order stays. */
export function rowsOf(keys: readonly ShownKey[]): readonly ComposedRow[] {
  return keys.flatMap(({ key, value, from, gathered, beat }) => {
    const lost = beat.map((one) => ({ ...one, value: written(one.value) }))
    const [origin] = from
    if (origin === undefined) return []
    if (!gathered || !Array.isArray(value) || value.length === 0)
      return [{ key, value: written(value), from: origin, beat: lost }]
    return value.map((item: unknown, index) => ({
      key: `${key}[${index}]`,
      value: written(item),
      from: from[index] ?? origin,
      // What repeats an item lost against that item.
      beat: lost.filter((one) => one.value === written(item)),
    }))
  })
}

function written(value: unknown): string {
  return writeValue(value as Plain, { newline: '\n', lines: false })
}
