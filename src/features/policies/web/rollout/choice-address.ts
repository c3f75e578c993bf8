import { z } from 'zod'
import { toAllNow, type Choice } from './choice.ts'

const ids = z
  .union([z.string().transform((one) => [one]), z.array(z.string())])
  .optional()
  .catch(undefined)
const whole = (most: number) => z.coerce.number().int().min(1).max(most).optional().catch(undefined)

/** A choice as it stands in the address; what is as usual stands not there. */
export const choiceInAddress = z.object({
  to: z.enum(['all', 'stage']).catch('all'),
  groupIds: ids,
  enrolmentIds: ids,
  percent: z.coerce.number().int().min(0).max(100).catch(0),
  /** Milliseconds, or that a time is still to be chosen. */
  at: z
    .union([z.literal('later'), z.coerce.number().int().positive()])
    .optional()
    .catch(undefined),
  halts: z.literal('no').optional().catch(undefined),
  refused: whole(1_000_000),
  within: whole(1440),
  takeBack: z.literal('yes').optional().catch(undefined),
})
type InAddress = z.output<typeof choiceInAddress>

const usual = toAllNow.bounds.refusedFetches ?? { count: 5, minutes: 30 }

export const choiceFrom = (view: InAddress): Choice => ({
  to: view.to,
  stage: {
    groupIds: view.groupIds ?? [],
    enrolmentIds: view.enrolmentIds ?? [],
    percent: view.percent,
  },
  bounds: {
    refusedFetches:
      view.halts === 'no'
        ? null
        : { count: view.refused ?? usual.count, minutes: view.within ?? usual.minutes },
  },
  takeBackWhenHalted: view.takeBack === 'yes',
  at: view.at === 'later' ? undefined : (view.at ?? null),
})

/** What takes the place of all of it in the address; undefined: stands not there. */
export function addressOf({ to, stage, bounds, takeBackWhenHalted, at }: Choice) {
  const bound = bounds.refusedFetches
  return {
    to: to === 'all' ? undefined : to,
    groupIds: [...stage.groupIds],
    enrolmentIds: [...stage.enrolmentIds],
    percent: stage.percent === 0 ? undefined : stage.percent,
    at: at === undefined ? ('later' as const) : (at ?? undefined),
    halts: bound === null ? ('no' as const) : undefined,
    refused: bound === null || bound.count === usual.count ? undefined : bound.count,
    within: bound === null || bound.minutes === usual.minutes ? undefined : bound.minutes,
    takeBack: takeBackWhenHalted ? ('yes' as const) : undefined,
  }
}
