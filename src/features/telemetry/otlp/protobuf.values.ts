/** What all three signals have in common (opentelemetry-proto 1.9: common, resource, and the wrappers of each signal). */
import {
  maxAttributes,
  maxDepth,
  newBudget,
  spend,
  spendRecord,
  tooDeep,
  type Budget,
} from './budget.ts'
import type { Attributes, Resource, Value } from './records.ts'
import {
  base64,
  cursorOf,
  double,
  lengthEnd,
  skip,
  text,
  varint,
  varint64,
  type Cursor,
} from './wire.ts'

/** Of a field that holds a message, a text or bytes, as it stands in a tag. */
export const bytesAt = (field: number): number => field * 8 + 2
const noAttributes: Attributes = new Map()
const noResource: Resource = { attributes: noAttributes }

export interface Place {
  readonly resource: Resource
  readonly scope: string
}
export type ReadItem<T> = (
  cursor: Cursor,
  end: number,
  place: Place,
  budget: Budget,
  into: T[],
) => void

/** All three signals: resources (1) of scopes (2) of items (2); the resource and the scope stand in field 1. */
export function scoped<T>(body: Uint8Array, readItem: ReadItem<T>): T[] {
  const cursor = cursorOf(body)
  const budget = newBudget()
  const into: T[] = []
  const end = body.length
  while (cursor.at < end) {
    const tag = varint(cursor, end)
    if (tag === bytesAt(1)) {
      spend(budget)
      readResource(cursor, lengthEnd(cursor, end), readItem, budget, into)
    } else skip(cursor, tag, end)
  }
  return into
}

function readResource<T>(
  cursor: Cursor,
  end: number,
  readItem: ReadItem<T>,
  budget: Budget,
  into: T[],
): void {
  const start = cursor.at
  // A sender may write the resource behind its records.
  const resource = headOf(cursor, end, budget, resourceAt, noResource)
  cursor.at = start
  while (cursor.at < end) {
    const tag = varint(cursor, end)
    if (tag === bytesAt(2)) {
      spend(budget)
      const stop = lengthEnd(cursor, end)
      const from = cursor.at
      const scope = headOf(cursor, stop, budget, scopeAt, '')
      cursor.at = from
      const place = { resource, scope }
      while (cursor.at < stop) {
        const inner = varint(cursor, stop)
        if (inner === bytesAt(2)) {
          spendRecord(budget)
          readItem(cursor, lengthEnd(cursor, stop), place, budget, into)
        } else skip(cursor, inner, stop)
      }
    } else skip(cursor, tag, end)
  }
}

/** What stands in field 1; `none` where there is no such field. Leaves the cursor anywhere. */
function headOf<H>(
  cursor: Cursor,
  end: number,
  budget: Budget,
  read: (cursor: Cursor, end: number, budget: Budget) => H,
  none: H,
): H {
  while (cursor.at < end) {
    const tag = varint(cursor, end)
    if (tag === bytesAt(1)) return read(cursor, lengthEnd(cursor, end), budget)
    skip(cursor, tag, end)
  }
  return none
}

function resourceAt(cursor: Cursor, end: number, budget: Budget): Resource {
  const kept = newKept()
  while (cursor.at < end) {
    const tag = varint(cursor, end)
    if (tag === bytesAt(1)) keyValue(cursor, lengthEnd(cursor, end), budget, kept, 0)
    else skip(cursor, tag, end)
  }
  return { attributes: kept.attributes }
}

function scopeAt(cursor: Cursor, end: number): string {
  let name = ''
  while (cursor.at < end) {
    const tag = varint(cursor, end)
    if (tag === bytesAt(1)) name = text(cursor, end)
    else skip(cursor, tag, end)
  }
  return name
}

export interface Kept {
  readonly attributes: Map<string, Value>
  dropped: number
}
export const newKept = (): Kept => ({ attributes: new Map(), dropped: 0 })

export function keyValue(
  cursor: Cursor,
  end: number,
  budget: Budget,
  kept: Kept,
  depth: number,
): void {
  spend(budget)
  if (kept.attributes.size >= maxAttributes) {
    kept.dropped += 1
    cursor.at = end
    return
  }
  let key = ''
  let value: Value = null
  while (cursor.at < end) {
    const tag = varint(cursor, end)
    if (tag === bytesAt(1)) key = text(cursor, end)
    else if (tag === bytesAt(2)) value = anyValue(cursor, lengthEnd(cursor, end), budget, depth)
    else skip(cursor, tag, end)
  }
  kept.attributes.set(key, value)
}

export function anyValue(cursor: Cursor, end: number, budget: Budget, depth: number): Value {
  let value: Value = null
  while (cursor.at < end) {
    const tag = varint(cursor, end)
    switch (tag) {
      case 0x0a:
        value = text(cursor, end)
        break
      case 0x10:
        value = varint(cursor, end) !== 0
        break
      case 0x18:
        value = varint64(cursor, end)
        break
      case 0x21:
        value = finite(double(cursor, end))
        break
      case 0x2a:
        value = listAt(cursor, lengthEnd(cursor, end), budget, depth + 1)
        break
      case 0x32:
        value = mapAt(cursor, lengthEnd(cursor, end), budget, depth + 1)
        break
      case 0x3a:
        value = base64(cursor, end)
        break
      default:
        skip(cursor, tag, end)
    }
  }
  return value
}

const finite = (number: number): Value => (Number.isFinite(number) ? number : String(number))

function listAt(cursor: Cursor, end: number, budget: Budget, depth: number): Value {
  if (depth > maxDepth) throw tooDeep()
  const values: Value[] = []
  while (cursor.at < end) {
    const tag = varint(cursor, end)
    if (tag === bytesAt(1)) {
      spend(budget)
      values.push(anyValue(cursor, lengthEnd(cursor, end), budget, depth))
    } else skip(cursor, tag, end)
  }
  return values
}

function mapAt(cursor: Cursor, end: number, budget: Budget, depth: number): Value {
  if (depth > maxDepth) throw tooDeep()
  const kept = newKept()
  while (cursor.at < end) {
    const tag = varint(cursor, end)
    if (tag === bytesAt(1)) keyValue(cursor, lengthEnd(cursor, end), budget, kept, depth)
    else skip(cursor, tag, end)
  }
  return Object.fromEntries(kept.attributes)
}
