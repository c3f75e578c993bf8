import { emailKey, nameKey } from '#features/access/index.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { mayUseCodex } from './codex-use.ts'
import type { LastFetch } from './parts.ts'
import { resolve } from './resolve.ts'
import type { Lookup } from './lookup/schema.ts'
import { memberPrincipal, principals, type Principal, type Snapshot } from './snapshot.ts'

export interface LookupQuery {
  readonly email?: string | undefined
  readonly group?: string | undefined
  readonly enrolment?: string | undefined
  readonly account?: string | undefined
}

interface Subject {
  readonly kind: Lookup['principal']['kind']
  readonly principal: Principal
  readonly detail: string
}

/** What somebody gets at this moment, and why. Exactly one of the four ways to name her. */
export function* lookUp(
  snapshot: Snapshot,
  query: LookupQuery,
  lastFetch: LastFetch,
): Work<Lookup> {
  const { kind, principal, detail } = subject(snapshot, query)
  const { policy, rolloutId, because, lost } = resolve(snapshot, principal)
  const surface = snapshot.surfaces.get('codex_local')
  return {
    principal: {
      kind,
      id: principal.id,
      label: principal.label,
      detail,
      groups: principal.groupIds.map((id) => ({ id, name: snapshot.groups.get(id)?.name ?? id })),
    },
    policy,
    staged: rolloutId !== null,
    because,
    lost: [...lost],
    surface: { on: surface?.on ?? true, message: surface?.message ?? '' },
    spread: kind === 'group' ? spread(snapshot, principal.id) : [],
    lastFetched: kind === 'group' ? null : yield* lastFetch(principal),
    revision: snapshot.revision,
  }
}

/** Exactly one of the four ways to name somebody; throws `invalid_input` or `not_found`. */
export function subject(snapshot: Snapshot, query: LookupQuery): Subject {
  const asked = Object.values(query).filter((v) => typeof v === 'string' && v.trim() !== '')
  if (asked.length !== 1)
    throw new Problem(
      'invalid_input',
      'Ask for exactly one of email, group, enrolment and account.',
    )
  if (query.email !== undefined) {
    const email = emailKey(query.email)
    const member = find(snapshot.members.values(), (m) => emailKey(m.email) === email)
    const { name, status } = found(member, 'member')
    const principal = memberPrincipal(snapshot, found(member, 'member'))
    const refused = mayUseCodex(snapshot.codexUse, principal.id, principal.groupIds)
      ? ''
      : 'refused: no role lets her use Codex'
    return {
      kind: 'member',
      principal,
      detail: [name, status === 'active' ? '' : status, refused].filter((s) => s !== '').join(', '),
    }
  }
  if (query.group !== undefined) {
    const text = query.group.trim()
    const group = found(
      snapshot.groups.get(text) ??
        find(snapshot.groups.values(), (g) => nameKey(g.name) === nameKey(text)),
      'group',
    )
    return {
      kind: 'group',
      principal: { kind: 'member', id: group.id, label: group.name, groupIds: [group.id] },
      detail: 'somebody who is in this group only',
    }
  }
  if (query.account !== undefined) {
    const text = query.account.trim()
    const account = found(
      snapshot.accounts.get(text) ??
        find(snapshot.accounts.values(), (a) => nameKey(a.label) === nameKey(text)),
      'service account',
    )
    const detail = account.status === 'active' ? '' : account.status
    return { kind: 'service_account', principal: account, detail }
  }
  const text = (query.enrolment ?? '').trim()
  const enrolment = found(
    snapshot.enrolments.get(text) ??
      find(snapshot.enrolments.values(), (e) => nameKey(e.label) === nameKey(text)),
    'enrolment',
  )
  const bound = enrolment.groupIds[0]
  return {
    kind: 'enrolment',
    principal: enrolment,
    detail:
      bound === undefined
        ? 'bound to the default'
        : `bound to ${snapshot.groups.get(bound)?.name ?? bound}`,
  }
}

/** What everybody in a group really gets: an earlier rule for another of her groups may decide. */
function spread(snapshot: Snapshot, groupId: string): Lookup['spread'] {
  const counts = new Map<string, { policyId: string | null; policyName: string; count: number }>()
  for (const principal of principals(snapshot)) {
    if (!principal.groupIds.includes(groupId)) continue
    const { policy } = resolve(snapshot, principal)
    const key = policy?.id ?? ''
    const entry = counts.get(key) ?? {
      policyId: policy?.id ?? null,
      policyName: policy?.name ?? 'No policy',
      count: 0,
    }
    entry.count += 1
    counts.set(key, entry)
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)
}

function find<T>(values: Iterable<T>, fits: (value: T) => boolean): T | undefined {
  for (const value of values) if (fits(value)) return value
  return undefined
}
