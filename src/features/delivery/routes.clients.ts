import { route } from '#features/workspace/index.ts'
import { parseJson, readJson } from '#kernel/body.ts'
import type { Call } from '#kernel/route.ts'
import type { DeliveryParts } from './ports.ts'
import * as schema from './schema.ts'
import type { Presented } from './serve.clients.ts'

/** Largest body of events (bytes): the client sends a few KiB at a time. */
const eventsLimit = 1024 * 1024

/** Each looks its access token up itself (serve.clients.ts): whether one is good depends on the way it was signed in. */
const common = {
  auth: ['client'],
  admitsItself: true,
  permission: null,
  errors: 'client',
  audit: null,
} as const

/** Where a signed-in client asks for its policy, by the way it signed in. Both styles of address of the workspace are in use. */
const bundles = [
  {
    id: 'delivery.member-bundle',
    path: '/member/codex/config/bundle',
    route: 'config_server',
  },
  {
    id: 'delivery.workspace-bundle',
    path: '/backend-api/wham/config/bundle',
    route: 'workspace',
  },
  { id: 'delivery.codex-bundle', path: '/api/codex/config/bundle', route: 'workspace' },
] as const

/** By the target of a request, for the short way. */
export const bundleTargets: ReadonlyMap<string, (typeof bundles)[number]> = new Map(
  bundles.map((bundle) => [bundle.path, bundle]),
)

/** What a client that a person signed in to asks with its access token. */
export const clientRoutes = (parts: DeliveryParts) => [
  ...bundles.map((bundle) =>
    route({
      ...common,
      id: bundle.id,
      method: 'GET',
      path: bundle.path,
      summary: `The policy of the person who signed in (${wayOf[bundle.route]})`,
      description:
        'Her groups decide, by the access token. `{}` means no policy. A token that is unknown, has expired, was ended or belongs to the other way is answered 401; a suspended member, and everyone while Codex local is off, 403.',
      output: schema.bundle,
      handle: (call) =>
        parts.serveClient({
          ...presented(call, bundle.route),
          ifNoneMatch: call.request.headers.get('if-none-match'),
        }),
    }),
  ),
  whoami(parts),
  ...styles.flatMap((style) => [accounts(parts, style), usage(parts, style), events(parts, style)]),
]

/** The address is the client's own, below CODEX_AUTHAPI_BASE_URL. */
const whoami = (parts: DeliveryParts) =>
  route({
    ...common,
    id: 'delivery.whoami',
    method: 'GET',
    path: '/v1/user-auth-credential/whoami',
    summary: 'Whose an access token (`at-…`) is, as the client asks at each start',
    description:
      'Answered for every token that has the form of ours, also where it was revoked, has expired or may not be used: after any other answer the client would start without a policy. Whether it may be used says the bundle, where a refusal keeps the client from starting. The e-mail address is told only while the token works.',
    output: schema.whoami,
    handle: (call) => {
      const { workspace, bearer, tokenId } = parts.serveClient.whoami(presented(call, 'workspace'))
      return {
        email: bearer && parts.emailOf(bearer.principalId),
        chatgpt_user_id: bearer?.principalId ?? tokenId,
        chatgpt_account_id: workspace.id,
        chatgpt_plan_type: plan,
        chatgpt_account_is_fedramp: false as const,
      }
    },
  })

const wayOf = {
  config_server: 'configuration server with sign-in',
  workspace: 'workspace sign-in',
} as const

/** The client says `wham` where its base address has `/backend-api` in it, and leaves it out where it has not. */
const styles = [
  { name: 'workspace', base: '/backend-api/wham', events: '/backend-api/codex' },
  { name: 'codex', base: '/api/codex', events: '/codex' },
] as const
type Style = (typeof styles)[number]

/** The client fetches a policy only on the plans of organisations; this is one of them. */
const plan = 'enterprise' as const

const accounts = (parts: DeliveryParts, { name, base }: Style) =>
  route({
    ...common,
    id: `delivery.${name}-accounts`,
    method: 'GET',
    path: `${base}/accounts/check`,
    summary: 'The one workspace there is, as the client asks for it at its start',
    output: schema.accountsCheck,
    handle: async (call) => {
      const { workspace } = await parts.serveClient.admit(presented(call, 'workspace'))
      return {
        accounts: [
          {
            id: workspace.id,
            name: workspace.name,
            structure: 'workspace' as const,
            plan_type: plan,
            profile_picture_url: null,
            // The client takes an origin of HTTPS only, without a path.
            workspace_backend_origin: new URL(parts.publicUrl).origin,
            account_routing_override: 'NO_CONSTRAINT' as const,
            can_access_with_session: true,
            is_deactivated: false,
            sso_connection_name: null,
            is_fedramp_compliant_workspace: false,
          },
        ],
        default_account_id: workspace.id,
        account_ordering: [workspace.id],
      }
    },
  })

const usage = (parts: DeliveryParts, { name, base }: Style) =>
  route({
    ...common,
    id: `delivery.${name}-usage`,
    method: 'GET',
    path: `${base}/usage`,
    summary: 'Whose account it is; no limits and no credits, because Gatehouse sets none',
    output: schema.usage,
    handle: async (call) => {
      const { workspace, bearer } = await parts.serveClient.admit(presented(call, 'workspace'))
      return {
        plan_type: plan,
        user_id: bearer.principalId,
        account_id: workspace.id,
        email: parts.emailOf(bearer.principalId),
        rate_limit: null,
        credits: null,
      }
    },
  })

const events = (parts: DeliveryParts, { name, events }: Style) =>
  route({
    ...common,
    id: `delivery.${name}-events`,
    method: 'POST',
    path: `${events}/analytics-events/events`,
    summary: 'Takes what a client reports about itself and counts it by type',
    description:
      'Counted for each client and day. A type that is no name of small letters, digits and underscores is counted as `other`. Where telemetry is collected, each event is a fact as well (docs/telemetry.md); else nothing more is kept of it.',
    body: schema.clientEvents,
    // Read here, after it is known who sends it.
    bodyElsewhere: true,
    limit: eventsLimit,
    output: schema.taken,
    handle: async (call) => {
      const { bearer } = await parts.serveClient.admit(presented(call, 'workspace'))
      const { events } = parseJson(schema.clientEvents, await readJson(eventsLimit, call.request))
      // First what may be refused: then the same comes again, and is to be counted once.
      await parts.events({ id: bearer.clientId, principalId: bearer.principalId }, events)
      parts.recorder.noteEvents(
        bearer.clientId,
        events.map((event) => event.event_type),
        call.now,
      )
      return {}
    },
  })

const presented = (call: Call, route: Presented['route']): Presented => {
  const header = (name: string) => call.request.headers.get(name) ?? undefined
  return {
    route,
    authorization: header('authorization'),
    accountId: header('chatgpt-account-id'),
    userAgent: header('user-agent'),
    address: () => call.ip,
    now: call.now,
  }
}
