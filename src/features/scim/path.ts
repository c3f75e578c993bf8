import { complaint } from './complaint.ts'
import { parseFilter, type Filter } from './filter.ts'

export const coreUser = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const coreGroup = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const enterpriseUser = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** Where a PATCH works (RFC 7644, section 3.5.2, figure 7): `emails[type eq "work"].value`. */
export interface Path {
  /** The whole extension, where an attribute of it is meant; absent: the core schema. */
  readonly extension?: typeof enterpriseUser
  /** Absent: the extension as a whole. */
  readonly attr?: string
  readonly filter?: Filter
  readonly sub?: string
}

/** Takes the URI of a core schema off the front of an attribute's name; its case does not count. */
export function withoutCore(name: string): string {
  const lower = name.toLowerCase()
  for (const uri of [coreUser, coreGroup])
    if (lower.startsWith(`${uri.toLowerCase()}:`)) return name.slice(uri.length + 1)
  return name
}

const name = String.raw`[A-Za-z$][\w$-]*`
const shape = new RegExp(String.raw`^(${name})(?:\[(.*)\])?(?:\.(${name}))?$`, 's')

/** Throws `invalidPath`. */
export function parsePath(text: string): Path {
  const given = withoutCore(text.trim())
  const lower = given.toLowerCase()
  const uri = enterpriseUser.toLowerCase()
  if (lower === uri) return { extension: enterpriseUser }
  const inside = lower.startsWith(`${uri}:`)
  const rest = inside ? given.slice(enterpriseUser.length + 1) : given
  const match = shape.exec(rest)
  if (!match)
    throw complaint('invalidPath', `${JSON.stringify(text.slice(0, 200))} is no path of SCIM.`)
  const [, attr = '', filter, sub] = match
  return {
    attr,
    ...(inside ? { extension: enterpriseUser } : {}),
    ...(filter === undefined ? {} : { filter: parseFilter(filter) }),
    ...(sub === undefined ? {} : { sub }),
  }
}
