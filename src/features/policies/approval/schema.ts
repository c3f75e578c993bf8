import { z } from 'zod'
import { page, pageQuery, time } from '../../workspace/schema.ts'
import { act, approvalNeed, changeSet } from '../schema.act.ts'
import { bounds } from '../rollout/schema.ts'

/** What can be proposed: whatever changes somebody's policy, and turning the rule itself off. */
export const proposedAct = z.union([act, z.object({ kind: z.literal('four_eyes_off') })])
export type ProposedAct = z.infer<typeof proposedAct>

/** What goes along with the request that does the act, and is no part of the effect that is approved. */
export const how = z.object({
  at: time.optional().describe('Publish it at this time.'),
  bounds: bounds.optional(),
  takeBackWhenHalted: z.boolean().optional(),
  acceptErrors: z.boolean().optional(),
})
export type How = z.infer<typeof how>

export const proposalState = z.enum([
  'open',
  'approved',
  'declined',
  'withdrawn',
  'expired',
  'planned',
  'used',
])
export type ProposalState = z.infer<typeof proposalState>

const text = (max: number) => z.string().trim().max(max)

export const proposal = z.object({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  message: z.string(),
  touches: z.int(),
  proposer: z.object({ kind: z.string(), id: z.string(), label: z.string() }),
  createdAt: time,
  expiresAt: time,
  state: proposalState,
  decidedBy: z.string().nullable(),
  decidedAt: time.nullable(),
  comment: z.string(),
  usedBy: z.string().nullable(),
  usedAt: time.nullable(),
})
export type Proposal = z.infer<typeof proposal>
export const proposalPage = page(proposal)
export const proposalQuery = pageQuery.extend({
  state: proposalState.optional(),
})

/** Why nobody can approve or use it any more, although it is open or approved. */
export const outdated = z.enum([
  'draft_edited',
  'other_effect',
  'approver_contributed',
  'approver_gone',
])

export const proposalDetail = proposal.extend({
  act: proposedAct,
  how,
  /** As it was looked at when it was proposed. */
  changeSet: changeSet.nullable(),
  draftRevision: z.int().nullable(),
  holds: z
    .object({
      outdated: outdated.nullable(),
      now: changeSet.nullable().describe('The present effect, where it is another one.'),
    })
    .nullable()
    .describe('Whether it still is what was proposed; null when it is over.'),
  contributors: z
    .array(z.object({ id: z.string(), label: z.string() }))
    .describe('Who wrote what would be served: none of them can approve it.'),
  may: z.object({
    approve: z.boolean(),
    whyNot: z.string().nullable(),
    decline: z.boolean(),
    withdraw: z.boolean(),
    perform: z.boolean(),
  }),
})
export type ProposalDetail = z.infer<typeof proposalDetail>

export const proposalCreate = z.object({
  act: proposedAct,
  how: how.default({}),
  message: text(500)
    .min(1)
    .describe('For who approves; also the message of the version, where one is made.'),
  changeSet: z
    .string()
    .max(100)
    .optional()
    .describe('The hash that was looked at; refused when the effect is another by now.'),
})
export const decision = z.object({ comment: text(2000).default('') })
/** Words that are owed to somebody. */
export const refusal = z.object({ comment: text(2000).min(1) })

export const fourEyes = z.object({
  on: z.boolean(),
  changedAt: time.nullable(),
  changedBy: z.string().nullable(),
  approvers: z
    .array(z.object({ id: z.string(), label: z.string() }))
    .describe('Who can approve: members with the permission and a way to sign in.'),
  waiting: z.int().describe('Proposals that wait for approval.'),
  reviews: z.int().describe('Acts that could not wait and that nobody has reviewed yet.'),
  forYou: z
    .int()
    .describe('Of both: what others have proposed or done, for a member who can approve.'),
  turningOff: approvalNeed.shape.proposal.describe('It was proposed to turn the rule off.'),
})
export type FourEyes = z.infer<typeof fourEyes>
export const fourEyesChange = z.object({ on: z.boolean() })

export const reviewReason = z.enum(['emergency', 'safety', 'operator'])
export const review = z.object({
  id: z.string(),
  why: reviewReason,
  title: z.string(),
  reason: z.string(),
  touches: z.int(),
  actor: z.object({ kind: z.string(), id: z.string(), label: z.string() }),
  at: time,
  changeSet: changeSet.nullable(),
  reviewedBy: z.string().nullable(),
  reviewedAt: time.nullable(),
  comment: z.string(),
  mayReview: z.boolean(),
})
export type Review = z.infer<typeof review>
export const reviewPage = page(review)
export const reviewQuery = pageQuery.extend({
  state: z.enum(['open', 'reviewed', 'all']).default('all'),
})
