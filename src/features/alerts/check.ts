/** What cannot be an alert, said before it is saved. */
import { Problem, type ProblemItem } from '#kernel/problem.ts'
import type { Call } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import type { AlertPorts } from './ports.ts'
import { measures, type NewAlert, type Rule } from './schema.ts'
import { subjectOf } from './words.ts'

export const mayPersons = ({ actor }: Pick<Call, 'actor'>): boolean =>
  actor.permissions.has('analytics.persons')

/** Throws `forbidden` where the caller may not see what the rule shows, and `invalid_input` where it cannot be judged. */
export function* demandRule(call: Pick<Call, 'actor'>, rule: Rule, field = ''): Work<string> {
  if (!call.actor.permissions.has('analytics.view')) throw needs('analytics.view')
  if (rule.exact && !mayPersons(call)) throw needs('analytics.persons')
  const errors = complaintsOf(rule, field)
  const subject = errors.length === 0 ? yield* subjectOf(rule) : ''
  if (subject === undefined)
    errors.push({ field: `${field}value`, message: `There is no such ${rule.of}.` })
  if (errors.length > 0) throw new Problem('invalid_input', 'This cannot be watched.', { errors })
  return subject ?? ''
}

const needs = (permission: string): Problem =>
  new Problem('forbidden', `This needs the permission ${permission}.`, {
    remedy: 'Ask an owner of the workspace for a role that holds it.',
  })

function complaintsOf(rule: Rule, at: string): ProblemItem[] {
  const { measure, of, value, condition, amount, exact } = rule
  const { title, of: subjects, kind } = measures[measure]
  const errors: ProblemItem[] = []
  const say = (field: keyof Rule, message: string) =>
    errors.push({ field: `${at}${field}`, message })
  if (!subjects.includes(of)) say('of', `“${title}” can be watched of: ${subjects.join(', ')}.`)
  if ((of === 'workspace') !== (value === ''))
    say('value', of === 'workspace' ? 'Leave it empty.' : `Say which ${of}.`)
  if (of === 'member' && !exact) say('exact', 'Of a member it is always exact.')
  if (condition !== 'absent' && amount === 0) say('amount', 'More than 0.')
  if (condition === 'fall' && amount > 100) say('amount', 'At most 100 percent.')
  if (kind === 'percent' && ['reaches', 'below'].includes(condition) && amount > 100)
    say('amount', 'At most 100 percent.')
  return errors
}

/** Throws `invalid_input` for a webhook that does not exist. */
export function* demandWebhook(
  { webhooks }: AlertPorts,
  { webhookId }: Pick<NewAlert, 'webhookId'>,
): Work<void> {
  if (webhookId === null || (yield* webhooks.all()).some(({ id }) => id === webhookId)) return
  const message = 'There is no such webhook.'
  throw new Problem('invalid_input', message, { errors: [{ field: 'webhookId', message }] })
}
