import type { Work } from '#kernel/work.ts'
import { catalogue, decisionKind, inWords, type DecisionKind } from './schema.catalogue.ts'
import type { Decision, DecisionVersion } from './schema.ts'
import { allVersions, valueOf, type DecisionRow } from './store.ts'

export interface DecisionPorts {
  /** The member with that id; undefined: there is none. */
  readonly memberOf: (
    id: string,
  ) => Work<{ readonly label: string; readonly active: boolean } | undefined>
}

/** Every decision of the catalogue as it stands. */
export function* allDecisions(ports: DecisionPorts, now: number): Work<readonly Decision[]> {
  const newest = new Map<string, DecisionRow>()
  for (const row of yield* allVersions()) if (!newest.has(row.key)) newest.set(row.key, row)
  const shown: Decision[] = []
  for (const kind of catalogue)
    shown.push(yield* showDecision(ports, kind, newest.get(kind.key), now))
  return shown
}

export function* showDecision(
  ports: DecisionPorts,
  kind: DecisionKind,
  row: DecisionRow | undefined,
  now: number,
): Work<Decision> {
  const { key, name, about, where } = kind
  return {
    key,
    name,
    about,
    where,
    enforced: false,
    current: row ? yield* showVersion(ports, kind, row) : null,
    overdue: row ? isOverdue(row, now) : false,
  }
}

export function* showVersion(
  ports: DecisionPorts,
  kind: DecisionKind,
  row: DecisionRow,
): Work<DecisionVersion> {
  const member = yield* ports.memberOf(row.owner_id)
  const value = valueOf(row)
  return {
    number: row.number,
    value: value as DecisionVersion['value'],
    words: [...inWords(kind, value)],
    owner: {
      id: row.owner_id,
      label: member?.label ?? row.owner_label,
      active: member?.active ?? false,
    },
    reason: row.reason,
    reviewAt: row.review_at,
    at: row.made_at,
    by: row.made_by,
  }
}

export const isOverdue = (row: Pick<DecisionRow, 'review_at'>, now: number): boolean =>
  row.review_at !== null && row.review_at <= now

/** What waits for a look: review dates that have passed. By the newest version of each decision that is still known. */
export function* overdueCount(
  now: number,
): Work<{ readonly made: number; readonly overdue: number }> {
  const newest = new Map<string, DecisionRow>()
  for (const row of yield* allVersions())
    if (!newest.has(row.key) && decisionKind(row.key)) newest.set(row.key, row)
  const rows = [...newest.values()]
  return { made: rows.length, overdue: rows.filter((row) => isOverdue(row, now)).length }
}
