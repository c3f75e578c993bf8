import { z } from 'zod'
import { pageQuery, time } from '../../workspace/schema.ts'

const name = z.string().max(200).optional()
const within = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
} as const

/** What conversations and the live tail are narrowed by alike. */
const origin = {
  principal: name.describe('Id of a member, service account or enrolment.'),
  clientId: name.describe('Id of a client or enrolment.'),
  group: name.describe('Only of those who were in this group (its id) then.'),
  surface: name.describe('cli, ide, desktop, sdk or other.'),
  client: name.describe('As it names itself: codex_exec, codex_vscode, …'),
  outcome: z
    .enum(['denied', 'failed'])
    .optional()
    .describe('Only with a call that was denied, or with something that failed.'),
}

export const conversationQuery = pageQuery.extend({
  ...origin,
  q: z
    .string()
    .max(200)
    .optional()
    .describe(
      'A part of a name or e-mail address, or all of a host name or of the client’s own id of the conversation.',
    ),
  model: name.describe('The model that was used last.'),
  within: z
    .enum(Object.keys(within) as [keyof typeof within])
    .optional()
    .describe('Only what was active in the last hour, day, week (7 days) or month (30 days).'),
  since: z.coerce.number().int().optional().describe('Active since then (ms).'),
  until: z.coerce.number().int().optional().describe('Last active before then (ms).'),
  kind: z
    .enum(['conversation', 'outside'])
    .default('conversation')
    .describe('`outside`: what belongs to no conversation, one row for each person or machine.'),
  format: z
    .enum(['json', 'csv', 'ndjson'])
    .optional()
    .describe('Downloads the whole filtered list.'),
})
export type ConversationQuery = z.infer<typeof conversationQuery>

/** How long ago (ms) `within` begins. */
export const withinMs = (of: keyof typeof within): number => within[of]

export const tokens = z.object({
  input: z.int().describe('Contains `cached`.'),
  cached: z.int(),
  output: z.int().describe('Contains `reasoning`.'),
  reasoning: z.int(),
})

export const conversation = z.object({
  id: z.string(),
  name: z.string().describe('The client’s own id; empty: outside of conversations.'),
  who: z.object({
    kind: z.enum(['member', 'service_account', 'enrolment']),
    id: z.string(),
    label: z.string(),
  }),
  client: z
    .object({
      kind: z.enum(['client', 'enrolment']),
      id: z.string(),
      host: z.string(),
      program: z.string(),
      version: z.string(),
      surface: z.string(),
    })
    .describe('Where its newest record came from. Host, program and version are reported.'),
  startedAt: time,
  lastAt: time,
  model: z.string().describe('The one used last; empty: not reported.'),
  events: z.int(),
  turns: z.int(),
  toolCalls: z.int(),
  deniedCalls: z.int(),
  failures: z.int(),
  tokens,
})
export type Conversation = z.infer<typeof conversation>

export const conversationList = z.object({
  items: z.array(conversation),
  next: z.string().nullable(),
  total: z.int().optional().describe('Left out above 10,000.'),
})

export const conversationParams = z.object({ id: z.string().max(100) })

const named = z.object({ id: z.string(), name: z.string() })
export const conversationPage = conversation.extend({
  groups: z.array(named).describe('When its newest record came.'),
  policy: named
    .extend({ policyId: z.string(), number: z.int() })
    .nullable()
    .describe(
      'The policy version that its token came with. Null: none, or its policy is not there any more.',
    ),
  reported: z
    .object({
      at: time,
      approvalPolicy: z.string(),
      sandboxPolicy: z.string(),
      mcpServers: z.string(),
      rest: z.record(z.string(), z.unknown()),
    })
    .nullable()
    .describe('What the client last said it runs with.'),
  kept: z
    .object({
      since: time.nullable().describe('Events received before then are gone; null: none are.'),
      events: z.int(),
      content: z.int(),
      traces: z.int(),
    })
    .describe('Days for which events, text and traces are kept.'),
})
export type ConversationPage = z.infer<typeof conversationPage>

const fields = z.record(z.string(), z.unknown()).nullable()
export const event = z.object({
  id: z.int(),
  at: time,
  receivedAt: time,
  reportedAt: time.nullable().describe('What the client said, where that cannot be.'),
  kind: z.string(),
  name: z.string().describe('As it came.'),
  model: z.string(),
  tool: z.string().describe('Of a stream the kind of event; of a start its phase.'),
  callId: z.string().nullable(),
  decision: z.string().nullable(),
  decidedBy: z.string().nullable(),
  outcome: z.enum(['ran', 'failed', 'denied']).nullable(),
  success: z.boolean().nullable(),
  durationMs: z.number().nullable(),
  status: z.int().nullable(),
  tokens: tokens.extend({ cacheWrite: z.int() }).nullable(),
  length: z.number().nullable(),
  program: z.string(),
  rule: z.string(),
  ruleDecision: z.string(),
  content: fields.describe('What the content policy kept of the text.'),
  extra: fields.describe('Everything else that came.'),
  traceId: z.string().nullable(),
  spanId: z.string().nullable(),
})
export type Event = z.infer<typeof event>

export const eventsQuery = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(500),
  order: z.enum(['oldest', 'newest']).default('oldest').describe('By receipt.'),
  format: z.enum(['json', 'csv', 'ndjson']).optional().describe('Downloads all of them.'),
})
export const eventList = z.object({ items: z.array(event), next: z.string().nullable() })

export const traceParams = conversationParams.extend({
  traceId: z.string().max(100),
})
export const span = z.object({
  id: z.string(),
  parent: z.string(),
  name: z.string(),
  at: time,
  ms: z.number(),
  failed: z.boolean(),
  extra: fields,
})
export type Span = z.infer<typeof span>
export const trace = z.object({
  spans: z.array(span),
  more: z.boolean().describe('There are more than the first thousand.'),
})

/** What the live tail shows of all that comes. */
export const tailShows = ['all', 'calls', 'prompts', 'denied', 'failed'] as const
const { outcome: _, ...tailOrigin } = origin
export const tailQuery = z.object({
  ...tailOrigin,
  q: z.string().max(200).optional().describe('A part of a name or e-mail address.'),
  show: z.enum(tailShows).default('all'),
  cursor: z.string().min(1).max(500).describe('From its beginning, or of the answer before.'),
})
export type TailQuery = z.infer<typeof tailQuery>
export const tailBegun = z.object({
  cursor: z.string(),
  endsAt: time.describe('Then it has to be begun again.'),
})

export const tailEvent = event.extend({
  who: z.string(),
  client: z.string().describe('As it names itself, and its version.'),
  conversation: z.object({ id: z.string(), name: z.string() }),
})
export type TailEvent = z.infer<typeof tailEvent>
export const tailAnswer = z.object({
  items: z.array(tailEvent).describe('Newest first, at most 200.'),
  cursor: z.string(),
  passed: z.int().describe('Events that were passed over, because too many came at once.'),
})
