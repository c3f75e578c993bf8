import { z } from 'zod'
import { line, page, pageQuery, time } from '../workspace/schema.ts'

/** What is compared. */
export const checkKeys = ['approval', 'sandbox', 'servers', 'fetch', 'version', 'sign_in'] as const
export const checkKey = z.enum(checkKeys)
/** As people call it. */
export const checkWords: Readonly<Record<(typeof checkKeys)[number], string>> = {
  approval: 'Approval policy',
  sandbox: 'Sandbox mode',
  servers: 'MCP servers',
  fetch: 'Fetches',
  version: 'Version of the client',
  sign_in: 'Way of signing in',
}
export const outcome = z.enum(['agrees', 'disagrees', 'unknown'])

export const check = z.object({
  key: checkKey,
  outcome: outcome.describe(
    '`unknown`: not reported, or only the client knows what its policy says.',
  ),
  since: time,
  allowed: z.string(),
  reported: z.string().describe('The client’s own word.'),
  versions: z
    .array(z.object({ id: z.string(), name: z.string() }))
    .describe('Policy versions that it may have run under. One that allows it is enough.'),
})
export type Check = z.infer<typeof check>

export const clientStates = [
  'disagrees',
  'acknowledged',
  'agrees',
  'unknown',
  'ended',
  'silent',
] as const
export const clientState = z.enum(clientStates)
export type ClientState = z.infer<typeof clientState>

const principal = z.object({
  kind: z.enum(['member', 'service_account', 'enrolment']),
  id: z.string(),
  label: z.string(),
})

export const driftClient = z.object({
  id: z.string(),
  kind: z.enum(['client', 'enrolment']),
  refId: z
    .string()
    .describe('Of the client, or of the enrolment whose key the machine fetches with.'),
  host: z.string().describe('The machine as it names itself.'),
  principal,
  state: clientState.describe(
    '`acknowledged`: everything that disagrees was. `unknown`: nothing disagrees, and not everything can be told. `ended` and `silent`: it is not looked at any more, as its findings say; lists leave it out unless asked for.',
  ),
  open: z.int().describe('How many disagreements are open, acknowledged ones included.'),
  activeAt: time.describe('When something of it was last received.'),
  served: z
    .object({ name: z.string(), versionId: z.string(), at: time })
    .nullable()
    .describe(
      'What it was served last; of an enrolment, what any of its machines was. Null: no policy.',
    ),
  lastFetchAt: time.nullable(),
  program: z.string().describe('Reported.'),
  version: z.string().describe('Reported.'),
})
export type DriftClient = z.infer<typeof driftClient>

export const finding = z.object({
  id: z.string(),
  clientId: z.string(),
  client: z.string().describe('The principal and the machine, as they were called then.'),
  key: checkKey,
  allowed: z.string(),
  reported: z.string(),
  versions: check.shape.versions,
  since: time.describe('By the clock of what it was told from.'),
  openedAt: time,
  seenAt: time.describe('When it was last found so.'),
  closedAt: time.nullable(),
  closedBecause: z.enum(['agrees', 'ended', 'silent']).nullable(),
  acknowledged: z.object({ at: time, by: z.string(), reason: z.string() }).nullable(),
})
export type Finding = z.infer<typeof finding>

export const clientQuery = pageQuery.extend({
  state: clientState.optional(),
  key: checkKey.optional().describe('Only those that disagree in this.'),
  principal: z.string().max(100).optional().describe('The id of a member or account.'),
  enrolment: z.string().max(100).optional(),
})
export const clientPage = page(driftClient)
export const clientParams = z.object({ id: z.string().max(100) })

export const conversation = z.object({
  id: z.string().describe('The client’s own id.'),
  at: time,
  activeAt: time,
  versionId: z.string().describe('The version that its token came with; empty: none.'),
  served: z.string(),
  version: z.string(),
  approval: z.string().nullable(),
  sandbox: z.string().nullable(),
  servers: z.string().nullable(),
  signIn: z.string().nullable(),
})
export const driftClientPage = driftClient.extend({
  checks: z.array(check),
  findings: z.array(finding).describe('The newest 50, open ones first.'),
  given: z
    .array(z.object({ versionId: z.string(), name: z.string(), firstAt: time, lastAt: time }))
    .describe('What it was served, as far as that is kept; newest first.'),
  conversations: z
    .array(conversation)
    .describe('The newest 20. Of those that began alike, the last one.'),
})
export type DriftClientPage = z.infer<typeof driftClientPage>

export const findingStates = ['open', 'acknowledged', 'closed'] as const
export const findingQuery = pageQuery.extend({
  state: z.enum(findingStates).optional(),
  key: checkKey.optional(),
})
export const findingPage = page(finding)
export const findingParams = z.object({ id: z.string().max(100) })
export const acknowledgement = z.object({ reason: line(500).min(3) })
export const acknowledged = z.object({
  id: z.string(),
  acknowledged: finding.shape.acknowledged.unwrap(),
})

export const settings = z.object({
  revision: z.int(),
  versionFloor: z.string().nullable().describe('A client that reports an older version disagrees.'),
  signIn: z
    .enum(['account', 'api_key'])
    .nullable()
    .describe(
      'How clients sign in to their model. Of those that are signed in to the workspace it is always an account.',
    ),
  webhookId: z
    .string()
    .nullable()
    .describe(
      'The webhook that is told of what newly disagrees. One that `webhooks` does not name is gone.',
    ),
  mailTo: z.array(z.email().max(254)).max(20).describe('Addresses that are told of the same.'),
  changedAt: time.nullable(),
  changedBy: z.string().nullable(),
})
export type Settings = z.infer<typeof settings>
export const settingsChange = settings.pick({ revision: true, signIn: true, mailTo: true }).extend({
  versionFloor: line(50).nullable(),
  webhookId: z.string().max(100).nullable(),
})
export const settingsView = settings.extend({
  webhooks: z.array(z.object({ id: z.string(), name: z.string() })),
  mail: z.boolean().describe('Whether mail can be sent at all.'),
  recipients: z
    .boolean()
    .describe('False: who is told is left out, for it is shown to `alerts.manage` only.'),
})
export type SettingsView = z.infer<typeof settingsView>
