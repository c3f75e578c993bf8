/**
 * PATCH on a user (RFC 7644, section 3.5.2), as Okta and Microsoft Entra send it: operations in capitals, values without a
 * path whose names are paths themselves, `emails[type eq "work"].value` where there is no such value yet.
 */
import { isDeepStrictEqual } from 'node:util'
import {
  isObject,
  subName,
  userAttribute,
  type Attribute,
  type Json,
  type Resource,
} from './attributes.ts'
import { complaint } from './complaint.ts'
import { matches } from './filter.match.ts'
import type { Filter } from './filter.ts'
import { enterpriseUser, parsePath, type Path } from './path.ts'

export interface Operation {
  readonly op: 'add' | 'remove' | 'replace'
  readonly path?: string | undefined
  readonly value?: Json | undefined
}

/** Names that a provider may send along and cannot change (RFC 7643, section 3.1). */
const fixed = new Set(['schemas', 'id', 'meta', 'groups'])

/** The resource after all operations, in their order. Gives a new value; throws what RFC 7644 calls the mistake. */
export function patchUser(resource: Resource, operations: readonly Operation[]): Resource {
  return operations.reduce(applied, resource)
}

function applied(resource: Resource, operation: Operation): Resource {
  const { op, path, value } = operation
  if (path !== undefined && path !== '') {
    const where = parsePath(path)
    if (where.extension === undefined && fixed.has((where.attr ?? '').toLowerCase()))
      throw complaint('mutability', `${path} cannot be changed.`)
    return at(resource, where, op, value, path)
  }
  if (op === 'remove') throw complaint('noTarget', 'A removal needs a path.')
  if (!isObject(value))
    throw complaint('invalidValue', 'Without a path the value has to be an object of attributes.')
  return Object.entries(value).reduce((after, [name, inner]) => {
    if (fixed.has(name.toLowerCase())) return after
    return at(after, parsePath(name), op, inner, name)
  }, resource)
}

function at(
  resource: Resource,
  path: Path,
  op: Operation['op'],
  value: Json | undefined,
  text: string,
): Resource {
  const { extension, attr } = path
  if (op !== 'remove' && value === undefined)
    throw complaint('invalidValue', `${text} comes without a value.`)
  if (extension !== undefined) {
    const inner = isObject(resource[extension]) ? resource[extension] : {}
    const after = attr === undefined ? whole(inner, op, value) : inAttribute(inner, path, op, value)
    return Object.keys(after).length === 0
      ? without(resource, extension)
      : { ...resource, [extension]: after }
  }
  return inAttribute(resource, path, op, value)
}

/** An operation on an extension as a whole merges, or takes it away. */
function whole(inner: Resource, op: Operation['op'], value: Json | undefined): Resource {
  if (op === 'remove') return {}
  if (!isObject(value)) throw complaint('invalidValue', 'An extension is an object.')
  return Object.entries(value).reduce(
    (after, [name, v]) => inAttribute(after, { attr: name, extension: enterpriseUser }, op, v),
    inner,
  )
}

function inAttribute(
  resource: Resource,
  path: Path,
  op: Operation['op'],
  value: Json | undefined,
): Resource {
  const attribute = userAttribute(path.attr ?? '', path.extension)
  // RFC 7644, section 3.3: what the schema does not know may be ignored; providers send attributes of their own.
  if (!attribute) return resource
  const { name } = attribute
  const before = resource[name]
  const after =
    attribute.multi === true
      ? inValues(attribute, listOf(before), path, op, value)
      : inSingle(attribute, before, path, op, value)
  return after === undefined || (Array.isArray(after) && after.length === 0)
    ? without(resource, name)
    : { ...resource, [name]: after }
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)

const listOf = (value: Json | undefined): readonly Json[] =>
  value === undefined || value === null ? [] : isList(value) ? value : [value]

function inSingle(
  attribute: Attribute,
  before: Json | undefined,
  { filter, sub }: Path,
  op: Operation['op'],
  value: Json | undefined,
): Json | undefined {
  if (filter) throw complaint('invalidPath', `${attribute.name} has one value: nothing to filter.`)
  if (attribute.type !== 'complex') {
    if (sub !== undefined) throw complaint('invalidPath', `${attribute.name} has no parts.`)
    return op === 'remove' || value === null ? undefined : value
  }
  const held = isObject(before) ? before : {}
  if (sub !== undefined) return filled(withSub(held, subName(attribute, sub), op, value))
  if (op === 'remove' || value === null) return undefined
  // Entra sends the manager as the bare id.
  if (typeof value === 'string' && attribute.name === 'manager') return { ...held, value }
  if (!isObject(value)) throw complaint('invalidValue', `${attribute.name} is an object.`)
  return filled(merged(attribute, held, value))
}

const filled = (value: Resource): Resource | undefined =>
  Object.keys(value).length === 0 ? undefined : value

function merged(attribute: Attribute, held: Resource, value: Resource): Resource {
  return Object.entries(value).reduce(
    (after, [name, inner]) => withSub(after, subName(attribute, name), 'replace', inner),
    held,
  )
}

function withSub(
  held: Resource,
  name: string,
  op: Operation['op'],
  value: Json | undefined,
): Resource {
  return op === 'remove' || value === null || value === undefined
    ? without(held, name)
    : { ...held, [name]: value }
}

function inValues(
  attribute: Attribute,
  before: readonly Json[],
  path: Path,
  op: Operation['op'],
  value: Json | undefined,
): readonly Json[] {
  const { filter, sub } = path
  if (filter === undefined && sub === undefined)
    return wholeValues(attribute, before, op, value === null ? [] : value)
  const isMeant = (one: Json): boolean =>
    filter === undefined || (isObject(one) && matches(filter, one))
  if (op === 'remove')
    return sub === undefined
      ? before.filter((one) => !isMeant(one))
      : before.map((one) =>
          isMeant(one) && isObject(one) ? without(one, subName(attribute, sub)) : one,
        )
  const given = sub === undefined ? value : { [sub]: value ?? null }
  if (!isObject(given))
    throw complaint('invalidValue', `A value of ${attribute.name} is an object.`)
  const meant = before.filter(isMeant)
  if (meant.length === 0)
    return onePrimary([...before, merged(attribute, impliedBy(attribute, filter), given)], before)
  return onePrimary(
    before.map((one) => (isMeant(one) && isObject(one) ? merged(attribute, one, given) : one)),
    before,
  )
}

function wholeValues(
  attribute: Attribute,
  before: readonly Json[],
  op: Operation['op'],
  value: Json | undefined,
): readonly Json[] {
  const given = listOf(value).map((one) => {
    if (typeof one === 'string') return { value: one }
    if (!isObject(one))
      throw complaint('invalidValue', `A value of ${attribute.name} is an object.`)
    return merged(attribute, {}, one)
  })
  if (op === 'replace') return given
  if (op === 'add')
    return onePrimary(
      [...before, ...given.filter((one) => !before.some((held) => isDeepStrictEqual(held, one)))],
      before,
    )
  if (value === undefined) return []
  const gone = new Set(given.map((one) => one['value']))
  return before.filter((one) => !isObject(one) || !gone.has(one['value'] as Json))
}

/** A value that becomes the primary one takes that from the one that was (section 3.5.2). */
function onePrimary(after: readonly Json[], before: readonly Json[]): readonly Json[] {
  const primary = (one: Json): boolean => isObject(one) && one['primary'] === true
  const fresh = after.findLastIndex((one) => primary(one) && !before.includes(one))
  if (fresh < 0) return after
  return after.map((one, i) =>
    i !== fresh && primary(one) && isObject(one) ? { ...one, primary: false } : one,
  )
}

/**
 * What a value must be so that the filter holds. Entra sets `emails[type eq "work"].value` of users who have none yet, and
 * RFC 7644 would have that refused; refusing it stops the provisioning of the person.
 */
function impliedBy(attribute: Attribute, filter: Filter | undefined): Resource {
  if (filter === undefined) return {}
  if (filter.op === 'eq') return { [subName(attribute, filter.attr)]: filter.value }
  if (filter.op === 'and')
    return Object.assign({}, ...filter.filters.map((f) => impliedBy(attribute, f))) as Resource
  throw complaint('noTarget', `No value of ${attribute.name} is the one that the path means.`)
}

function without(resource: Resource, name: string): Resource {
  return Object.fromEntries(Object.entries(resource).filter(([key]) => key !== name))
}
