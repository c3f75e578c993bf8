import { found } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { asks, listResponse, type Answer } from './answer.ts'
import type { Resource } from './attributes.ts'
import { resourceTypes, schemas, serviceProviderConfig } from './discovery.ts'
import type { Setting } from './setting.ts'

/** RFC 7644, section 4. */
export function discoveryRoutes(setting: Setting): readonly Route[] {
  const { base } = setting
  const types = resourceTypes(base)
  const all = schemas(base)
  const list = (resources: readonly Resource[]) => listResponse(resources, resources.length, 0)
  const byId = (resources: readonly Resource[], id: string, what: string) =>
    found(
      resources.find((one) => typeof one['id'] === 'string' && isSame(one['id'], id)),
      what,
    )
  const told = (id: string, path: string, summary: string, answer: (id: string) => Resource) =>
    asks(setting, { id, method: 'GET', path: `/scim/v2/${path}`, summary }, (_, input) =>
      fixed({ resource: answer(input.id) }),
    )
  return [
    told('scim.config', 'ServiceProviderConfig', 'What this SCIM service does', () =>
      serviceProviderConfig(base),
    ),
    told('scim.resource-types', 'ResourceTypes', 'Users and groups', () => list(types)),
    told('scim.resource-type', 'ResourceTypes/{id}', 'A resource type', (id) =>
      byId(types, id, 'resource type'),
    ),
    told('scim.schemas', 'Schemas', 'The schemas', () => list(all)),
    told('scim.schema', 'Schemas/{id}', 'A schema', (id) => byId(all, id, 'schema')),
  ]
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** Nothing of this is in the database. */
function* fixed(answer: Answer): Work<Answer> {
  return answer
}
