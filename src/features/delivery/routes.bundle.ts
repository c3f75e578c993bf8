import { route, surfaceText } from '#features/workspace/index.ts'
import { breakGlass } from './breakglass.ts'
import type { DeliveryParts } from './ports.ts'
import { Problem } from '#kernel/problem.ts'
import { flushEvery } from './recorder.ts'
import { refusedText } from './refusal.ts'
import * as schema from './schema.ts'

/** What the client asks, and what an operator wants to know about it. */
export const bundleRoutes = (parts: DeliveryParts) => [
  route({
    id: 'delivery.bundle',
    method: 'GET',
    path: '/c/{key}/codex/config/bundle',
    summary: 'The policy of an enrolment, as the client fetches it',
    description:
      'The base_url on the machine is `{public URL}/c/{key}`; the client appends the rest. `{}` means no policy. An unknown key is answered 404; a revoked one, and everyone while Codex local is off, 403. Answered from memory: while the database is away the header `x-gatehouse-stale` says for how many seconds.',
    auth: ['enrolment'],
    // The key is in the path, and an unknown one is answered 404, as the client's back-off expects.
    admitsItself: true,
    permission: null,
    params: schema.bundleParams,
    output: schema.bundle,
    errors: 'client',
    audit: null,
    handle: (call, { params }) =>
      parts.serve({
        key: params.key,
        ifNoneMatch: call.request.headers.get('if-none-match'),
        address: call.ip,
        now: call.now,
      }),
  }),
  route({
    id: 'delivery.state',
    method: 'GET',
    path: '/api/v1/delivery',
    summary: 'How delivery stands: what is served, and from where',
    auth: ['session', 'key'],
    permission: 'enrolments.read',
    output: schema.deliveryState,
    errors: 'problem',
    audit: null,
    handle: () => state(parts),
  }),
  route({
    id: 'delivery.break-glass',
    method: 'GET',
    path: '/api/v1/break-glass',
    summary: 'Everything that is served, to be served without Gatehouse',
    description:
      'Every bundle by enrolment, every group with its requirements.toml, and a folder that any web server can serve.',
    auth: ['session', 'key'],
    permission: 'enrolments.manage',
    output: schema.breakGlass,
    errors: 'problem',
    audit: null,
    handle: (call) => {
      if (!call.actor.permissions.has('policies.read'))
        throw new Problem('forbidden', 'This needs the permission policies.read as well.', {
          remedy: 'Ask an owner of the workspace for a role that holds it.',
        })
      const source = parts.source()
      if (!source) throw new Problem('not_ready', undefined, { retryAfter: 1 })
      return breakGlass(source.answers, parts.directory.current(), call.now)
    },
  }),
]

function state(parts: DeliveryParts): schema.DeliveryState {
  const answers = parts.source()?.answers.byHash ?? new Map<string, never>()
  const bundles = new Set<string>()
  for (const { outcome } of answers.values())
    if (outcome.kind === 'served') bundles.add(outcome.bundle.etag)
  const surface = parts.directory.current().surfaces.get('codex_local')
  return {
    confirmedAt: parts.view.confirmedAt(),
    downSince: parts.view.downSince(),
    maxAgeMs: parts.outageMaxAge,
    keys: answers.size,
    bundles: bundles.size,
    accessTokens: parts.bearers.all().size,
    file: { path: parts.outage.path, writtenAt: parts.outage.writtenAt() },
    lostAtMostMs: flushEvery,
    refusal: {
      client: refusedText,
      answer: surfaceText({ key: 'codex_local', message: surface?.message ?? '' }),
    },
  }
}
