import type { Attributes, Resource } from '../otlp/records.ts'
import type { TakeContext } from '../take.ts'
import { nameOf } from './attributes.ts'
import type { Origin } from './fact.ts'
import { surfaceOf } from './surface.ts'

/**
 * Finds the origin of each record of one request. The sender is who the token says; attributes such as `user.email` say nothing
 * about it. Records of one resource mostly share all of it, so that they share the object.
 */
export function createOrigins(context: TakeContext) {
  const { claims, sender } = context
  const groups = [...new Set(sender.groupIds)].sort().join(' ')
  const found = new Map<string, Origin>()
  const hosts = new WeakMap<Resource, string>()

  function make(host: string, originator: string, version: string): Origin {
    const key = `${host}\0${originator}\0${version}`
    let origin = found.get(key)
    if (!origin) {
      origin = {
        personKind: sender.kind,
        principalId: sender.id,
        clientKind: claims.kind,
        clientId: claims.id,
        host,
        originator,
        version,
        surface: surfaceOf(originator),
        groups,
        policyVersion: claims.versionId,
      }
      found.set(key, origin)
    }
    return origin
  }

  function hostOf(resource: Resource): string {
    let host = hosts.get(resource)
    if (host === undefined) {
      host = nameOf(resource.attributes, 'host.name')
      hosts.set(resource, host)
    }
    return host
  }

  let last: { resource: Resource; originator: string; version: string; origin: Origin } | undefined
  return (resource: Resource, attributes: Attributes): Origin => {
    const originator =
      nameOf(attributes, 'originator') || nameOf(resource.attributes, 'service.name')
    const version =
      nameOf(attributes, 'app.version') || nameOf(resource.attributes, 'service.version')
    if (last?.resource === resource && last.originator === originator && last.version === version)
      return last.origin
    const origin = make(hostOf(resource), originator, version)
    last = { resource, originator, version, origin }
    return origin
  }
}

/** For what is no OTLP: the client says it in its own words. */
export const originOf = (
  context: TakeContext,
  said: { readonly originator: string; readonly version: string },
): Origin =>
  createOrigins(context)(
    { attributes: new Map() },
    new Map([
      ['originator', said.originator],
      ['app.version', said.version],
    ]),
  )
