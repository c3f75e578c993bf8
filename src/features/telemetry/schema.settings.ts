import { z } from 'zod'
import { line, time } from '../workspace/schema.ts'

export const contentLevel = z
  .enum(['nothing', 'commands', 'redacted', 'all'])
  .describe(
    'How much is kept of what people and agents wrote. nothing: no text, only lengths, names of programs, rules and decisions; commands: command lines too; redacted: everything, with what the patterns match taken out; all: everything as it came.',
  )
export type ContentLevel = z.infer<typeof contentLevel>

const days = z.int().min(1).max(3650)

/** Headers that HTTP itself, or the records, decide. */
const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'Not the name of an HTTP header.')
  .refine(
    (name) => !/^(content-.*|host|connection|transfer-encoding|expect)$/i.test(name),
    'Gatehouse sets this header itself.',
  )

const fields = {
  collect: z.boolean().describe('Whether clients are told to report to this Gatehouse.'),
  protocol: z.enum(['binary', 'json']),
  environment: line(60).describe('`env` of every record; empty: as the client names it.'),
  metrics: z.boolean().describe('Off: the client sends metrics to nobody.'),
  traces: z.boolean().describe('Off: the client sends traces to nobody.'),
  logUserPrompt: z
    .boolean()
    .describe('Whether the text of prompts is sent. Only where everything is kept of everybody.'),
  content: z.object({
    level: contentLevel,
    patterns: z
      .array(z.string().min(1).max(500))
      .max(50)
      .describe('Regular expressions (RE2). What they match is taken out at the level `redacted`.'),
  }),
  groups: z
    .array(z.object({ groupId: z.string().max(100), level: contentLevel }))
    .max(200)
    .describe('Other levels for groups. The strictest of a person’s groups wins.'),
  retention: z
    .object({ events: days, content: days, traces: days, sums: days })
    .describe('Days. Sums hold no text and name no conversation.'),
}

export const telemetrySettings = z.object({
  version: z.int(),
  ...fields,
  relay: z
    .object({ url: z.string(), headers: z.array(z.string()).describe('Names only.') })
    .nullable(),
  changedAt: time.nullable(),
  changedBy: z.string().nullable(),
})
export type TelemetrySettings = z.infer<typeof telemetrySettings>

export const telemetryChange = z.object({
  version: z.int().describe('The version that this change is based on.'),
  ...fields,
  relay: z
    .object({
      url: z
        .url()
        .max(500)
        .describe('The collector; `/v1/logs`, `/v1/metrics` and `/v1/traces` are put behind it.'),
      headers: z
        .record(headerName, line(2000).min(1))
        .refine((all) => Object.keys(all).length <= 10, 'At most ten.')
        .optional()
        .describe('Sent along, e.g. `authorization`. Left out: those of before.'),
    })
    .nullable(),
})
export type TelemetryChange = z.infer<typeof telemetryChange>

export const relayState = z.object({
  waiting: z.int(),
  waitingBytes: z.int(),
  maxBytes: z.int(),
  delivered: z.int(),
  lost: z.int().describe('Requests that had no room, or that the collector refused for good.'),
  lastLostAt: time.nullable(),
  lastLoss: z.string().nullable(),
  failingSince: time.nullable(),
  lastError: z.string().nullable(),
  lastSuccessAt: time.nullable(),
})
export type RelayState = z.infer<typeof relayState>

const reach = z.object({ members: z.int(), serviceAccounts: z.int(), enrolments: z.int() })
export type Reach = z.infer<typeof reach>

export const telemetryPage = z.object({
  settings: telemetrySettings,
  reach: reach.describe('Whose clients get the block.'),
  block: z.string().describe('The block as it is delivered, the token hidden.'),
  relay: relayState,
  groups: z
    .array(z.object({ id: z.string(), name: z.string() }))
    .describe('The names of the groups that say something.'),
})
export type TelemetryPage = z.infer<typeof telemetryPage>

export const deliveredBlock = z.object({
  block: z.string().nullable().describe('Null: telemetry is not collected. The token is hidden.'),
})

/** What is collected of the person who asks. */
export const ownTelemetry = z.object({
  collect: z.boolean(),
  level: contentLevel,
  prompts: z.boolean().describe('Whether the text of prompts is sent and kept.'),
  metrics: z.boolean(),
  traces: z.boolean(),
  patterns: z.int().describe('How many patterns are taken out at the level `redacted`.'),
  retention: telemetrySettings.shape.retention,
  relayedTo: z.string().nullable().describe('The host that everything is passed on to as it came.'),
})
export type OwnTelemetry = z.infer<typeof ownTelemetry>
