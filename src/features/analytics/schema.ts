import { z } from 'zod'
import { isTimeZone, line, time } from '../workspace/schema.ts'

export const units = ['day', 'week', 'month'] as const
export const dimensions = [
  'none',
  'group',
  'surface',
  'model',
  'client',
  'version',
  'policy',
] as const
export type Dimension = (typeof dimensions)[number]
export const filters = ['group', 'surface', 'model', 'client'] as const
export const unit = z.enum(units)
export const dimension = z.enum(dimensions)

const date = z.iso.date('A date such as 2026-03-29.')
const name = z.string().max(200).optional()

/** What every question takes. */
export const questionQuery = z.object({
  from: date.optional().describe('First day, in the time zone. Default: 29 days before the last.'),
  to: date.optional().describe('Last day, included. Default: today.'),
  unit: unit.default('day').describe('What a row covers; weeks begin on Monday.'),
  zone: z
    .string()
    .max(100)
    .refine(isTimeZone, 'Not the name of a time zone, such as Europe/Berlin.')
    .optional()
    .describe('Time zone of days, weeks and months. Default: that of the settings.'),
  by: dimension
    .optional()
    .describe('Splits the answer; each question names what it can be split by.'),
  group: name.describe('Only those who were in this group (its id) at that time.'),
  surface: name.describe('Only this surface: cli, ide, desktop, sdk or other.'),
  model: name.describe('Only this model.'),
  client: name.describe('Only this client, as it names itself: codex_exec, codex_vscode, …'),
  format: z.enum(['json', 'csv', 'ndjson']).optional().describe('Downloads the answer.'),
})
export type QuestionQuery = z.infer<typeof questionQuery>

export const columnKind = z.enum(['date', 'text', 'count', 'tokens', 'cost', 'share', 'ms'])
export const column = z.object({
  key: z.string(),
  title: z.string(),
  kind: columnKind,
})
export type Column = z.infer<typeof column>
export const cell = z.union([z.string(), z.number(), z.null()])
export type Cell = z.infer<typeof cell>
export const row = z.record(z.string(), cell)
export type Row = z.infer<typeof row>

export const questionHead = z.object({
  key: z.string(),
  title: z.string(),
  about: z.string(),
  dimensions: z.array(dimension).describe('What it can be split by.'),
  filters: z.array(z.enum(filters)).describe('What it can be filtered by.'),
  rowsOf: z
    .string()
    .nullable()
    .describe(
      'What each row stands for, where that is not a period or what it is split by. Without the permission analytics.persons it can then be neither split nor filtered.',
    ),
  persons: z.boolean().describe('Whether it needs the permission analytics.persons.'),
})
export type QuestionHead = z.infer<typeof questionHead>
export const questionList = z.object({ items: z.array(questionHead) })

export const answer = z.object({
  question: z.string(),
  title: z.string(),
  about: z.string(),
  from: time.describe('Start of the first day (ms).'),
  until: time.describe('End of the last day (ms), exclusive.'),
  unit,
  zone: z.string(),
  by: dimension,
  currency: z.string(),
  columns: z.array(column),
  rows: z.array(row),
  held: z
    .object({
      k: z.int(),
      until: time,
      cells: z.int().describe('Values of single days that were left out.'),
    })
    .nullable()
    .describe(
      'For whoever may not see single persons: values about fewer than `k` persons, or from which such values could be computed, are left out, and so is everything from `until` on, because those days are decided on some hours after their end.',
    ),
})
export type Answer = z.infer<typeof answer>

export const questionParams = z.object({ key: z.string() })

/** What filters can be set to: what was seen in the last 90 days. */
export const choices = z.object({
  groups: z.array(z.object({ id: z.string(), name: z.string() })),
  surfaces: z.array(z.string()),
  models: z.array(z.string()),
  clients: z.array(z.string()),
  persons: z.boolean().describe('Whether the caller may see single persons.'),
  settings: z.object({ zone: z.string(), currency: z.string(), k: z.int() }),
  firstDay: time
    .nullable()
    .describe('Midnight UTC of the first day with anything; null: nothing came yet.'),
})
export type Choices = z.infer<typeof choices>

const rate = z
  .number()
  .min(0)
  .max(1_000_000)
  .describe('For a million tokens, in the currency; six decimals count.')
export const newPrice = z.object({
  model: line(200)
    .min(1)
    .regex(/^[^*]*\*?$/, 'A star may only stand at the end.')
    .describe('A model, or the beginning of names followed by `*`.'),
  from: date.describe('Valid from the start of this day, UTC.'),
  input: rate,
  cachedInput: rate,
  output: rate,
})
export const price = newPrice.extend({ id: z.string() })
export type PriceEntry = z.infer<typeof price>
export const priceList = z.object({ currency: z.string(), items: z.array(price) })
export const idParams = z.object({ id: z.string() })

export const settings = z.object({
  zone: z
    .string()
    .max(100)
    .refine(isTimeZone, 'Not the name of a time zone, such as Europe/Berlin.'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'Three capital letters, such as EUR (ISO 4217).'),
  k: z
    .int()
    .min(2)
    .max(100)
    .describe('Whoever may not see persons sees nothing about fewer than these.'),
})
export type Settings = z.infer<typeof settings>

export const eventsQuery = z.object({
  from: date.describe('First day, UTC.'),
  to: date.describe('Last day, UTC, included.'),
  format: z.enum(['json', 'csv', 'ndjson']).default('ndjson'),
})
