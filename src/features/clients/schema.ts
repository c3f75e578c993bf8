import { z } from 'zod'
import { page, pageQuery, time } from '../workspace/schema.ts'
import { surfaceKeys } from '../workspace/surfaces/schema.ts'

/** How policy reaches the client: the configuration server beside its own model sign-in, or the workspace in place of it. */
export const routes = ['config_server', 'workspace'] as const
export const route = z.enum(routes)
export type Route = z.infer<typeof route>

/** How the person signed in: a browser on the machine (`code`), the browser login of app-server and IDE, or a device code. */
export const signInFlow = z.enum(['code', 'browser', 'device'])
/** The same; or nobody did, because it is an access token that somebody made. */
export const flow = z.enum([...signInFlow.options, 'access_token'])
export type Flow = z.infer<typeof flow>

export const endReason = z.enum([
  'signed_out',
  'revoked',
  'reused_token',
  'reused_code',
  'member_removed',
  'password_changed',
  'account_deleted',
  'expired',
])
export type EndReason = z.infer<typeof endReason>

/** `suspended`: its member is, and it is refused until she is active again. */
export const clientState = z.enum(['active', 'suspended', 'ended'])

export const client = z.object({
  id: z.string(),
  member: z.object({ id: z.string(), name: z.string(), email: z.string() }),
  route,
  flow,
  state: clientState,
  program: z.string().describe('The client as it last named itself, for people.'),
  userAgent: z.string().describe('The same as sent. Anybody can send anything.'),
  signedInAt: time,
  signedInFrom: z.string().describe('The network address it signed in from.'),
  firstUsedAt: time.nullable(),
  lastUsedAt: time.nullable(),
  lastUsedFrom: z.string().nullable(),
  fetches: z.int(),
  served: z
    .object({ policyId: z.string(), name: z.string(), versionId: z.string(), at: time })
    .nullable()
    .describe('The policy version that it was served last.'),
  willKnowBy: time.describe(
    'A change made now has reached every newly started process by then: the client keeps an answer for an hour.',
  ),
  endsAt: time.nullable().describe('When it has to sign in again, if it is not used until then.'),
  endedAt: time.nullable(),
  endedBy: z.string().nullable(),
  endReason: endReason.nullable(),
})
export type Client = z.infer<typeof client>

export const clientFilter = z.object({
  state: clientState.optional(),
  route: route.optional(),
  member: z.string().max(100).optional().describe('The id of a member.'),
  signedInBefore: z.coerce.number().int().optional().describe('Signed in before this time (ms).'),
  unusedSince: z.coerce.number().int().optional().describe('Not used since this time (ms).'),
})
export const clientQuery = pageQuery.extend(clientFilter.shape)
export const clientPage = page(client)
export const clientId = z.object({ id: z.string().max(100) })

/** Ends all that the filter lets through; `expected` is how many the person saw. */
export const clientsEnd = z.object({
  member: z.string().max(100).optional(),
  route: route.optional(),
  signedInBefore: z.int().optional(),
  unusedSince: z.int().optional(),
  expected: z.int().min(0).describe('How many it was when looked at; another number is refused.'),
})
export const clientsEnded = z.object({ ended: z.int() })

const decider = z
  .object({ id: z.string(), name: z.string(), email: z.string() })
  .describe('Who is asked. The decision names her, so that nobody else makes it by accident.')
/** Whom the page showed. */
export const decision = z.object({
  member: z.string().max(100).describe('The id of the member whom the page showed.'),
})

/** What the member is asked on the page of consent. */
export const authorization = z.object({
  id: z.string(),
  member: decider,
  client: z.string().describe('The name of the asking program, from our own list.'),
  redirectHost: z.string().describe('Where the answer goes: this machine, and which port.'),
  workspace: z.string(),
  route,
  flow,
  ip: z.string(),
  browser: z.string(),
  requestedAt: time,
  expiresAt: time,
  policy: z.object({ id: z.string(), name: z.string(), version: z.int() }).nullable(),
  refusal: z.string().nullable().describe('Why she cannot agree; the program is told the same.'),
})
export type Authorization = z.infer<typeof authorization>
export const authorizationId = z.object({ id: z.string().max(100) })
export const decided = z.object({
  redirectTo: z.string().describe('Open this address: it hands the answer to the program.'),
})

export const userCode = z
  .string()
  .max(40)
  .describe('As the terminal shows it; case, spaces and hyphens do not matter.')
export const deviceCode = z.object({ userCode })
export const deviceDecision = deviceCode.extend(decision.shape)
export const deviceRequest = z.object({
  id: z.string(),
  member: decider,
  client: z.string(),
  workspace: z.string(),
  ip: z.string().describe('The network address that asked for the code.'),
  sameAddress: z.boolean().describe('Whether the browser has the same address.'),
  userAgent: z.string(),
  requestedAt: time,
  expiresAt: time,
  policy: z.object({ id: z.string(), name: z.string(), version: z.int() }).nullable(),
  refusal: z.string().nullable(),
})
export type DeviceRequest = z.infer<typeof deviceRequest>
export const deviceId = z.object({ id: z.string().max(100) })

/** Lines for machines, and what they do and do not ensure. */
export const setupSnippet = z.object({
  id: z.string(),
  title: z.string(),
  language: z.enum(['toml', 'shell', 'json', 'yaml', 'xml']),
  fileName: z.string(),
  where: z.string(),
  install: z.string(),
  remove: z.string().nullable(),
  notes: z.array(z.string()),
})
export const setupRoute = z.object({
  route,
  title: z.string(),
  summary: z.string(),
  ensures: z.array(z.string()),
  doesNot: z.array(z.string()),
  snippets: z.array(setupSnippet),
})
export const setup = z.object({ issuer: z.string(), routes: z.array(setupRoute) })
export type Setup = z.infer<typeof setup>

/** Why a person is refused. */
export const refusalCause = z.enum([...surfaceKeys, 'member_suspended', 'signed_out_by_admin'])
export type RefusalCause = z.infer<typeof refusalCause>

/** What a person reads when she is refused, place by place, for the admin beside the switch. */
export const refusalPlace = z.object({
  id: z.string().describe('The cause and the place: `codex_local.bundle`.'),
  cause: refusalCause,
  route: route.nullable().describe('null: both.'),
  place: z.string().describe('What the person was doing.'),
  answer: z.string().describe('What Gatehouse answers.'),
  reads: z.string().describe('The words of the client (0.169), with our text where it shows one.'),
  ours: z.boolean().describe('Whether the text of the workspace is among them.'),
  takesEffect: z.string().describe('When, after the switch.'),
})
export type RefusalPlace = z.infer<typeof refusalPlace>
export const refusalPlaces = z.object({ items: z.array(refusalPlace) })

/** RFC 7517. */
export const jwks = z.object({ keys: z.array(z.record(z.string(), z.unknown())) })
