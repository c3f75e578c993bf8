/**
 * PATCH on a group as an intent: a group may have 50,000 members, and a provider that adds one of them sends just that one.
 */
import { isObject, type Json } from './attributes.ts'
import { complaint } from './complaint.ts'
import type { Filter } from './filter.ts'
import type { Operation } from './patch.ts'
import { parsePath } from './path.ts'

export interface GroupIntent {
  readonly name: string | undefined
  /** Null: taken away. */
  readonly externalId: string | null | undefined
  readonly members: MembersIntent
}

/** `whole`: nobody but `add`. Otherwise these come and those go. */
export interface MembersIntent {
  readonly whole: boolean
  readonly add: ReadonlySet<string>
  readonly remove: ReadonlySet<string>
}

export const unchangedMembers: MembersIntent = { whole: false, add: new Set(), remove: new Set() }

export function patchGroup(operations: readonly Operation[]): GroupIntent {
  const start: GroupIntent = { name: undefined, externalId: undefined, members: unchangedMembers }
  return operations.reduce(applied, start)
}

function applied(intent: GroupIntent, { op, path, value }: Operation): GroupIntent {
  if (path !== undefined && path !== '') return at(intent, op, path, value)
  if (op === 'remove') throw complaint('noTarget', 'A removal needs a path.')
  if (!isObject(value))
    throw complaint('invalidValue', 'Without a path the value has to be an object of attributes.')
  return Object.entries(value).reduce(
    // Okta sends the id along when it renames a group.
    (after, [name, inner]) =>
      ['id', 'schemas', 'meta'].includes(name.toLowerCase()) ? after : at(after, op, name, inner),
    intent,
  )
}

function at(
  intent: GroupIntent,
  op: Operation['op'],
  path: string,
  value: Json | undefined,
): GroupIntent {
  const { attr = '', filter, sub, extension } = parsePath(path)
  switch (extension === undefined ? attr.toLowerCase() : '') {
    case 'displayname':
      if (op === 'remove') throw complaint('mutability', 'A group needs its displayName.')
      return { ...intent, name: groupName(value) }
    case 'externalid':
      return { ...intent, externalId: op === 'remove' ? null : externalIdOf(value) }
    case 'members':
      if (sub !== undefined && sub.toLowerCase() !== 'value')
        throw complaint('mutability', `${path} cannot be changed.`)
      return { ...intent, members: membersAfter(intent.members, op, filter, value) }
    case 'id':
    case 'meta':
    case 'schemas':
      throw complaint('mutability', `${path} cannot be changed.`)
    default:
      // RFC 7644, section 3.3: what the schema does not know may be ignored.
      return intent
  }
}

export function groupName(value: Json | undefined): string {
  const name = typeof value === 'string' ? value.trim() : ''
  if (name === '' || name.length > 255)
    throw complaint('invalidValue', 'displayName is a text of 1 to 255 characters.')
  return name
}

export function externalIdOf(value: Json | undefined): string | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value !== 'string' || value.length > 500)
    throw complaint('invalidValue', 'externalId is a text of at most 500 characters.')
  return value
}

/** `[{ "value": "mem_…" }]`, one of these alone, or bare ids. */
export function memberIds(value: Json | undefined): readonly string[] {
  const list: readonly Json[] = Array.isArray(value)
    ? (value as readonly Json[])
    : value === undefined || value === null
      ? []
      : [value]
  return list.map((one) => {
    const id = isObject(one) ? one['value'] : one
    if (typeof id === 'string' && id !== '') return id
    throw complaint('invalidValue', 'A member is an object with the id of a user as its value.')
  })
}

function membersAfter(
  { whole, add, remove }: MembersIntent,
  op: Operation['op'],
  filter: Filter | undefined,
  value: Json | undefined,
): MembersIntent {
  if (op === 'remove') {
    if (filter === undefined && value === undefined)
      return { whole: true, add: new Set(), remove: new Set() }
    const gone = filter === undefined ? memberIds(value) : namedBy(filter)
    return {
      whole,
      add: new Set([...add].filter((id) => !gone.includes(id))),
      remove: whole ? remove : new Set([...remove, ...gone]),
    }
  }
  if (filter !== undefined)
    throw complaint('invalidPath', 'Members are added by their ids, not by a filter.')
  const given = memberIds(value)
  if (op === 'replace') return { whole: true, add: new Set(given), remove: new Set() }
  const come = new Set(given)
  return {
    whole,
    add: new Set([...add, ...given]),
    remove: new Set([...remove].filter((id) => !come.has(id))),
  }
}

/** `members[value eq "…"]`, alone or joined by `or`. */
function namedBy(filter: Filter): readonly string[] {
  if (filter.op === 'or') return filter.filters.flatMap(namedBy)
  if (
    filter.op === 'eq' &&
    filter.attr.toLowerCase() === 'value' &&
    typeof filter.value === 'string'
  )
    return [filter.value]
  throw complaint('invalidFilter', 'Members are removed by members[value eq "their id"].')
}
