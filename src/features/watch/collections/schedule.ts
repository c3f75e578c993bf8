import { Cron } from 'croner'
import { isTimeZone } from '#features/workspace/schema.ts'
import type { Schedule } from '../schema.ts'

/** Why a schedule cannot be used, with the field it is about; null for a good one. */
export function scheduleComplaint(
  schedule: Schedule,
): { readonly field: 'cron' | 'timeZone'; readonly message: string } | null {
  if (!isTimeZone(schedule.timeZone))
    return {
      field: 'timeZone',
      message: `${schedule.timeZone} is no time zone; write it like Europe/Berlin.`,
    }
  if (schedule.cron === '') return null
  try {
    const next = cronOf(schedule).nextRun(new Date(0))
    return next ? null : { field: 'cron', message: 'There is no moment that fits.' }
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : 'unknown'
    return {
      field: 'cron',
      message: `Write five fields (minute, hour, day, month, weekday), such as 30 */6 * * *. ${why}`,
    }
  }
}

/**
 * When the next run is due after `after` (ms), its random delay included; null where runs are only asked for by hand.
 * `random` gives a number from 0 to 1.
 */
export function nextRun(schedule: Schedule, after: number, random: () => number): number | null {
  if (schedule.cron === '') return null
  const next = cronOf(schedule).nextRun(new Date(after))
  return next && next.getTime() + Math.floor(random() * schedule.jitterSeconds * 1000)
}

const cronOf = ({ cron, timeZone }: Schedule): Cron =>
  new Cron(cron, { timezone: timeZone, mode: '5-part', paused: true })
