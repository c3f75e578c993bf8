import type { Json, Resource } from './attributes.ts'
import { complaint } from './complaint.ts'
import type { Operation } from './patch.ts'
import { isObject } from './attributes.ts'

/** Entra sends a thousand members of a group at most, in one operation; this bounds what one request may keep us at. */
const mostOperations = 1000

/** The body of a PATCH (RFC 7644, section 3.5.2). Names of members and operations count in any case: Entra sends `Add`. */
export function operationsOf(body: Resource): readonly Operation[] {
  const list = member(body, 'operations')
  if (!Array.isArray(list) || list.length === 0)
    throw complaint('invalidSyntax', 'A PATCH has a list of Operations.')
  if (list.length > mostOperations)
    throw complaint('tooMany', `A PATCH has at most ${mostOperations} operations.`)
  return (list as readonly Json[]).map((one, i) => {
    if (!isObject(one)) throw complaint('invalidSyntax', `Operation ${i + 1} is no object.`)
    const given = member(one, 'op')
    const op = typeof given === 'string' ? given.toLowerCase() : ''
    const path = member(one, 'path')
    if (op !== 'add' && op !== 'remove' && op !== 'replace')
      throw complaint('invalidSyntax', `Operation ${i + 1} is neither add, remove nor replace.`)
    if (path !== undefined && path !== null && typeof path !== 'string')
      throw complaint('invalidPath', `The path of operation ${i + 1} is no text.`)
    return { op, path: path ?? undefined, value: member(one, 'value') }
  })
}

function member(of: Resource, name: string): Json | undefined {
  return Object.entries(of).find(([key]) => key.toLowerCase() === name)?.[1]
}
