import { z } from 'zod'
import { time } from '../../workspace/schema.ts'

/** What of somebody would be removed; what the record of the removal will say. */
export const held = z.object({
  machines: z.int().describe('Machines of an enrolment, told apart by their names; else one.'),
  conversations: z.int(),
  events: z.int().describe('Counted up to 100,000.'),
  days: z.int().describe('Days on which anything came.'),
  firstAt: time.nullable(),
  lastAt: time.nullable(),
})
export type Held = z.infer<typeof held>

/** What clients reported of the person who asks. */
export const ownReported = z.object({
  conversations: z.int(),
  turns: z.int(),
  toolCalls: z.int(),
  deniedCalls: z.int(),
  tokens: z.int().describe('Input and output.'),
  firstAt: time.nullable(),
  lastAt: time.nullable(),
  newest: z
    .array(
      z.object({
        id: z.int(),
        startedAt: time,
        host: z.string(),
        client: z.string(),
        model: z.string(),
        turns: z.int(),
        toolCalls: z.int(),
        deniedCalls: z.int(),
      }),
    )
    .describe('The last five conversations.'),
})
export type OwnReported = z.infer<typeof ownReported>
