import { z } from 'zod'
import { page, pageQuery, time } from '../../workspace/schema.ts'
import { changeSetHash, emergency, message, publish } from '../schema.ts'
import { principalKind, stage } from '../schema.act.ts'

const id = z.string().min(1).max(100)

/** When a rollout halts by itself. */
export const bounds = z.object({
  refusedFetches: z
    .object({
      count: z.int().min(1).max(1_000_000),
      minutes: z.int().min(1).max(1440),
    })
    .nullable()
    .default(null)
    .describe(
      'As soon as so many fetches of the stage within so many minutes left a client without a policy: Gatehouse refused them, or the client came back within ten minutes for what it had just been given, which it only does when it could not read it.',
    ),
})
export type Bounds = z.infer<typeof bounds>
const watched = {
  bounds: bounds.default({ refusedFetches: null }),
  takeBackWhenHalted: z
    .boolean()
    .default(false)
    .describe('A rollout that halts by itself is also taken back at once.'),
}

export const rolloutStart = publish.extend({ stage, ...watched })
/** What is decided about a rollout, on top of what was seen of it. */
export const rolloutDecision = z.object({
  revision: z.int().describe('Of the rollout that was looked at.'),
  message: message.optional(),
  changeSet: changeSetHash,
})
export const rolloutTakeBack = rolloutDecision.extend({ emergency: emergency.optional() })
export const rolloutChange = rolloutDecision.extend({
  stage: stage.optional(),
  bounds: bounds.optional(),
  takeBackWhenHalted: z.boolean().optional(),
})
export const scheduleDecision = z.object({ id: id.describe('The one that was looked at.') })

const named = z.object({ id, name: z.string() })
export const shownStage = z.object({
  groups: z.array(named),
  enrolments: z.array(named),
  percent: z.int(),
})
const step = z.object({
  id,
  at: time,
  by: z.string(),
  what: z.enum(['start', 'stage', 'bounds', 'halt', 'go_on', 'finish', 'take_back']),
  stage: shownStage.describe('As it was from then on.'),
  touches: z.int(),
  note: z.string(),
})

export const rollout = z.object({
  id,
  version: z.int(),
  message: z.string().describe('Of the version.'),
  state: z.enum(['in_stage', 'halted', 'finished', 'taken_back']),
  stage: shownStage,
  ...watched,
  startedAt: time,
  startedBy: z.string(),
  haltedAt: time.nullable(),
  endedAt: time.nullable(),
  endedBy: z.string().nullable(),
  toNote: z.boolean().describe('Gatehouse took it back by itself and nobody has taken note of it.'),
  revision: z.int(),
  steps: z.array(step),
})
export type Rollout = z.infer<typeof rollout>

export const schedule = z.object({
  id,
  version: z.int(),
  message: z.string(),
  at: time,
  rollout: z
    .object({ stage: shownStage, ...watched })
    .nullable()
    .describe('Null: to everybody.'),
  state: z.enum(['scheduled', 'missed']),
  note: z.string().describe('Why it was not published.'),
  madeAt: time,
  madeBy: z.string(),
})
export type Schedule = z.infer<typeof schedule>

export const rolloutState = z.object({
  current: rollout.nullable(),
  progress: z
    .object({
      inStage: z.int().describe('How many this version is served to.'),
      served: z.int().describe('Of these: who has fetched it.'),
      refused: z.int().describe('Their fetches that Gatehouse refused, in the time of the bound.'),
      cameBack: z.int().describe('Fetches of clients that came back at once, in that time.'),
      minutes: z.int().describe('How long that time is.'),
    })
    .nullable(),
  schedule: schedule.nullable(),
  alsoMissed: z
    .array(schedule)
    .describe('Others that did not go out at their time, which nobody has taken note of.'),
  past: z.array(rollout).describe('The last twenty that have ended, newest first.'),
})
export type RolloutState = z.infer<typeof rolloutState>

export const inStage = z.object({
  kind: principalKind,
  id,
  label: z.string(),
  state: z
    .enum(['served', 'waiting', 'never'])
    .describe('Has fetched the version; has only fetched another one; has never fetched.'),
  servedAt: time.nullable().describe('When it last fetched this version.'),
  last: z
    .object({ at: time, version: z.int().nullable() })
    .nullable()
    .describe('Its last fetch, of whichever version.'),
})
export type InStage = z.infer<typeof inStage>
export const inStagePage = page(inStage)
export const inStageQuery = pageQuery.extend({
  kind: principalKind.optional(),
  served: z.enum(['yes', 'no']).optional(),
})
