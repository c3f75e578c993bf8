import { route, theWorkspace } from '#features/workspace/index.ts'
import { found } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import type { Setting } from '../ports.ts'
import { formsFor } from './forms.ts'
import { keysFor, warningsFor } from './keys.ts'
import * as schema from './schema.ts'

/** The lines that bind how people sign in on a machine, built from what the organisation wants. Nothing is stored. */
export const machineRoutes = ({ runtime }: Setting): readonly Route[] => [
  route({
    id: 'clients.machine-setup',
    method: 'GET',
    path: '/api/v1/client-setup/machine',
    summary: 'The lines that bind how people sign in on a machine, for one operating system',
    description: 'Everything is text: nothing is made or stored.',
    auth: ['session', 'key'],
    permission: 'workspace.read',
    query: schema.machineQuery,
    output: schema.machineSetup,
    errors: 'problem',
    audit: null,
    handle: async (call, { query }) => {
      const workspace = found(await call.read(theWorkspace), 'workspace')
      const keys = keysFor(query, runtime.publicUrl)
      return {
        workspaceId: workspace.id,
        keys: [...keys],
        forms: [...formsFor(keys, query)],
        warnings: [...warningsFor(query)],
      }
    },
  }),
]
