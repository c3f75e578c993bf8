import { fetchesOf, kindOf, type ClientFetches } from '#features/clients/index.ts'
import { versionsGiven } from '#features/delivery/index.ts'
import { day } from '#kernel/clock.ts'
import type { Work } from '#kernel/work.ts'
import { addReport, type Heard } from './heard.ts'
import { fetchPatience, type Report, type Served, type WayIn } from './judge.ts'
import type { DriftPorts } from './ports.ts'
import { reportsOf, servedTo } from './store.reports.ts'
import { clientsByKey } from './store.ts'
import type { ClientRow, ReportRow, ServedRow } from './tables.ts'

/** A client that has said nothing for so long is not looked at any more. */
export const lookedAtFor = 30 * day

/** A client that reports, with everything that is known of it. */
export interface Subject extends Heard {
  /** As it was judged before. */
  readonly row: ClientRow | undefined
  readonly principal: {
    readonly kind: ClientRow['principal_kind']
    readonly id: string
    readonly label: string
  }
  /** Reports that were remembered and are too old now. */
  readonly old: readonly ReportRow[]
  /** Newest first. */
  readonly served: readonly NamedServed[]
  /** What of it was not known before. */
  readonly learned: readonly ServedRow[]
  readonly lastFetchAt: number | null
  /** When it was first active too long after its last fetch; null: it was not. */
  readonly lateAt: number | null
  /** Null: it may sign in as the workspace says. */
  readonly wayIn: WayIn | null
}

export type NamedServed = Served & { readonly name: string }

export interface Gone {
  readonly row: ClientRow
  readonly because: 'ended' | 'silent'
}

export interface Found {
  readonly subjects: readonly Subject[]
  /** Clients that are not looked at any more. */
  readonly gone: readonly Gone[]
}

/** One that was judged before, of which nothing new was received. */
export const heardBefore = (row: ClientRow): Heard => ({
  key: row.client_key,
  kind: row.kind,
  refId: row.ref_id,
  host: row.host,
  program: row.program,
  version: row.version,
  activeAt: row.active_at,
  reports: [],
})

/** Everything about these clients that there is to compare. */
export function* evidenceOf(
  ports: Pick<DriftPorts, 'labelOf'>,
  heard: readonly Heard[],
  now: number,
): Work<Found> {
  const keys = heard.map(({ key }) => key)
  const idsOf = (kind: Heard['kind']): readonly string[] => [
    ...new Set(heard.filter((one) => one.kind === kind).map(({ refId }) => refId)),
  ]
  const rows = new Map((yield* clientsByKey(keys)).map((row) => [row.client_key, row]))
  const known = Map.groupBy(yield* reportsOf(keys), ({ client_key }) => client_key)
  const clients = new Map((yield* fetchesOf(idsOf('client'))).map((c) => [c.id, c]))
  const before = Map.groupBy(yield* servedTo(idsOf('client')), ({ client_id }) => client_id)
  const given = Map.groupBy(
    yield* versionsGiven(idsOf('enrolment'), now - lookedAtFor),
    ({ enrolment_id }) => enrolment_id,
  )

  const subjects: Subject[] = []
  const gone: Gone[] = []
  for (const one of heard) {
    const row = rows.get(one.key)
    const client = clients.get(one.refId)
    const principal = principalOf(ports, one, client)
    const activeAt = Math.max(one.activeAt, row?.active_at ?? 0)
    const silent = activeAt < now - lookedAtFor
    if (!principal || silent) {
      if (row) gone.push({ row, because: principal ? 'silent' : 'ended' })
      continue
    }
    const fetches =
      one.kind === 'client'
        ? ofClient(client, before.get(one.refId) ?? [])
        : ofEnrolment(given.get(one.refId) ?? [])
    const late = fetches.lastFetchAt !== null && activeAt - fetches.lastFetchAt > fetchPatience
    const lateBefore = (row?.late_at ?? 0) > (fetches.lastFetchAt ?? 0) ? row?.late_at : undefined
    subjects.push({
      ...one,
      program: one.program || (row?.program ?? ''),
      version: one.version || (row?.version ?? ''),
      activeAt,
      row,
      principal,
      ...lastDay(known.get(one.key) ?? [], one.reports, activeAt),
      ...fetches,
      lateAt: late ? (lateBefore ?? activeAt) : null,
      wayIn: client?.route === 'workspace' ? 'account' : null,
    })
  }
  return { subjects, gone }
}

function principalOf(
  { labelOf }: Pick<DriftPorts, 'labelOf'>,
  { kind, refId }: Heard,
  client: ClientFetches | undefined,
): Subject['principal'] | undefined {
  if (kind === 'client' && (client === undefined || client.ended_at !== null)) return undefined
  const id = client?.principal_id ?? refId
  const principal = kind === 'enrolment' ? 'enrolment' : kindOf(id)
  const label = labelOf(principal, id)
  return label === undefined ? undefined : { kind: principal, id, label }
}

/** What is compared: a disagreement is shown for as long as a day of activity after it. The newest report is kept in any case. */
function lastDay(
  known: readonly ReportRow[],
  more: readonly ReportRow[],
  activeAt: number,
): Pick<Subject, 'reports' | 'old'> {
  const newestAt = Math.max(...[...known, ...more].map((row) => row.received_at))
  const stays = ({ received_at }: ReportRow): boolean =>
    received_at >= activeAt - day || received_at === newestAt
  const reports = known.filter(stays)
  for (const row of more) addReport(reports, row)
  reports.sort((a, b) => b.received_at - a.received_at)
  return { reports, old: known.filter((row) => !stays(row)) }
}

type Fetches = Pick<Subject, 'served' | 'learned' | 'lastFetchAt'>

/** `clients` knows the version that it was served last; those before are remembered here, as it was looked at. */
function ofClient(client: ClientFetches | undefined, before: readonly ServedRow[]): Fetches {
  if (!client) return { served: [], learned: [], lastFetchAt: null }
  const { id, version_id, served, served_at, last_status, last_at } = client
  const good = last_status === 200 || last_status === 304
  const lastFetchAt = good ? last_at : served_at
  const now: ServedRow[] = []
  const learn = (versionId: string, name: string, at: number): void => {
    if (before.some((row) => row.version_id === versionId && row.last_at >= at)) return
    const newest = before[0]
    const firstAt = newest?.version_id === versionId ? newest.first_at : at
    now.push({ client_id: id, first_at: firstAt, version_id: versionId, name, last_at: at })
  }
  if (served_at !== null && version_id !== null && version_id !== '')
    learn(version_id, served ?? '', served_at)
  // Answered last without a policy: there is none for it now.
  if (good && last_at !== null && served_at !== last_at) learn('', '', last_at)
  const isNow = (row: ServedRow): boolean =>
    now.some((one) => one.version_id === row.version_id && one.first_at === row.first_at)
  const all = [...now, ...before.filter((row) => !isNow(row))]
  return {
    served: servedRows(all),
    learned: now,
    lastFetchAt,
  }
}

type Given = ReturnType<typeof versionsGiven> extends Work<readonly (infer Row)[]> ? Row : never

/** What any machine of the enrolment was given: fetches do not say which machine it was. */
function ofEnrolment(given: readonly Given[]): Fetches {
  const served = givenRows(given)
  return { served, learned: [], lastFetchAt: served[0]?.lastAt ?? null }
}

/** Newest first. */
export const servedRows = (rows: readonly ServedRow[]): readonly NamedServed[] =>
  rows
    .map((row) => ({
      versionId: row.version_id,
      name: row.name,
      firstAt: row.first_at,
      lastAt: row.last_at,
    }))
    .sort((a, b) => b.lastAt - a.lastAt)

/** The same of an enrolment. */
export const givenRows = (rows: readonly Given[]): readonly NamedServed[] =>
  servedRows(rows.map((row) => ({ ...row, client_id: row.enrolment_id, name: row.served })))

/** As the judge takes it. */
export const reportOf = (row: ReportRow): Report => ({
  conversation: row.conversation,
  at: row.at,
  activeAt: row.received_at,
  heldVersion: row.held_version,
  host: row.host,
  version: row.version,
  approval: row.approval,
  sandbox: row.sandbox,
  servers: row.servers,
  authMode: row.auth_mode || null,
})
