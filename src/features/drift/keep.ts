import { day } from '#kernel/clock.ts'
import type { Work } from '#kernel/work.ts'
import type { Gone, Subject } from './evidence.ts'
import { signOf, type Check, type Judgement } from './judge.ts'
import type { DriftParts } from './ports.ts'
import type { ClientState } from './schema.ts'
import { deleteReport, deleteReported, putReports, putServed } from './store.reports.ts'
import {
  changeFinding,
  closedSince,
  closeFindings,
  openFinding,
  openFindings,
  seeFindings,
} from './store.findings.ts'
import { countOf, endClient, putClients } from './store.ts'
import type { ClientRow, FindingRow } from './tables.ts'

/** Disagreements of one client that are kept at a time. Names of servers are free text, and nobody reads more. */
const openAtOnce = 20
/** Machines of one enrolment: host names are the client's own word. */
const machinesKept = 100_000

export interface Judged {
  readonly subject: Subject
  readonly judgement: Judgement
}

/** Writes what was judged: the clients, what was learned of them, and what disagrees or does no more. */
export function* keep(
  parts: DriftParts,
  all: readonly Judged[],
  gone: readonly Gone[],
): Work<void> {
  const { clock, ids } = parts.runtime
  const now = clock()
  const judged = yield* thoseWithRoom(all)
  const known = judged.flatMap(({ subject }) => subject.row?.id ?? [])
  const open = Map.groupBy(
    yield* openFindings([...known, ...gone.map(({ row }) => row.id)]),
    (f) => f.client_id,
  )
  const lately = new Set((yield* closedSince(known, now - day)).map(findingKey))
  const rows: ClientRow[] = []
  const seen: string[] = []
  const closed: string[] = []
  for (const one of judged) {
    const id = one.subject.row?.id ?? ids('drc')
    const was = new Map((open.get(id) ?? []).map((f) => [f.sign, f]))
    const { disagreements } = one.judgement
    const signs = new Set(disagreements.map(signOf))
    closed.push(...[...was.values()].filter((f) => !signs.has(f.sign)).map((f) => f.id))
    let room = openAtOnce - [...was.keys()].filter((sign) => signs.has(sign)).length
    for (const check of disagreements.toSorted((a, b) => a.since - b.since)) {
      const finding = was.get(signOf(check))
      if (finding) {
        seen.push(finding.id)
        const told = toldOf(check)
        if (finding.allowed !== told.allowed || finding.versions !== told.versions)
          yield* changeFinding(finding.id, told)
      } else if (room-- > 0) {
        const row = findingOf(ids('dft'), id, one.subject, check, now)
        // Whoever goes to and fro is told of once a day.
        yield* openFinding(lately.has(findingKey(row)) ? { ...row, told_at: now } : row)
      }
    }
    const acknowledged = disagreements.filter(
      (check) => (was.get(signOf(check))?.acknowledged_at ?? null) !== null,
    ).length
    rows.push(clientRow(id, one, stateOf(one.judgement, acknowledged), now))
  }
  yield* putClients(rows)
  yield* putReports(judged.flatMap(({ subject }) => subject.reports))
  for (const { subject } of judged) for (const row of subject.old) yield* deleteReport(row)
  yield* putServed(judged.flatMap(({ subject }) => subject.learned))
  yield* seeFindings(seen, now)
  yield* closeFindings(closed, now, 'agrees')
  for (const { row, because } of gone) {
    const ids = (open.get(row.id) ?? []).map((f) => f.id)
    yield* closeFindings(ids, now, because)
    yield* endClient(row.id, because)
  }
  yield* deleteReported(
    gone.map(({ row }) => row.client_key),
    gone.flatMap(({ row }) => (row.kind === 'client' ? row.ref_id : [])),
  )
}

/** Without machines that are too many. */
function* thoseWithRoom(judged: readonly Judged[]): Work<readonly Judged[]> {
  const isNew = ({ subject }: Judged): boolean =>
    subject.kind === 'enrolment' && subject.row === undefined
  const room = new Map<string, number>()
  for (const { subject } of judged.filter(isNew))
    if (!room.has(subject.refId))
      room.set(subject.refId, machinesKept - (yield* countOf(subject.refId)))
  return judged.filter((one) => {
    if (!isNew(one)) return true
    const left = room.get(one.subject.refId) ?? 0
    room.set(one.subject.refId, left - 1)
    return left > 0
  })
}

const findingKey = ({ client_id, sign }: Pick<FindingRow, 'client_id' | 'sign'>): string =>
  `${client_id} ${sign}`

export function stateOf({ checks, disagreements }: Judgement, acknowledged: number): ClientState {
  if (disagreements.length > acknowledged) return 'disagrees'
  if (disagreements.length > 0) return 'acknowledged'
  return checks.some(({ outcome }) => outcome === 'unknown') ? 'unknown' : 'agrees'
}

function clientRow(
  id: string,
  { subject, judgement }: Judged,
  state: ClientState,
  now: number,
): ClientRow {
  const [served] = subject.served
  const { principal, host, program, version } = subject
  return {
    id,
    kind: subject.kind,
    ref_id: subject.refId,
    host,
    client_key: subject.key,
    principal_kind: principal.kind,
    principal_id: principal.id,
    label: principal.label,
    search: [principal.label, host, program, version, served?.name ?? ''].join(' ').toLowerCase(),
    state,
    open: judgement.disagreements.length,
    active_at: subject.activeAt,
    served: served?.name ?? '',
    version_id: served?.versionId ?? '',
    served_at: served?.lastAt ?? null,
    last_fetch_at: subject.lastFetchAt,
    program,
    version,
    checks: JSON.stringify(judgement.checks),
    judged_at: now,
    late_at: subject.lateAt,
  }
}

/** What may change while it goes on: another version may have been served. */
const toldOf = ({ allowed, versionIds }: Check): Pick<FindingRow, 'allowed' | 'versions'> => ({
  allowed,
  versions: JSON.stringify(versionIds),
})

function findingOf(
  id: string,
  clientId: string,
  { principal, host }: Subject,
  check: Check,
  now: number,
): FindingRow {
  const client = host === '' ? principal.label : `${principal.label} on ${host}`
  return {
    id,
    client_id: clientId,
    client,
    principal_id: principal.id,
    key: check.key,
    sign: signOf(check),
    ...toldOf(check),
    reported: check.reported,
    search: `${client} ${check.reported}`.toLowerCase(),
    since: check.since,
    opened_at: now,
    seen_at: now,
    closed_at: null,
    closed_because: null,
    acknowledged_at: null,
    acknowledged_by: null,
    acknowledged_reason: null,
    told_at: null,
  }
}
