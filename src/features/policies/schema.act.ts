import { z } from 'zod'
import { permission } from '../workspace/schema.ts'
import { surfaceKeys } from '../workspace/surfaces/schema.ts'
import { complaint, ruleInput } from './schema.ts'

const id = z.string().min(1).max(100)

/** Whom a version that is being rolled out is served to. */
export const stage = z.object({
  groupIds: z.array(id).max(100).readonly().default([]),
  enrolmentIds: z.array(id).max(1000).readonly().default([]),
  percent: z
    .int()
    .min(0)
    .max(100)
    .default(0)
    .describe('Of the members and service accounts, drawn once a rollout.'),
})

/** Any act that may change somebody's effective policy. */
export const act = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('publish'),
    policyId: id,
    document: z
      .object({ text: z.string(), defaults: z.string().default('') })
      .optional()
      .describe('In a preview: these texts instead of the draft.'),
  }),
  z.object({ kind: z.literal('rollback'), policyId: id, version: z.int() }),
  z.object({ kind: z.literal('rules'), rules: z.array(ruleInput).max(2000) }),
  z.object({ kind: z.literal('default'), policyId: id.nullable() }),
  z.object({
    kind: z.literal('membership'),
    groupId: id,
    add: z.array(id).max(20_000).readonly().default([]),
    remove: z.array(id).max(20_000).readonly().default([]),
    lasts: z
      .int()
      .optional()
      .describe('How long those who are added stay (ms); left out: for good.'),
  }),
  z.object({ kind: z.literal('delete_group'), groupId: id }),
  z.object({ kind: z.literal('enrolment'), enrolmentId: id, groupId: id.nullable() }),
  z.object({ kind: z.literal('remove_enrolment'), enrolmentId: id }),
  z
    .object({
      kind: z.literal('service_account'),
      accountId: id,
      groupIds: z.array(id).max(100).readonly(),
      status: z.enum(['active', 'suspended']),
    })
    .describe('How it is afterwards; a new one has any id.'),
  z.object({ kind: z.literal('remove_service_account'), accountId: id }),
  z.object({ kind: z.literal('remove_member'), memberId: id }),
  z.object({ kind: z.literal('activate_member'), memberId: id }),
  z.object({
    kind: z.literal('join_groups'),
    joins: z
      .array(z.object({ memberId: id, groupId: id }))
      .max(200_000)
      .readonly(),
  }),
  z.object({ kind: z.literal('surface'), key: z.enum(surfaceKeys), on: z.boolean() }),
  z
    .object({
      kind: z.literal('role_grant'),
      roleId: id,
      holder: z.object({ kind: z.enum(['member', 'group']), id }),
      given: z.boolean(),
      lasts: z.int().optional().describe('How long it is given (ms); left out: for good.'),
    })
    .describe('A role is given or taken.'),
  z
    .object({
      kind: z.literal('role_change'),
      roleId: id,
      permissions: z.array(permission).readonly(),
    })
    .describe('What the role holds afterwards.'),
  z.object({ kind: z.literal('default_role'), roleId: id.nullable() }),
  z.object({
    kind: z.literal('rollout'),
    policyId: id,
    stage: stage.describe('Who is served the draft, or the version that is being rolled out.'),
  }),
  z.object({ kind: z.literal('finish_rollout'), policyId: id }).describe('To everybody.'),
  z.object({ kind: z.literal('take_back_rollout'), policyId: id }).describe('To nobody.'),
])
export type Act = z.infer<typeof act>

export const principalKind = z.enum(['member', 'enrolment', 'service_account'])
const principalRef = z.object({ kind: principalKind, id, label: z.string() })
const side = z.object({ policyId: id, name: z.string(), version: z.int() }).nullable()
/** What a client is given: a policy, nothing at all (unconstrained), a refusal to start, or it is gone. */
export const given = z.enum(['policy', 'nothing', 'refused', 'gone'])
export const changeSet = z.object({
  hash: z.string(),
  touches: z.int(),
  members: z.int(),
  enrolments: z.int(),
  accounts: z.int().default(0).describe('Service accounts.'),
  changes: z.array(
    z.object({
      before: side,
      beforeIs: given,
      after: side,
      afterIs: given,
      count: z.int(),
      sample: z.array(principalRef),
      keys: z
        .array(
          z.object({
            document: complaint.shape.document,
            key: z.string(),
            before: z.string().optional(),
            after: z.string().optional(),
          }),
        )
        .describe('The keys that change, with their values.'),
    }),
  ),
  moreChanges: z.int().describe('Further kinds of change that are counted but not listed.'),
  complaints: z
    .array(complaint)
    .describe('What the check says about the text that would be served.'),
  clients: z.string().describe('When clients learn of it.'),
  undo: z.string().describe('How to take it back.'),
})
export type ChangeSet = z.infer<typeof changeSet>

/** What the four-eyes rule asks for an act. */
export const approvalNeed = z.object({
  needed: z.boolean().describe('Somebody else has to approve it first.'),
  reviewed: z
    .boolean()
    .describe('It happens at once, and somebody else has to review it afterwards.'),
  emergency: z.boolean().describe('It can be called an emergency, and then happens at once.'),
  proposal: z
    .object({ id, state: z.enum(['open', 'approved']) })
    .nullable()
    .describe('This very act with this very effect was proposed already.'),
})
export type ApprovalNeed = z.infer<typeof approvalNeed>
export const preview = changeSet.extend({ approval: approvalNeed })
export type Preview = z.infer<typeof preview>
export const previewRequest = z.object({ act })
