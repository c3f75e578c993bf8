/** What telemetry has received, as drift reads it, beside the thread that answers requests (kernel/aside.ts). */
import { createHash } from 'node:crypto'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { factsUpTo, originsOf, reportedIn, startsIn, type OriginOf } from './store.heard.ts'
import type { ReportRow } from './tables.ts'

/** A client of which something was received. */
export interface Heard {
  /** `ClientRow.client_key`. */
  readonly key: string
  readonly kind: 'client' | 'enrolment'
  readonly refId: string
  readonly host: string
  readonly program: string
  readonly version: string
  readonly activeAt: number
  readonly reports: readonly ReportRow[]
}

export interface HeardPart {
  /** The number of the last fact that was read. */
  readonly upTo: number
  readonly heard: readonly Heard[]
}

/** Facts in one reading. */
const factsAtOnce = 20_000
/** Combinations that are kept of a client for a day; more than a person makes, and few enough to compare each time. */
export const reportsKept = 100

export const heardPlace = new URL(import.meta.url)

/** Everything after the fact with this number, up to some thousands of facts. */
export const readHeard = (runtime: Runtime, after: number): Promise<HeardPart> =>
  runtime.db.read(() => heardAfter(after))

function* heardAfter(after: number): Work<HeardPart> {
  const upTo = yield* factsUpTo(after, factsAtOnce)
  if (upTo === after) return { upTo, heard: [] }
  const range = [after, upTo] as const
  // What goes on, with the newest start of each conversation; and every start, also one that another has followed.
  const going = yield* reportedIn(range)
  const starts = yield* startsIn(range)
  const origins = yield* originsOf([...new Set(going.map(({ origin }) => origin))])
  const heard = new Map<string, Heard & { readonly reports: ReportRow[] }>()
  for (const { origin, received_at } of going) {
    const from = origins.get(origin)
    if (!from) continue
    const key = keyOf(from)
    const known = heard.get(key)
    if (known && known.activeAt > received_at) continue
    heard.set(key, {
      key,
      kind: from.client_kind,
      refId: from.client_id,
      host: from.host,
      // Not every kind of record says it.
      program: from.originator || (known?.program ?? ''),
      version: from.version || (known?.version ?? ''),
      activeAt: received_at,
      reports: known?.reports ?? [],
    })
  }
  for (const said of [...starts, ...going]) {
    const from = origins.get(said.origin)
    if (!from || said.at === null || from.version === '') continue
    const one = heard.get(keyOf(from))
    if (one) addReport(one.reports, reportRow(one.key, from, said.at, said))
  }
  return { upTo, heard: [...heard.values()] }
}

/** All machines of an enrolment have one key, so that they are told apart by what they call themselves. */
const keyOf = ({ client_kind, client_id, host }: OriginOf): string =>
  client_kind === 'enrolment' ? `enrolment ${client_id} ${host}` : `client ${client_id}`

function reportRow(
  key: string,
  { host, version, policy_version }: OriginOf,
  at: number,
  said: {
    readonly conversation: string
    readonly received_at: number
    readonly approval: string
    readonly sandbox: string
    readonly servers: string
    readonly authMode: string
  },
): ReportRow {
  const { approval, sandbox, servers, authMode } = said
  const parts = [policy_version, host, version, approval, sandbox, servers, authMode]
  return {
    client_key: key,
    digest: createHash('sha256').update(JSON.stringify(parts)).digest('hex'),
    conversation: said.conversation,
    at,
    received_at: said.received_at,
    held_version: policy_version,
    host,
    version,
    approval,
    sandbox,
    servers,
    auth_mode: authMode,
  }
}

/** Adds a report to those of the same client; alike ones become one. What is too much for a day is left out. */
export function addReport(reports: ReportRow[], more: ReportRow): void {
  const place = reports.findIndex(({ digest }) => digest === more.digest)
  const known = reports[place]
  if (!known) {
    if (reports.length < reportsKept) reports.push(more)
    return
  }
  const newer = more.at >= known.at ? more : known
  reports[place] = { ...newer, received_at: Math.max(known.received_at, more.received_at) }
}
