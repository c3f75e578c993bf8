import { dateText } from '#features/analytics/index.ts'
import type { Work } from '#kernel/work.ts'
import { ruleOf } from './evaluate.ts'
import type { Point } from './judge.ts'
import { measures, type Alert, type Firing, type PeriodValue } from './schema.ts'
import { allAlerts, openFirings } from './store.ts'
import type { AlertRow, FiringRow } from './tables.ts'
import { sentenceOf, subjectOf } from './words.ts'

export const showPoint = ({ period, ...rest }: Point): PeriodValue => ({
  period: dateText(period),
  ...rest,
})

/** @param since when the firing that goes on began; null: none does. */
export function* showAlert(row: AlertRow, since: number | null, now: number): Work<Alert> {
  const rule = ruleOf(row)
  const subject = (yield* subjectOf(rule)) ?? `${rule.of} ${rule.value}, which is gone`
  const { kind, adds } = measures[rule.measure]
  const last = row.last === null ? null : (JSON.parse(row.last) as Point | null)
  return {
    id: row.id,
    revision: row.revision,
    name: row.name,
    rule,
    says: sentenceOf(rule, subject, row.currency),
    subject,
    currency: row.currency,
    budget: adds && (kind === 'tokens' || kind === 'cost') && rule.condition === 'reaches',
    kind,
    state: stateOf(row, since),
    why: row.why,
    firingSince: since,
    quietUntil: row.quiet_until !== null && row.quiet_until > now ? row.quiet_until : null,
    last: last && showPoint(last),
    judgedAt: row.judged_at,
    webhookId: row.webhook_id,
    mailTo: JSON.parse(row.mail_to) as string[],
    createdAt: row.created_at,
    createdBy: row.created_by,
    deletedAt: row.deleted_at,
  }
}

function stateOf(row: AlertRow, since: number | null): Alert['state'] {
  if (row.deleted_at !== null) return 'deleted'
  if (since !== null) return 'firing'
  if (row.why !== null) return 'unknown'
  return row.judged_at === null ? 'waiting' : 'ok'
}

/** What lists are in order of. */
export const orderOf = ({ name, id }: Alert): string => `${name.toLowerCase()} ${id}`

/** All that the caller may see, by name. */
export function* shownAlerts(persons: boolean, now: number): Work<readonly Alert[]> {
  const since = new Map((yield* openFirings()).map((f) => [f.alert_id, f.began_at]))
  const shown: Alert[] = []
  for (const row of yield* allAlerts())
    if (persons || row.exact === 0)
      shown.push(yield* showAlert(row, since.get(row.id) ?? null, now))
  return shown.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
}

export const showFiring = (row: FiringRow): Firing => ({
  id: row.id,
  period: dateText(row.period),
  value: JSON.parse(row.value) as number | null,
  amount: JSON.parse(row.amount) as number,
  beganAt: row.began_at,
  endedAt: row.ended_at,
  endedBecause: row.ended_because,
  toldAt: row.told_at,
})
