import { keyAt } from '../path.ts'
import { keyOf, tagKeyOf, type Key, type Shape, type TableShape } from '../shape.ts'
import { writePath, type Path } from '../tree.ts'
import type { Place, Scan } from './scan.ts'

/** The names of a path, without positions in lists. */
export function namesOf(path: Path): readonly string[] {
  return path.filter((step) => typeof step === 'string')
}

/** What the schema expects at a path; for an item of a list what the list is of. */
export function shapeAt(path: Path, scan: Scan): Shape | undefined {
  let shape = keyAt(namesOf(path), scan.root).shape
  if (typeof path.at(-1) !== 'number') return shape
  shape = shape?.kind === 'either' ? shape.options.find((one) => one.kind === 'list') : shape
  return shape?.kind === 'list' ? shape.of : shape
}

/** The tables that may stand at a place: of the chosen case where the text says which, else all. */
export function tablesAt(path: Path, scan: Scan): readonly TableShape[] {
  const shape = path.length === 0 ? scan.root : shapeAt(path, scan)
  return shape === undefined ? [] : tablesOf(shape, path, scan)
}

function tablesOf(shape: Shape, path: Path, scan: Scan): readonly TableShape[] {
  switch (shape.kind) {
    case 'table':
      return [shape]
    case 'either':
      return shape.options.flatMap((option) => tablesOf(option, path, scan))
    case 'list':
      // `[[header]]` tables have a position at the end of their path; a header being typed has not.
      return tablesOf(shape.of, path, scan)
    case 'variant':
      return [
        { kind: 'table', keys: Object.entries(shape.variants).map(variantKey), unknown: 'refused' },
      ]
    case 'tagged': {
      const chosen = valueOf([...path, shape.tag], scan)
      const cases = Object.hasOwn(shape.cases, chosen) ? [shape.cases[chosen]] : []
      const among = cases.length === 0 ? Object.values(shape.cases) : cases
      const tag = { kind: 'table' as const, keys: [tagKeyOf(shape)], unknown: 'ignored' as const }
      return [tag, ...among.filter((one) => one !== undefined)]
    }
    default:
      return []
  }
}

function variantKey([name, shape]: readonly [string, Shape]): Key {
  return {
    name,
    shape,
    about: 'One of the forms this can have.',
    delivered: 'honoured',
    source: 'client',
  }
}

/** What the schema says of a key of the table at `path`. */
export function keyNamed(path: Path, name: string, scan: Scan): Key | undefined {
  for (const table of tablesAt(path, scan)) {
    const key = keyOf(table, name)
    if (key !== undefined) return key
  }
  return undefined
}

function valueOf(path: Path, scan: Scan): string {
  const id = writePath(path)
  return scan.places.find((p) => p.kind === 'value' && writePath(p.path) === id)?.written ?? ''
}

/** The keys that the table at `path` has already, but for the one at `except`. */
export function presentKeys(path: Path, scan: Scan, except: Place): ReadonlySet<string> {
  const depth = path.length
  const id = writePath(path)
  const names = new Set<string>()
  for (const place of scan.places) {
    if (place === except || place.written === '') continue
    if ((place.kind === 'key' || place.kind === 'part') && place.path.length === depth) {
      if (writePath(place.path) === id) names.add(place.written)
    }
  }
  return names
}
