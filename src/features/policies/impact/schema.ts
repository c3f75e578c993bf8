import { z } from 'zod'
import { page, pageQuery } from '../../workspace/schema.ts'
import { complaint } from '../schema.ts'
import { act, approvalNeed, changeSet, given, principalKind } from '../schema.act.ts'

const id = z.string().min(1).max(100)
const principalRef = z.object({ kind: principalKind, id, label: z.string() })
const side = changeSet.shape.changes.element.shape.before

export const what = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('setting'),
    file: z.enum(['requirements.toml', 'config.toml']),
    key: z.string().describe('Dotted.'),
    before: z.string().nullable().describe('In TOML notation; null: not set.'),
    after: z.string().nullable(),
  }),
  z.object({ kind: z.literal('given'), before: given, after: given }),
  z.object({ kind: z.literal('wording') }).describe('Other policy or version, no setting differs.'),
  z.object({ kind: z.literal('unreadable') }).describe('The draft is no TOML.'),
])
export type What = z.infer<typeof what>

export const effect = z.object({
  id,
  what,
  count: z.int(),
  members: z.int(),
  enrolments: z.int(),
  accounts: z.int(),
  sample: z.array(principalRef).describe('The first of them.'),
  changes: z.array(id).describe('The pairs of policies that they go between.'),
})
export type Effect = z.infer<typeof effect>

/** Everybody who goes from one policy to another one. */
export const pair = z.object({
  id,
  before: side,
  beforeIs: given,
  after: side,
  afterIs: given,
  count: z.int(),
  members: z.int(),
  enrolments: z.int(),
  accounts: z.int(),
})
export type Pair = z.infer<typeof pair>

export const idleRule = z.object({
  position: z.int(),
  groupId: id,
  groupName: z.string(),
  policyId: id,
  policyName: z.string(),
  state: z
    .enum(['shadowed', 'dead'])
    .describe('Earlier rules take everybody in its group, or nobody is in it.'),
  takenBy: z.array(z.object({ position: z.int(), groupName: z.string(), count: z.int() })),
  newly: z.boolean().describe('By this act; before it, the rule decided for somebody.'),
})
export type IdleRule = z.infer<typeof idleRule>

export const impact = z.object({
  hash: z.string().describe('The same as of the change set: send it along with the act.'),
  everybody: z.int().describe('Everybody who is active, before the act.'),
  touches: z.int(),
  members: z.int(),
  enrolments: z.int(),
  accounts: z.int(),
  effects: z.array(effect).describe('By what changes; the largest first.'),
  moreEffects: z.int().describe('Further ones that are counted but not listed.'),
  pairs: z.array(pair).describe('By who goes from which policy to which; the largest first.'),
  morePairs: z.int(),
  idleRules: z.array(idleRule).describe('Rules that decide for nobody after it.'),
  unused: z
    .array(z.object({ policyId: id, name: z.string(), version: z.int(), newly: z.boolean() }))
    .describe('Published policies that nobody gets after it.'),
  complaints: z.array(complaint),
  clients: z.string().describe('When clients learn of it.'),
  undo: z.string().describe('How to take it back.'),
  approval: approvalNeed,
  recordedCommands: z
    .boolean()
    .describe(
      'Commands that clients reported can be replayed; needs the permission analytics.persons.',
    ),
})
export type Impact = z.infer<typeof impact>

export const impactRequest = z.object({ act })

export const impactPrincipal = principalRef.extend({
  name: z.string(),
  before: side,
  beforeIs: given,
  after: side,
  afterIs: given,
  pair: id,
})
export type ImpactPrincipal = z.infer<typeof impactPrincipal>
export const impactPrincipals = page(impactPrincipal)
export const principalsRequest = pageQuery.extend({
  act,
  effect: id.optional().describe('Only those to whom this happens.'),
  pair: id.optional().describe('Only those who go between these policies.'),
  group: id.optional().describe('Only those in this group.'),
  limit: z.int().min(1).max(500).default(50),
})
export type PrincipalsRequest = z.infer<typeof principalsRequest>

const verdict = z
  .enum(['allow', 'prompt', 'forbidden', 'unsure'])
  .describe('By the command rules alone; allow: no rule restricts it; unsure: not simulated.')
export type Verdict = z.infer<typeof verdict>
const because = z
  .object({ line: z.int(), justification: z.string().nullable() })
  .nullable()
  .describe('The rule that decides.')
const totals = z.object({ allow: z.int(), prompt: z.int(), forbidden: z.int(), unsure: z.int() })

export const replayRequest = z.object({
  act,
  text: z
    .string()
    .optional()
    .describe(
      'A file of commands: one shell line each, JSONL or CSV. Left out: those that clients reported.',
    ),
  pair: id
    .optional()
    .describe(
      'Decide every command for this pair of policies. Left out: for who ran it, and for the largest pair where the file does not say.',
    ),
  format: pageQuery.shape.format.describe('Downloads the commands that are decided otherwise.'),
})
export type ReplayRequest = z.infer<typeof replayRequest>

export const replayed = z.object({
  commands: z.int().describe('That were decided.'),
  skipped: z
    .int()
    .describe('Run by somebody whom the act does not touch, or whose client does not start.'),
  truncated: z.boolean().describe('There were more commands than are read.'),
  errors: z
    .array(z.object({ line: z.int(), message: z.string() }))
    .describe('Lines that were left out, the first of them.'),
  wrongLines: z.int(),
  before: totals,
  after: totals,
  changes: z.array(z.object({ before: verdict, after: verdict, count: z.int() })),
  rows: z
    .array(
      z.object({
        command: z.string(),
        before: verdict,
        after: verdict,
        count: z.int(),
        who: z.array(z.string()).describe('A few of those who ran it.'),
        becauseBefore: because,
        becauseAfter: because,
      }),
    )
    .describe('The commands that are decided otherwise after the act, the most frequent first.'),
})
export type Replayed = z.infer<typeof replayed>
