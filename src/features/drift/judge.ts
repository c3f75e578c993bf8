import { minute } from '#kernel/clock.ts'
import {
  allowsApproval,
  allowsSandbox,
  allowsServer,
  limitText,
  serverNames,
  unlimited,
  type Answer,
  type Limits,
} from './limits.ts'
import type { checkKeys, Settings } from './schema.ts'
import { atLeast } from './versions.ts'

/** A client asks again every 15 minutes and keeps an answer for an hour: longer than both together nothing explains. */
export const fetchPatience = 75 * minute
/** A machine that was asleep reports before it asks again: only who is still active then has not asked. */
export const stillActive = 20 * minute
/** Clocks of machines differ. */
const clockSlack = 5 * minute

export type CheckKey = (typeof checkKeys)[number]
export type WayIn = NonNullable<Settings['signIn']>

/** What one conversation reports. Times in milliseconds. */
export interface Report {
  readonly conversation: string
  /** When it began, by the client's clock. */
  readonly at: number
  /** When something of it was last received, by ours. */
  readonly activeAt: number
  /** The version that came with the token it reports with: what it was started under. Empty: no policy. */
  readonly heldVersion: string
  readonly host: string
  readonly version: string
  /** Null: not reported. */
  readonly approval: string | null
  readonly sandbox: string | null
  readonly servers: string | null
  readonly authMode: string | null
}

/** From when until when a version was served to it; empty id: no policy. */
export interface Served {
  readonly versionId: string
  readonly firstAt: number
  readonly lastAt: number
}

export interface Evidence {
  readonly reports: readonly Report[]
  readonly served: readonly Served[]
  /** When it was last heard of, and the version that it reported with. */
  readonly activeAt: number
  readonly version: string
  readonly lastFetchAt: number | null
  /** When it was first active longer after that than a client waits; null: it was not. */
  readonly lateAt: number | null
  /** Undefined: there is no such version any more. */
  readonly limits: (versionId: string, host: string) => Limits | undefined
  readonly floor: string | null
  readonly wayIn: WayIn | null
}

export interface Check {
  readonly key: CheckKey
  readonly outcome: 'agrees' | 'disagrees' | 'unknown'
  readonly since: number
  readonly allowed: string
  readonly reported: string
  /** Versions that were asked; empty where none decides. */
  readonly versionIds: readonly string[]
}

export interface Judgement {
  /** One for each key; of what only reports say, of the newest. */
  readonly checks: readonly Check[]
  /** What disagrees in any of the reports, each value once, with the first time it was seen. */
  readonly disagreements: readonly Check[]
}

/** Compares what a client reports with what it was served. Reports may come in any order. */
export function judge(evidence: Evidence): Judgement {
  const reports = evidence.reports.toSorted((a, b) => b.at - a.at || b.activeAt - a.activeAt)
  const standing = [fetchCheck(evidence), versionCheck(evidence)]
  const checks = [...ofReport(evidence, reports[0] ?? nothingSaid(evidence)), ...standing]
  const found = new Map<string, Check>()
  for (const check of [...reports.flatMap((r) => ofReport(evidence, r)), ...standing]) {
    if (check.outcome !== 'disagrees') continue
    const sign = signOf(check)
    const known = found.get(sign)
    // Of the newest report, since the first.
    found.set(sign, known ? { ...known, since: Math.min(known.since, check.since) } : check)
  }
  return { checks, disagreements: [...found.values()] }
}

/** Equal for what is one disagreement that goes on; a client that reports something else than before is another. */
export const signOf = ({ key, reported }: Pick<Check, 'key' | 'reported'>): string =>
  key === 'fetch' ? key : `${key} ${reported}`

/** Versions that a conversation may run under: the one it was started with, and those served around that time. */
export function mayHold(report: Report, served: readonly Served[]): readonly string[] {
  const around = served.filter(
    ({ firstAt, lastAt }) =>
      firstAt <= report.at + clockSlack && lastAt >= report.at - fetchPatience,
  )
  return [...new Set([report.heldVersion, ...around.map((s) => s.versionId)])]
}

function ofReport(evidence: Evidence, report: Report): readonly Check[] {
  const versionIds = mayHold(report, evidence.served)
  const known = versionIds.map((id) => (id === '' ? unlimited : evidence.limits(id, report.host)))
  const asked = (
    key: 'approval' | 'sandbox' | 'servers',
    reported: string | null,
    ask: (limits: Limits) => Answer,
  ): Check => {
    const answers = known.map((limits) => (limits ? ask(limits) : undefined))
    return {
      key,
      outcome: reported === null || reported === '' ? 'unknown' : outcomeOf(answers),
      since: report.at,
      allowed: [...new Set(known.flatMap((l) => (l ? [limitText(l, key)] : [])))].join(' or '),
      reported: reported ?? '',
      versionIds: versionIds.filter((id) => id !== ''),
    }
  }
  return [
    asked('approval', report.approval, (l) => allowsApproval(l, report.approval ?? '')),
    asked('sandbox', report.sandbox, (l) => allowsSandbox(l, report.sandbox ?? '')),
    serversCheck(known, report, asked),
    signInCheck(evidence, report),
  ]
}

/** One version that allows it is enough; what one of them leaves open is no disagreement. */
function outcomeOf(answers: readonly Answer[]): Check['outcome'] {
  if (answers.includes(true)) return 'agrees'
  return answers.includes(undefined) ? 'unknown' : 'disagrees'
}

function serversCheck(
  known: readonly (Limits | undefined)[],
  report: Report,
  asked: (key: 'servers', reported: string | null, ask: (limits: Limits) => Answer) => Check,
): Check {
  if (report.servers === null) return asked('servers', null, () => undefined)
  const names = serverNames(report.servers)
  const answers = names.map((name) =>
    outcomeOf(known.map((limits) => limits && allowsServer(limits, name))),
  )
  const forbidden = names.filter((_, i) => answers[i] === 'disagrees').sort()
  // None of its own is an answer too.
  const check = asked('servers', names.join(', ') || 'none', () => true)
  if (forbidden.length > 0)
    return { ...check, outcome: 'disagrees', reported: forbidden.join(', ') }
  return { ...check, outcome: answers.includes('unknown') ? 'unknown' : 'agrees' }
}

/** How the client calls its ways of signing in (0.169), without case and punctuation. */
const ways: Readonly<Record<string, WayIn>> = {
  chatgpt: 'account',
  chatgptauthtokens: 'account',
  agentidentity: 'account',
  personalaccesstoken: 'account',
  apikey: 'api_key',
}
const wayText: Readonly<Record<WayIn, string>> = { account: 'an account', api_key: 'an API key' }

function signInCheck({ wayIn }: Evidence, { at, authMode }: Report): Check {
  const way = ways[(authMode ?? '').toLowerCase().replaceAll(/[^a-z]/g, '')]
  return {
    key: 'sign_in',
    outcome:
      wayIn === null
        ? 'agrees'
        : way === undefined
          ? 'unknown'
          : way === wayIn
            ? 'agrees'
            : 'disagrees',
    since: at,
    allowed: wayIn === null ? 'anything' : wayText[wayIn],
    reported: authMode ?? '',
    versionIds: [],
  }
}

function fetchCheck({ activeAt, lastFetchAt, lateAt }: Evidence): Check {
  const late = lateAt !== null && activeAt - lateAt >= stillActive
  return {
    key: 'fetch',
    outcome: lastFetchAt === null ? 'unknown' : late ? 'disagrees' : 'agrees',
    since: lastFetchAt === null ? activeAt : late ? lastFetchAt + fetchPatience : lastFetchAt,
    allowed: 'active at most 75 minutes after a fetch, or asleep meanwhile',
    reported:
      lastFetchAt === null
        ? 'active, without a fetch on record'
        : `active ${Math.max(0, Math.round((activeAt - lastFetchAt) / minute))} minutes after the last fetch`,
    versionIds: [],
  }
}

function versionCheck({ floor, version, activeAt, reports }: Evidence): Check {
  const reaches = floor === null ? true : atLeast(version, floor)
  return {
    key: 'version',
    outcome: reaches === undefined ? 'unknown' : reaches ? 'agrees' : 'disagrees',
    since: Math.min(activeAt, ...reports.filter((r) => r.version === version).map((r) => r.at)),
    allowed: floor === null ? 'anything' : `${floor} or newer`,
    reported: version,
    versionIds: [],
  }
}

/** A client of which no start of a conversation was received says nothing of what it runs with. */
const nothingSaid = ({ activeAt, version }: Evidence): Report => ({
  conversation: '',
  at: activeAt,
  activeAt,
  heldVersion: '',
  host: '',
  version,
  approval: null,
  sandbox: null,
  servers: null,
  authMode: null,
})
