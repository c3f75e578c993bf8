/** `attributes` and `excludedAttributes` (RFC 7644, section 3.9). */
import { isObject, type Json, type Resource } from './attributes.ts'
import { complaint } from './complaint.ts'
import { enterpriseUser, withoutCore } from './path.ts'

export interface Projection {
  /** Whether anything of the attribute is wanted: what is not need not be read. */
  readonly wants: (attribute: string) => boolean
  readonly project: (resource: Resource) => Resource
}

/** Returned always (RFC 7643, sections 3 and 3.1): without them nobody knows what it is. */
const always = ['schemas', 'id']

const names = (list: string | undefined): readonly string[] =>
  (list ?? '')
    .split(',')
    .map((name) => withoutCore(name.trim()).toLowerCase())
    .filter((name) => name !== '')

/** Throws `invalidValue` when both are given. */
export function projection(query: {
  readonly attributes?: string | undefined
  readonly excludedAttributes?: string | undefined
}): Projection {
  const only = names(query.attributes)
  const not = names(query.excludedAttributes)
  if (only.length > 0 && not.length > 0)
    throw complaint('invalidValue', 'Send attributes or excludedAttributes, not both.')
  if (only.length > 0)
    return {
      wants: (attribute) => only.some((name) => top(name) === attribute.toLowerCase()),
      project: (resource) => kept(resource, only),
    }
  return {
    wants: (attribute) => !not.includes(attribute.toLowerCase()),
    project: (resource) => (not.length === 0 ? resource : dropped(resource, not)),
  }
}

/** The attribute of a path; the URI of the extension has dots of its own. */
function top(name: string): string {
  const extension = enterpriseUser.toLowerCase()
  return name.startsWith(extension) ? extension : (name.split('.')[0] ?? '')
}

function rest(name: string): string | undefined {
  const after = name.slice(top(name).length + 1)
  return after === '' ? undefined : after
}

function kept(resource: Resource, wanted: readonly string[]): Resource {
  return Object.fromEntries(
    Object.entries(resource).flatMap(([key, value]) => {
      const lower = key.toLowerCase()
      if (always.includes(key)) return [[key, value]]
      const meant = wanted.filter((name) => top(name) === lower)
      if (meant.length === 0) return []
      const parts = meant.map(rest).filter((part) => part !== undefined)
      if (parts.length < meant.length) return [[key, value]]
      return [[key, inParts(value, (part) => parts.includes(part.toLowerCase()))]]
    }),
  )
}

function dropped(resource: Resource, unwanted: readonly string[]): Resource {
  return Object.fromEntries(
    Object.entries(resource).flatMap(([key, value]) => {
      const lower = key.toLowerCase()
      if (always.includes(key)) return [[key, value]]
      if (unwanted.includes(lower)) return []
      const parts = unwanted.filter((name) => top(name) === lower).map(rest)
      if (parts.length === 0) return [[key, value]]
      return [[key, inParts(value, (part) => !parts.includes(part.toLowerCase()))]]
    }),
  )
}

function inParts(value: Json, wanted: (part: string) => boolean): Json {
  if (Array.isArray(value)) return value.map((one: Json) => inParts(one, wanted))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([part]) => wanted(part)))
}
