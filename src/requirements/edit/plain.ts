import type { Path, Plain, PlainTable } from '../tree.ts'
import { isList, isTable } from './write.ts'

// The same edits on plain values: what a text must mean after it was edited.

export function same(a: Plain | undefined, b: Plain | undefined): boolean {
  if (isList(a))
    return isList(b) && a.length === b.length && a.every((item, index) => same(item, b[index]))
  if (!isTable(a)) return Object.is(a, b) || (a === 0 && b === 0)
  if (!isTable(b)) return false
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]))
  )
}

/** The value at a path. */
export function valueAt(root: Plain, path: Path): Plain | undefined {
  let value: Plain | undefined = root
  for (const step of path) value = child(value, step)
  return value
}

export function child(value: Plain | undefined, step: string | number): Plain | undefined {
  if (typeof step === 'number') return isList(value) ? value[step] : undefined
  return isTable(value) && Object.hasOwn(value, step) ? value[step] : undefined
}

/** The tree with `value` at `path`; undefined where the way is barred by something that is no table or list. */
export function withValue(root: Plain | undefined, path: Path, value: Plain): Plain | undefined {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (typeof step === 'number') {
    const items: readonly Plain[] | undefined =
      root === undefined ? [] : isList(root) ? root : undefined
    if (items === undefined || step < 0 || step > items.length) return undefined
    const inner = withValue(items[step], rest, value)
    return inner === undefined
      ? undefined
      : [...items.slice(0, step), inner, ...items.slice(step + 1)]
  }
  const table: PlainTable | undefined = root === undefined ? {} : isTable(root) ? root : undefined
  if (table === undefined) return undefined
  const inner = withValue(child(table, step), rest, value)
  if (inner === undefined) return undefined
  return tableOf([...Object.entries(table).filter(([name]) => name !== step), [step, inner]])
}

/** The tree without what stands at `path`. */
export function without(root: Plain, path: Path): Plain {
  const [step, ...rest] = path
  if (step === undefined) return root
  if (rest.length > 0) {
    const inner = child(root, step)
    if (inner === undefined) return root
    const left = without(inner, rest)
    return withValue(root, [step], left) ?? root
  }
  if (isList(root)) return root.filter((_, index) => index !== step)
  return isTable(root) ? tableOf(Object.entries(root).filter(([name]) => name !== step)) : root
}

/** Like `Object.fromEntries`, so that `__proto__` stays a key like any other. */
function tableOf(entries: readonly (readonly [string, Plain])[]): PlainTable {
  return Object.fromEntries(entries)
}
