import { z } from 'zod'

/** As existing programs ask for it: the vendor's analytics API for organisations. Times are seconds, UTC. */
export const platformParams = z.object({ id: z.string() })

const seconds = z.coerce.number().int().min(0).max(9_999_999_999)
export const platformQuery = z.object({
  start_time: seconds.describe('Inclusive; at most 400 days before the end.'),
  end_time: seconds.optional().describe('Exclusive. Default: now.'),
  group_by: z
    .enum(['day', 'week'])
    .default('day')
    .describe('Buckets of UTC; weeks begin on Monday.'),
  group: z
    .enum(['workspace'])
    .optional()
    .describe('Of usage: the whole workspace instead of a row for each user.'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  page: z.string().max(2000).optional().describe('`next_page` of the page before.'),
})
export type PlatformQuery = z.infer<typeof platformQuery>

const totals = z.object({ threads: z.int(), turns: z.int(), credits: z.number() })
export const usageRow = z.object({
  object: z.literal('codex.usage'),
  start_time: z.int(),
  end_time: z.int(),
  user_id: z.string().nullable(),
  actor: z
    .object({ type: z.string(), user_id: z.string(), email: z.string().nullable() })
    .optional(),
  email: z.string().nullable(),
  totals,
  clients: z.array(
    totals.extend({
      client_id: z.string(),
      uncached_text_input_tokens: z.int(),
      cached_text_input_tokens: z.int(),
      text_output_tokens: z.int(),
      text_total_tokens: z.int(),
    }),
  ),
  models: z.array(z.object({ model: z.string(), credits: z.number() })),
})
export type UsageRow = z.infer<typeof usageRow>

const pageOf = <T extends z.ZodType>(row: T) =>
  z.object({
    object: z.literal('page'),
    data: z.array(row),
    has_more: z.boolean(),
    next_page: z.string().nullable(),
  })
export const usagePage = pageOf(usageRow)
/** Reviews of pull requests happen in the vendor's cloud; nothing here reports them. */
export const emptyPage = pageOf(z.never())
