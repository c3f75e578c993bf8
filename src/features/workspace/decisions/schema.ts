import { z } from 'zod'
import { line, time } from '../schema.ts'

export const decisionValue = z.record(
  z.string().max(50),
  z.union([z.string().max(200), z.array(line(200).min(1)).max(500), z.int().max(36_500), z.null()]),
)

export const decisionOwner = z.object({
  id: z.string(),
  label: z.string(),
  active: z.boolean().describe('False: she is no active member any more.'),
})

export const decisionVersion = z.object({
  number: z.int(),
  value: decisionValue,
  words: z.array(z.string()).describe('The value in words, one line for each field.'),
  owner: decisionOwner.describe('Who answers for it.'),
  reason: z.string(),
  reviewAt: time.nullable().describe('When it should be looked at again.'),
  at: time,
  by: z.string(),
})
export type DecisionVersion = z.infer<typeof decisionVersion>

export const decision = z.object({
  key: z.string(),
  name: z.string(),
  about: z.string(),
  where: z.string().describe('Where the vendor has it set.'),
  enforced: z.literal(false).describe('Gatehouse records this and cannot enforce it.'),
  current: decisionVersion.nullable().describe('Null: nothing was decided yet.'),
  overdue: z.boolean().describe('Its review date has passed.'),
})
export type Decision = z.infer<typeof decision>
export const decisions = z.object({ items: z.array(decision) })

export const decisionQuery = z.object({
  format: z
    .enum(['json', 'csv', 'markdown'])
    .optional()
    .describe('Downloads all decisions as one document, for whoever sets them at the vendor.'),
})

export const decisionWithHistory = decision.extend({
  versions: z.array(decisionVersion).describe('Newest first.'),
})
export type DecisionWithHistory = z.infer<typeof decisionWithHistory>

export const decisionChange = z.object({
  value: decisionValue,
  ownerId: z.string().max(100).describe('The member who answers for it.'),
  reason: z.string().trim().min(1).max(2000),
  reviewAt: time.nullable().describe('When it should be looked at again; null: never.'),
  version: z
    .int()
    .min(0)
    .describe('The number of the version this was based on; 0: there was none.'),
})
