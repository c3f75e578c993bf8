import { z } from 'zod'

const caution = z.object({ message: z.string(), effect: z.string(), remedy: z.string() })

export const referenceKey = z.object({
  path: z.string().describe('Dotted, with `*` for names that an admin chooses.'),
  about: z.string(),
  expects: z.string().describe('What it must be, in words.'),
  values: z
    .array(
      z.object({ value: z.string(), about: z.string().optional(), caution: caution.optional() }),
    )
    .describe('Its allowed values, where they are few; also for a list of them.'),
  required: z.boolean(),
  delivered: z
    .enum(['honoured', 'local-only', 'refused'])
    .describe(
      'In a delivered policy: it works, the client drops it, or the client refuses the whole policy.',
    ),
  source: z
    .enum(['client', 'documentation'])
    .describe('`client`: seen in the client that `clientVersion` names.'),
  since: z.string().optional().describe('The first version or month of the client that has it.'),
  caution: caution.optional(),
  aliases: z.array(z.string()),
  only: z.array(z.string()).describe('The forms of its table that have it.'),
  like: z.string().optional().describe('An earlier key with the same keys below it.'),
  example: z.string().optional(),
})

export const referenceComplaint = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning']),
  message: z.string(),
  effect: z.string().describe('What the client does when it is published so.'),
  remedy: z.string(),
  example: z.string().optional(),
})

export const requirementsSchema = z.object({
  clientVersion: z.string().describe('The client that every statement was put to.'),
  keys: z.array(referenceKey),
  complaints: z.array(referenceComplaint),
})

export type ReferenceKey = z.infer<typeof referenceKey>
export type ReferenceComplaint = z.infer<typeof referenceComplaint>
export type RequirementsSchema = z.infer<typeof requirementsSchema>
