import { expects } from '../expects.ts'
import { FEATURES, REMOVED_FEATURES } from '../features.ts'
import { keyAt } from '../path.ts'
import { POLICY } from '../schema.ts'
import {
  choicesOf,
  type Caution,
  type Choice,
  type Key,
  type Shape,
  type TableShape,
} from '../shape.ts'
import type { Path } from '../tree.ts'
import { keyNamed, namesOf, shapeAt } from './place.ts'
import { scan, type Place, type Scan } from './scan.ts'

/** What there is to know about the key or value under the cursor. */
export interface Hover {
  /** The word it is about. UTF-16 offsets. */
  readonly from: number
  readonly to: number
  /** The path of the key, with `*` for names that an admin chooses: also its anchor in the reference. */
  readonly key: string
  /** One line; of the value where the cursor is on one that the schema explains. */
  readonly about: string
  /** What it must be, in words. */
  readonly expects: string
  readonly values: readonly Choice[]
  readonly required: boolean
  readonly delivered: Key['delivered']
  readonly source: Key['source']
  readonly since?: string
  readonly caution?: Caution
}

/** What the schema table says about the word at an offset; undefined where it says nothing. Never throws. */
export function hoverAt(
  text: string,
  offset: number,
  root: TableShape = POLICY,
): Hover | undefined {
  const found = scan(text, root)
  const place = found.places.findLast(
    (one) => one.kind !== 'header' && one.from <= offset && offset <= one.to && one.from < one.to,
  )
  if (place === undefined) return undefined
  return place.kind === 'value' ? ofValue(place, found) : ofKey(place, found)
}

function ofKey(place: Place, found: Scan): Hover | undefined {
  const path = [...place.path, place.written]
  const key = keyNamed(place.path, place.written, found)
  if (key !== undefined) return hover(place, namedOf(path, key.name, found), key, key.about)
  const named = keyAt(namesOf(path), found.root)
  if (named.shape === undefined) return undefined
  return hover(place, named.path, ownName(named.path, place.written, named.shape))
}

function namedOf(path: Path, name: string, { root }: Scan): string {
  const named = keyAt(namesOf(path), root)
  return named.known ? named.path : `${keyAt(namesOf(path.slice(0, -1)), root).path}.${name}`
}

/** A name that the admin chose, or a feature. */
function ownName(path: string, name: string, shape: Shape): Key {
  let about = 'A name of your choice.'
  if (path === 'features.*') {
    about = 'The client does not know this feature.'
    if (FEATURES.has(name)) about = 'A feature, switched on or off for good.'
    else if (REMOVED_FEATURES.has(name)) about = 'A feature that was removed from the client.'
  }
  return { name, shape, about, delivered: 'honoured', source: 'client' }
}

function ofValue(place: Place, found: Scan): Hover | undefined {
  const names = namesOf(place.path)
  const name = names.at(-1)
  if (name === undefined) return undefined
  const cut = place.path.lastIndexOf(name)
  const table = place.path.slice(0, cut)
  const key = keyNamed(table, name, found)
  const shape = key?.shape ?? shapeAt(place.path, found)
  if (shape === undefined) return undefined
  const choice = choicesOf(shape).find((one) => one.value === place.written)
  if (choice === undefined) return undefined
  const known = key ?? { name, shape, about: '', delivered: 'honoured', source: 'client' }
  const about = choice.about ?? known.about
  return hover(
    place,
    namedOf(place.path.slice(0, cut + 1), name, found),
    known,
    about,
    choice.caution,
  )
}

function hover(
  { from, to }: Place,
  path: string,
  key: Key,
  about: string = key.about,
  caution: Caution | undefined = key.caution,
): Hover {
  return {
    from,
    to,
    key: path,
    about,
    expects: expects(key.shape),
    values: choicesOf(key.shape),
    required: key.required === true,
    delivered: key.delivered,
    source: key.source,
    ...(key.since === undefined ? {} : { since: key.since }),
    ...(caution === undefined ? {} : { caution }),
  }
}
