import { route } from '#features/workspace/index.ts'
import { jsonResponse } from '#kernel/export.ts'
import type { Call } from '#kernel/route.ts'
import { lookUp, type LookupQuery } from '../lookup.ts'
import { admins, type PolicyParts } from '../parts.ts'
import { lookupQuery } from '../lookup/schema.ts'
import { composedFor } from './composed.ts'
import { composedCsv } from './csv.ts'
import * as schema from './schema.ts'

/** Three files of the greatest length, and their escapes. */
const filesLimit = 4 * 1024 * 1024

export const lookupRoutes = ({ runtime, directory, lastFetch, beside }: PolicyParts) => {
  const found = (call: Call, query: LookupQuery) =>
    call.read(function* () {
      return yield* lookUp(yield* directory.present(), query, lastFetch)
    })
  return [
    route({
      ...admins,
      id: 'lookup',
      method: 'GET',
      path: '/api/v1/lookup',
      summary:
        'Which policy somebody gets, and why: by e-mail address, group, enrolment or service account',
      description:
        'With every key that is delivered and its place. What lies on a machine is not known here; send it with POST.',
      permission: 'policies.read',
      query: lookupQuery,
      output: schema.explained,
      audit: null,
      handle: async (call, { query }) => {
        const answer = await found(call, query)
        const behind = beside()
        const composition = await composedFor(runtime.pool, answer.policy, behind)
        return { ...answer, beside: behind, composition }
      },
    }),
    route({
      ...admins,
      id: 'lookup.explain',
      method: 'POST',
      path: '/api/v1/lookup',
      summary: 'The same together with the files of a machine; nothing of them is kept',
      permission: 'policies.read',
      body: schema.explainRequest,
      limit: filesLimit,
      output: schema.explained,
      audit: null,
      handle: async (call, { body }) => {
        const { email, group, enrolment, account, format, ...machine } = body
        const answer = await found(call, { email, group, enrolment, account })
        const behind = beside()
        const composition = await composedFor(runtime.pool, answer.policy, behind, machine)
        if (format === 'csv') return composedCsv(composition)
        if (format === 'json') return jsonResponse('in-force', composition)
        return { ...answer, beside: behind, composition }
      },
    }),
  ]
}
