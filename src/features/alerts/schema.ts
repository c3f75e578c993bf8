import { z } from 'zod'
import { line, page, pageQuery, time } from '../workspace/schema.ts'
import { measureKeys, measureKinds, subjects, type MeasureKey } from './schema.measures.ts'

export {
  measureKeys,
  measures,
  subjects,
  type Measure,
  type MeasureKey,
} from './schema.measures.ts'
export type { Subject } from './schema.measures.ts'

export const units = ['day', 'week', 'month'] as const
export type Unit = (typeof units)[number]
export const conditions = ['reaches', 'below', 'rise', 'fall', 'absent'] as const
export type Condition = (typeof conditions)[number]

/** What is asked, and when the answer is told. Days, weeks (from Monday) and months are those of UTC. */
const ruleShape = {
  measure: z.enum(measureKeys as [MeasureKey, ...MeasureKey[]]),
  of: z.enum(subjects),
  value: z
    .string()
    .trim()
    .max(200)
    .describe(
      'The id of the group, member or policy version; the name of the surface, model, client or client version. Empty of the workspace.',
    ),
  unit: z.enum(units),
  condition: z
    .enum(conditions)
    .describe(
      '`reaches`: the amount or more, in the day, week or month that runs. The others are judged when it has ended: `below` the amount, `rise` or `fall` by so many percent against the one before, `absent`: nothing.',
    ),
}
export const rule = z.object({
  ...ruleShape,
  amount: z
    .number()
    .min(0)
    .max(1e15)
    .describe('Of what is measured, or percent of a change. 0 where nothing is compared.'),
  exact: z
    .boolean()
    .describe(
      'Needs the permission analytics.persons, also to see it: with today, and without leaving out what is about few people. Always so of a member.',
    ),
})
export type Rule = z.infer<typeof rule>

const tell = {
  name: line(100).min(1),
  webhookId: z.string().max(100).nullable(),
  mailTo: z.array(z.email().max(254)).max(20),
}
export const newAlert = z.object({ ...tell, rule })
export type NewAlert = z.infer<typeof newAlert>
export const alertChange = newAlert.extend({ revision: z.int() })

export const alertStates = ['firing', 'ok', 'unknown', 'waiting', 'deleted'] as const
export const alertState = z.enum(alertStates)
export type AlertState = z.infer<typeof alertState>

export const periodValue = z.object({
  period: z.string().describe('Its first day.'),
  value: z.number().nullable().describe('Null: cannot be told; `why` says the reason.'),
  partial: z.boolean().describe('Days of it were left out, being about few people.'),
  why: z.string().nullable(),
})
export type PeriodValue = z.infer<typeof periodValue>

export const alert = z.object({
  id: z.string(),
  revision: z.int(),
  name: z.string(),
  rule,
  says: z.string().describe('The rule as a sentence.'),
  subject: z.string().describe('How what it is about is called; empty: the workspace.'),
  currency: z.string(),
  budget: z.boolean().describe('It watches tokens or costs while they add up.'),
  kind: z.enum(measureKinds),
  state: alertState.describe(
    '`unknown`: could not be asked, or cannot be told. `waiting`: not asked yet.',
  ),
  why: z.string().nullable().describe('Why it is unknown.'),
  firingSince: time.nullable(),
  quietUntil: time.nullable().describe('Until then nothing is told. Null: it tells.'),
  last: periodValue.nullable().describe('What was judged last.'),
  judgedAt: time.nullable(),
  webhookId: z.string().nullable(),
  mailTo: z.array(z.string()),
  createdAt: time,
  createdBy: z.string(),
  deletedAt: time.nullable(),
})
export type Alert = z.infer<typeof alert>
export const alertQuery = pageQuery.extend({
  state: alertState.optional(),
  kind: z.enum(['budget', 'rule']).optional(),
})
export const alertPage = page(alert)
export const idParams = z.object({ id: z.string().max(100) })

export const firing = z.object({
  id: z.string(),
  period: z.string().describe('The first day of the day, week or month it is about.'),
  value: z.number().nullable(),
  amount: z.number(),
  beganAt: time,
  endedAt: time.nullable(),
  endedBecause: z
    .enum(['over', 'period', 'changed', 'deleted'])
    .nullable()
    .describe(
      '`over`: it is well on the other side again. `period`: the day, week or month was over. `changed`: the alert was.',
    ),
  toldAt: time.nullable().describe('Null: the alert was quiet.'),
})
export type Firing = z.infer<typeof firing>
export const firingQuery = pageQuery.omit({ q: true })
export const firingPage = page(firing)

/** A query, so that it can be asked again and again. */
export const trialQuery = z.object({
  ...ruleShape,
  value: ruleShape.value.default(''),
  amount: z.coerce.number().min(0).max(1e15).default(0),
  exact: z.enum(['yes', 'no']).default('no'),
})
export const trial = z.object({
  says: z.string(),
  kind: z.enum(measureKinds),
  currency: z.string(),
  points: z.array(
    periodValue.extend({
      fires: z.boolean(),
      told: z
        .string()
        .nullable()
        .describe('The day on which it would have told; of a member’s sums only the first.'),
    }),
  ),
  firings: z.int().describe('How often it would have told.'),
})
export type Trial = z.infer<typeof trial>

export const quiet = z.object({ until: time.nullable() })

export const choices = z.object({
  webhooks: z.array(z.object({ id: z.string(), name: z.string() })),
  mail: z.boolean().describe('Whether mail can be sent at all.'),
})
export type Choices = z.infer<typeof choices>
