import { route } from '#features/workspace/index.ts'
import type { Route } from '#kernel/route.ts'
import { admins } from '../parts.ts'
import { ruleSettings, writeRequestSite } from '../store.rules.ts'
import { requestAddress, requestAddressChange } from './schema.ts'

const path = '/api/v1/settings/request-address'

export const addressRoutes = (siteUrl: string): readonly Route[] => [
  route({
    ...admins,
    id: 'settings.request-address',
    method: 'GET',
    path,
    summary: 'Whether publishing puts the address of a request into the justifications of rules',
    permission: 'workspace.read',
    output: requestAddress,
    audit: null,
    handle: async (call) => {
      const { requestSite } = await call.read(() => ruleSettings())
      return { on: requestSite !== null, site: requestSite ?? siteUrl }
    },
  }),
  route({
    ...admins,
    id: 'settings.change-request-address',
    method: 'PUT',
    path,
    summary: 'Put the address of a request into the justifications of rules from now on, or not',
    description:
      'It happens when a policy is published, in the text of the new version. What is published stays as it is, and so do addresses that stand in a draft.',
    permission: 'settings.manage',
    body: requestAddressChange,
    output: requestAddress,
    audit: 'settings.request-address',
    handle: (call, { body }) =>
      call.write(function* (record) {
        const before = (yield* ruleSettings()).requestSite
        const after = body.on ? siteUrl : null
        yield* writeRequestSite(after)
        yield* record({
          target: { kind: 'workspace', id: 'request-address', label: 'Request addresses' },
          before: { site: before },
          after: { site: after },
        })
        return { on: body.on, site: siteUrl }
      }),
  }),
]
