import { Status, type Meaning } from '#web/kit/index.ts'
import { figureOf } from '../schema.figure.ts'
import type { Alert, Condition, Measure, PeriodValue, Subject, Unit } from '../schema.ts'

export const path = '/api/v1/alerts'

const states: Readonly<Record<Alert['state'], readonly [Meaning, string]>> = {
  firing: ['drift', 'firing'],
  ok: ['allowed', 'ok'],
  unknown: ['prompt', 'cannot be told'],
  waiting: ['neutral', 'not asked yet'],
  deleted: ['removed', 'deleted'],
}
export const stateOptions = Object.entries(states).map(([value, [, label]]) => ({ value, label }))
export function StateMark({ of }: { readonly of: Pick<Alert, 'state'> }) {
  const [meaning, word] = states[of.state]
  return <Status meaning={meaning}>{word}</Status>
}

export const unitWords: Readonly<Record<Unit, string>> = {
  day: 'Day',
  week: 'Week, from Monday',
  month: 'Month',
}
export const periodWords: Readonly<Record<Unit, string>> = {
  day: 'Day',
  week: 'Week from',
  month: 'Month from',
}
export const conditionWords: Readonly<Record<Condition, string>> = {
  reaches: 'reaches an amount',
  below: 'stays below an amount',
  rise: 'rises against the one before',
  fall: 'falls against the one before',
  absent: 'is nothing at all',
}
export const subjectWords: Readonly<Record<Subject, string>> = {
  workspace: 'The whole workspace',
  group: 'A group',
  member: 'A member',
  surface: 'A surface',
  model: 'A model',
  client: 'A client',
  version: 'A client version',
  policy: 'A policy version',
}

/** `At least` where days were left out. */
export function valueText(
  { value, partial, why }: PeriodValue,
  kind: Measure['kind'],
  currency: string,
): string {
  if (value === null) return why ?? '–'
  return `${partial ? 'at least ' : ''}${figureOf(value, kind, currency)}`
}
