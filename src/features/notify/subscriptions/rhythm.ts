import { Cron } from 'croner'
import type { Rhythm } from '../schema.ts'
import type { NotifyTables } from '../tables.ts'

type Columns = Pick<
  NotifyTables['notify_subscriptions'],
  'rhythm' | 'hour' | 'weekday' | 'time_zone'
>

/** When the next digest is due after `now`; null for what is told at once. Days of a changing clock are croner's to know. */
export function nextDigest(rhythm: Rhythm, now: number): number | null {
  if (rhythm.kind === 'now') return null
  const day = rhythm.kind === 'weekly' ? String(rhythm.weekday) : '*'
  const cron = new Cron(`0 ${rhythm.hour} * * ${day}`, { timezone: rhythm.timeZone, paused: true })
  return cron.nextRun(new Date(now))?.getTime() ?? null
}

export function columnsOf(rhythm: Rhythm): Columns {
  return {
    rhythm: rhythm.kind,
    hour: rhythm.kind === 'now' ? 0 : rhythm.hour,
    weekday: rhythm.kind === 'weekly' ? rhythm.weekday : 1,
    time_zone: rhythm.kind === 'now' ? 'UTC' : rhythm.timeZone,
  }
}

export function rhythmOf({ rhythm, hour, weekday, time_zone }: Columns): Rhythm {
  if (rhythm === 'now') return { kind: 'now' }
  if (rhythm === 'daily') return { kind: 'daily', hour, timeZone: time_zone }
  return { kind: 'weekly', weekday, hour, timeZone: time_zone }
}
