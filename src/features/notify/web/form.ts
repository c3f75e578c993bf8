import type { Rhythm } from '../schema.ts'

/** A subscription as its form holds it. */
export interface Values {
  readonly what: 'collection' | 'page' | 'all'
  readonly term: string
  /** `mail`, or the id of a webhook. */
  readonly to: string
  readonly rhythm: Rhythm['kind']
  readonly hour: string
  readonly weekday: string
  readonly timeZone: string
  readonly formatting: boolean
  readonly trouble: boolean
}

const here = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

export const noValues = (): Values => ({
  what: 'collection',
  term: '',
  to: 'mail',
  rhythm: 'now',
  hour: '8',
  weekday: '1',
  timeZone: here(),
  formatting: false,
  trouble: false,
})

export function rhythmOf({ rhythm, hour, weekday, timeZone }: Values): Rhythm {
  if (rhythm === 'now') return { kind: 'now' }
  if (rhythm === 'daily') return { kind: 'daily', hour: Number(hour), timeZone }
  return { kind: 'weekly', weekday: Number(weekday), hour: Number(hour), timeZone }
}

export function valuesOf(rhythm: Rhythm): Pick<Values, 'rhythm' | 'hour' | 'weekday' | 'timeZone'> {
  const none = noValues()
  return {
    rhythm: rhythm.kind,
    hour: rhythm.kind === 'now' ? none.hour : String(rhythm.hour),
    weekday: rhythm.kind === 'weekly' ? String(rhythm.weekday) : none.weekday,
    timeZone: rhythm.kind === 'now' ? none.timeZone : rhythm.timeZone,
  }
}

/** Every zone the browser knows; the one that is chosen also where it does not. */
export function timeZones(chosen: string): readonly string[] {
  return [...new Set([chosen, 'UTC', ...Intl.supportedValuesOf('timeZone')])]
}

/** Errors of the server by the field of the form: those of a rhythm belong to its own fields. */
export function fieldsOf(errors: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(errors).map(([field, message]) => [
      field.replace(/^rhythm\./, '').replace(/^page$/, 'what'),
      message,
    ]),
  )
}
