import { decodeCursor, pageOf } from '#kernel/page.ts'
import type { Change, Side } from '../changeset.ts'
import type { Snapshot } from '../snapshot.ts'
import { changeId, type Effect } from './effects.ts'
import type { ImpactPrincipal, PrincipalsRequest } from './schema.ts'

export const named = ({ policy }: Side) =>
  policy && { policyId: policy.policyId, name: policy.name, version: policy.version }

interface Found {
  readonly changes: readonly Change[]
  readonly effects: readonly Effect[]
}

/** Everybody whom the filter lets through, by label. */
export function principalsOf(
  { changes, effects }: Found,
  { before, after }: { readonly before: Snapshot; readonly after: Snapshot },
  wish: PrincipalsRequest,
): readonly ImpactPrincipal[] {
  const text = wish.q?.trim().toLowerCase() ?? ''
  const isIn = (memberId: string): boolean =>
    wish.group === undefined ||
    [before, after].some((s) => s.memberGroups.get(memberId)?.includes(wish.group ?? '') === true)
  const bound = (id: string): boolean =>
    wish.group === undefined ||
    [before, after].some(
      (s) =>
        (s.enrolments.get(id) ?? s.accounts.get(id))?.groupIds.includes(wish.group ?? '') === true,
    )
  const chosen =
    wish.effect === undefined
      ? changes
      : (effects.find(({ id }) => id === wish.effect)?.changes ?? [])
  const rows: ImpactPrincipal[] = []
  for (const change of chosen) {
    const pair = changeId(change)
    if (wish.pair !== undefined && wish.pair !== pair) continue
    const sides = {
      before: named(change.before),
      beforeIs: change.before.given,
      after: named(change.after),
      afterIs: change.after.given,
      pair,
    }
    for (const { id, email, name } of change.members)
      if ((email.toLowerCase().includes(text) || name.toLowerCase().includes(text)) && isIn(id))
        rows.push({ kind: 'member', id, label: email, name, ...sides })
    for (const { kind, id, label } of [...change.enrolments, ...change.accounts])
      if (label.toLowerCase().includes(text) && bound(id))
        rows.push({ kind, id, label, name: '', ...sides })
  }
  return rows.sort(byLabel)
}

type Key = Pick<ImpactPrincipal, 'label' | 'id'>

/** A member and an enrolment may have one label. */
const byLabel = (a: Key, b: Key): number =>
  a.label < b.label ? -1 : a.label > b.label ? 1 : a.id < b.id ? -1 : 1

export function pageAfter(
  rows: readonly ImpactPrincipal[],
  { cursor, limit }: Pick<PrincipalsRequest, 'cursor' | 'limit'>,
) {
  const [label, id] = cursor === undefined ? [] : decodeCursor(cursor)
  const last = { label: String(label), id: String(id) }
  const from = cursor === undefined ? 0 : rows.findIndex((row) => byLabel(last, row) < 0)
  const rest = from < 0 ? [] : rows.slice(from, from + limit + 1)
  const page = pageOf(rest, limit, (row) => [row.label, row.id])
  return { items: [...page.items], next: page.next, total: rows.length }
}
