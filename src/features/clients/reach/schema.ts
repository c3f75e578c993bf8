import { z } from 'zod'
import { page, pageQuery, time } from '../../workspace/schema.ts'
import { surface, surfaceKeys } from '../../workspace/surfaces/schema.ts'

/**
 * `confirmed`: asked since the change, and was given the answer of today. `pending`: holds an answer from before and may go
 * on with it. `silent`: holds none that is still good, so it asks whenever it starts next; it may be off for good.
 */
export const reachState = z.enum(['confirmed', 'pending', 'silent'])
export type ReachState = z.infer<typeof reachState>

export const reachKey = z.object({ key: z.enum(surfaceKeys) })

export const reach = z.object({
  surface,
  effect: z
    .enum(['next_start', 'sign_in', 'pages'])
    .describe(
      'Who takes notice: clients at their next start; only whoever signs in; nobody but people on the pages of Gatehouse.',
    ),
  total: z.int().describe('Clients that take notice, or that once signed in this way and go on.'),
  confirmed: z.int(),
  pending: z.int(),
  silent: z.int(),
  lastBy: time
    .nullable()
    .describe('When the last of the pending must have asked; null: none is pending.'),
})
export type Reach = z.infer<typeof reach>

export const reachQuery = pageQuery.extend({ state: reachState.optional() })

export const reached = z.object({
  id: z.string(),
  kind: z.enum(['client', 'access_token']),
  name: z.string().describe('The member, or the access token and whose it is.'),
  program: z.string(),
  state: reachState.nullable().describe('Null: the change says nothing to clients like it.'),
  seenAt: time.nullable().describe('When it asked last.'),
  knowsBy: time.nullable().describe('Of pending ones: until then it may go on with what it holds.'),
})
export type Reached = z.infer<typeof reached>
export const reachedPage = page(reached)
