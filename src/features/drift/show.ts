import { versionsGiven } from '#features/delivery/index.ts'
import { versionNames } from '#features/policies/index.ts'
import { found } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { givenRows, lookedAtFor, servedRows } from './evidence.ts'
import type { Check } from './judge.ts'
import type * as schema from './schema.ts'
import { reportsOf, servedTo } from './store.reports.ts'
import { findingsOf } from './store.findings.ts'
import { clientById } from './store.ts'
import type { ClientRow, FindingRow, SettingsRow } from './tables.ts'

type Names = ReadonlyMap<string, string>

export const showClient = (row: ClientRow): schema.DriftClient => ({
  id: row.id,
  kind: row.kind,
  refId: row.ref_id,
  host: row.host,
  principal: { kind: row.principal_kind, id: row.principal_id, label: row.label },
  state: row.state,
  open: row.open,
  activeAt: row.active_at,
  served:
    row.version_id === '' || row.served_at === null
      ? null
      : { name: row.served, versionId: row.version_id, at: row.served_at },
  lastFetchAt: row.last_fetch_at,
  program: row.program,
  version: row.version,
})

export const versionIdsOf = (row: FindingRow): readonly string[] =>
  JSON.parse(row.versions) as readonly string[]

const named = (ids: readonly string[], names: Names) =>
  ids.map((id) => ({ id, name: names.get(id) ?? id }))

export const showFinding = (row: FindingRow, names: Names): schema.Finding => ({
  id: row.id,
  clientId: row.client_id,
  client: row.client,
  key: row.key,
  allowed: row.allowed,
  reported: row.reported,
  versions: named(versionIdsOf(row), names),
  since: row.since,
  openedAt: row.opened_at,
  seenAt: row.seen_at,
  closedAt: row.closed_at,
  closedBecause: row.closed_because,
  acknowledged:
    row.acknowledged_at === null
      ? null
      : {
          at: row.acknowledged_at,
          by: row.acknowledged_by ?? '',
          reason: row.acknowledged_reason ?? '',
        },
})

export const showSettings = (row: SettingsRow): schema.Settings => ({
  revision: row.revision,
  versionFloor: row.version_floor,
  signIn: row.sign_in,
  webhookId: row.webhook_id,
  mailTo: JSON.parse(row.mail_to) as string[],
  changedAt: row.changed_at,
  changedBy: row.changed_by,
})

/** One client with everything that was compared, as it was judged last. */
export function* clientPage(id: string, now: number): Work<schema.DriftClientPage> {
  const row = found(yield* clientById(id), 'client')
  const checks = JSON.parse(row.checks) as readonly Check[]
  const findings = yield* findingsOf(id, 50)
  const reports = (yield* reportsOf([row.client_key])).slice(0, 20)
  const given = yield* givenTo(row, now)
  const names = yield* versionNames([
    ...new Set([
      ...checks.flatMap((c) => c.versionIds),
      ...findings.flatMap(versionIdsOf),
      ...reports.flatMap((r) => (r.held_version === '' ? [] : [r.held_version])),
    ]),
  ])
  return {
    ...showClient(row),
    checks: checks.map(({ versionIds, ...rest }) => ({
      ...rest,
      versions: named(versionIds, names),
    })),
    findings: findings.map((f) => showFinding(f, names)),
    given,
    conversations: reports.map((r) => ({
      id: r.conversation,
      at: r.at,
      activeAt: r.received_at,
      versionId: r.held_version,
      served: names.get(r.held_version) ?? '',
      version: r.version,
      approval: r.approval,
      sandbox: r.sandbox,
      servers: r.servers,
      signIn: r.auth_mode,
    })),
  }
}

/** Days in a row with one version are one line. */
function* givenTo({ kind, ref_id }: ClientRow, now: number): Work<schema.DriftClientPage['given']> {
  const served =
    kind === 'client'
      ? servedRows(yield* servedTo([ref_id]))
      : givenRows(yield* versionsGiven([ref_id], now - lookedAtFor))
  const lines: schema.DriftClientPage['given'] = []
  for (const { versionId, name, firstAt, lastAt } of served) {
    const last = lines.at(-1)
    if (last?.versionId === versionId) last.firstAt = Math.min(last.firstAt, firstAt)
    else lines.push({ versionId, name, firstAt, lastAt })
  }
  return lines.slice(0, 50)
}
