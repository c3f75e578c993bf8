import { z } from 'zod'
import { found, Problem } from '#kernel/problem.ts'
import { route } from '#features/workspace/index.ts'
import { subject } from '../lookup.ts'
import { admins, type PolicyParts } from '../parts.ts'
import { resolve } from '../resolve.ts'
import { versionParams } from '../schema.ts'
import { lookupQuery } from '../lookup/schema.ts'
import { policyHead } from '../store.ts'
import { versionOf } from '../store.versions.ts'
import { fileOf } from './file.ts'
import { fileForm } from './schema.ts'

const shared = {
  ...admins,
  method: 'GET',
  permission: 'policies.read',
  output: null,
  audit: null,
} as const

export const fileRoutes = ({ directory }: PolicyParts) => [
  route({
    ...shared,
    id: 'policies.version-file',
    path: '/api/v1/policies/{id}/versions/{number}/files/{form}',
    summary: 'One version as a file for a machine, an MDM or Windows',
    params: versionParams.extend({ form: fileForm }),
    produces: 'application/octet-stream',
    handle: (call, { params: { id, number, form } }) =>
      call.read(function* () {
        const { name } = found(yield* policyHead(id), 'policy')
        const { text, defaults } = found(yield* versionOf(id, number), 'version')
        return fileOf({ id, name, version: number, text, defaults }, form)
      }),
  }),
  route({
    ...shared,
    id: 'lookup.file',
    path: '/api/v1/lookup/files/{form}',
    summary: 'What somebody in a group, a member or an enrolment gets, as a file',
    params: z.object({ form: fileForm }),
    query: lookupQuery,
    produces: 'application/octet-stream',
    handle: (call, { params: { form }, query }) =>
      call.read(function* () {
        const snapshot = yield* directory.present()
        const { policy } = resolve(snapshot, subject(snapshot, query).principal)
        if (!policy)
          throw new Problem(
            'not_found',
            'No policy applies there: no rule decides, and there is no default.',
            { remedy: 'Add a group rule, or choose a default policy under Group rules.' },
          )
        return fileOf(policy, form)
      }),
  }),
]
