import { route, surfaces, surfaceText, theWorkspace } from '#features/workspace/index.ts'
import type { Route } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { inactiveText } from '../grant/entitlement.ts'
import type { Setting } from '../ports.ts'
import * as schema from '../schema.ts'
import { refusals, type OurTexts } from './places.ts'
import { setupFor } from './snippets.ts'

const readers = {
  auth: ['session', 'key'],
  permission: 'workspace.read',
  errors: 'problem',
} as const

/** What people need to connect a client, and what they read when it is refused. Both for every member: it is her own client. */
export const setupRoutes = ({ runtime, ports }: Setting): readonly Route[] => [
  route({
    ...readers,
    id: 'clients.setup',
    method: 'GET',
    path: '/api/v1/client-setup',
    summary: 'How a machine signs its client in: two routes, with their lines',
    output: schema.setup,
    audit: null,
    handle: () => setupFor({ publicUrl: runtime.publicUrl, localCa: ports.localCa() }),
  }),
  route({
    ...readers,
    id: 'clients.refusals',
    method: 'GET',
    path: '/api/v1/clients/refusals',
    summary: 'What a person reads when her client is refused, place by place',
    description:
      'The words are those of Codex 0.169, with the text of the workspace where the client shows it.',
    output: schema.refusalPlaces,
    audit: null,
    handle: async (call) => ({ items: [...refusals(await call.read(ourTexts))] }),
  }),
]

/** The texts as they would go out now. */
function* ourTexts(): Work<OurTexts> {
  const all = yield* surfaces()
  return {
    surface: Object.fromEntries(
      all.map((one) => [one.key, surfaceText(one)]),
    ) as OurTexts['surface'],
    ownText: all.some(({ key, message }) => key === 'codex_local' && message !== ''),
    suspended: inactiveText((yield* theWorkspace())?.name ?? 'Gatehouse'),
  }
}
