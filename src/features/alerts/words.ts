import { groupById, memberById } from '#features/access/index.ts'
import { versionNames } from '#features/policies/index.ts'
import type { Work } from '#kernel/work.ts'
import { figureOf } from './schema.figure.ts'
import { measures, type Rule } from './schema.ts'

/** How what an alert is about is called; undefined: it is gone. */
export function* subjectOf({ of, value }: Rule): Work<string | undefined> {
  if (of === 'workspace') return ''
  if (of === 'member') return (yield* memberById(value))?.email
  if (of === 'policy') return (yield* versionNames([value])).get(value)
  if (of !== 'group') return `${of === 'version' ? 'client version' : of} ${value}`
  const group = yield* groupById(value)
  return group && `group ${group.name}`
}

const periods = { day: 'day', week: 'week', month: 'month' } as const

/** A rule as a sentence without a full stop: `Tokens (group Finance) in a month: 1,000,000 or more`. */
export function sentenceOf(rule: Rule, subject: string, currency: string): string {
  const { title } = measures[rule.measure]
  const about = subject === '' ? title : `${title} (${subject})`
  const unit = periods[rule.unit]
  const amount = amountOf(rule, currency)
  const when = {
    reaches: `${amount} or more`,
    below: `below ${amount}`,
    rise: `${rule.amount} % more than the ${unit} before`,
    fall: `${rule.amount} % less than the ${unit} before`,
    absent: 'none',
  }[rule.condition]
  return `${about} in a ${unit}: ${when}`
}

const amountOf = ({ measure, amount }: Rule, currency: string): string =>
  figureOf(amount, measures[measure].kind, currency)
