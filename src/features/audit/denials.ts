/** What was refused, as records: each known caller's by itself, strangers' summed up by minute and address. */
import { minute } from '#kernel/clock.ts'
import { appendAudit, gatehouse, type AuditActor, type AuditRecord } from '#kernel/audit.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { addressKey } from '#kernel/ratelimit.ts'

export interface Denial {
  /** Null: nobody that is known. */
  readonly actor: AuditActor | null
  /** Id and method of the route. */
  readonly route: string
  readonly method: string
  readonly code: string
  readonly ip: string
  readonly requestId: string
  readonly at: number
}

type Known = Denial & { readonly actor: AuditActor }

export interface Denials {
  /** Never waits and never throws. */
  readonly note: (denial: Denial) => void
  /** Writes what is over; with `all`, also the minute that runs. */
  readonly flush: (all?: boolean) => Promise<void>
}

/** Asking for a password, an approval or the end of a session is part of using it, and no attempt at more. */
const counted = new Set([
  'unauthenticated',
  'wrong_credentials',
  'forbidden',
  'exceeds_own_rights',
  'cross_site_request',
  'member_suspended',
  'account_suspended',
])

/** Told apart in a minute; who has more addresses than that is one line. */
const addresses = 200
/** Of known callers, told apart in a minute. */
const acts = 1000
const many: AuditActor = { kind: 'public', id: '', label: 'many callers' }
const routesNamed = 10

interface Sum {
  readonly minute: number
  readonly first: Denial
  count: number
  readonly routes: Map<string, number>
}

export function createDenials({
  db,
  ids,
  log,
  clock,
}: Pick<Runtime, 'db' | 'ids' | 'log' | 'clock'>): Denials {
  const known = new Map<string, Sum>()
  const crowd = new Map<string, Sum>()
  const strangers = new Map<string, Sum>()
  let waiting: AuditRecord[] = []
  let writing: Promise<void> | undefined

  function add(sums: Map<string, Sum>, key: string, denial: Denial): Sum {
    const sum = sums.get(key) ?? {
      minute: startOfMinute(denial.at),
      first: denial,
      count: 0,
      routes: new Map<string, number>(),
    }
    sums.set(key, sum)
    sum.count++
    const name = `${denial.route} ${denial.code}`
    if (sum.routes.size < routesNamed || sum.routes.has(name))
      sum.routes.set(name, (sum.routes.get(name) ?? 0) + 1)
    return sum
  }

  function note(denial: Denial): void {
    if (!counted.has(denial.code)) return
    const { actor, at, ip } = denial
    if (actor === null) {
      const address = addressKey(ip)
      const key = `${startOfMinute(at)} ${address}`
      add(
        strangers,
        strangers.size < addresses || strangers.has(key) ? key : `${startOfMinute(at)} others`,
        denial,
      )
      return
    }
    noteKnown({ ...denial, actor })
  }

  /**
   * Beyond the bound each caller is one sum, and beyond twice the bound all of them are: nobody's attempts hide another's, and
   * none is dropped.
   */
  function noteKnown(denial: Known): void {
    const { actor, at, route, code } = denial
    const whose = `${startOfMinute(at)} ${actor.kind} ${actor.id}`
    const key = `${whose} ${route} ${code}`
    if (known.size < acts || known.has(key)) {
      const sum = add(known, key, denial)
      // The first at once; whoever tries on in the same minute is counted.
      if (sum.count === 1) waiting.push(recordOf(ids('aud'), denial, 1))
    } else if (crowd.size < acts || crowd.has(whose)) add(crowd, whose, denial)
    else add(crowd, `${startOfMinute(at)} others`, { ...denial, actor: many })
  }

  /** Takes out of memory what no further attempt can add to. */
  function over(all: boolean): void {
    const now = startOfMinute(clock())
    for (const [key, sum] of known) {
      if (!all && sum.minute === now) continue
      known.delete(key)
      if (sum.count > 1) waiting.push(recordOf(ids('aud'), sum.first, sum.count - 1, true))
    }
    for (const [key, sum] of crowd) {
      if (!all && sum.minute === now) continue
      crowd.delete(key)
      waiting.push(crowdRecord(ids('aud'), sum))
    }
    for (const [key, sum] of strangers) {
      if (!all && sum.minute === now) continue
      strangers.delete(key)
      waiting.push(strangersRecord(ids('aud'), sum, key.endsWith(' others')))
    }
  }

  async function write(): Promise<void> {
    const records = waiting
    waiting = []
    if (records.length === 0) return
    try {
      await db.tx(function* () {
        for (const record of records) yield* appendAudit(record)
      })
    } catch (error) {
      // In an outage they wait, as far as memory should.
      waiting = [...records, ...waiting].slice(-acts)
      log.warn(
        { err: error, records: records.length },
        'refused attempts could not be recorded yet',
      )
    }
  }

  return {
    note,
    async flush(all = false) {
      over(all)
      await writing
      writing = write()
      await writing
    },
  }
}

const startOfMinute = (at: number): number => at - (at % minute)

/** `again`: how many times more the same was tried in that minute. */
function recordOf(id: string, denial: Denial, attempts: number, again = false): AuditRecord {
  const { actor, route, method, code, ip, requestId, at } = denial
  return {
    id,
    at,
    actor: actor ?? gatehouse,
    action: 'access.deny',
    target: { kind: 'route', id: route, label: `${method} ${route}` },
    after: { refused: code, attempts, ...(again ? { again: true } : {}) },
    requestId: again ? null : requestId,
    ip,
  }
}

/** More attempts than are told apart. */
const crowdRecord = (id: string, { minute: at, first, count, routes }: Sum): AuditRecord => ({
  id,
  at,
  actor: first.actor ?? many,
  action: 'access.deny',
  target: { kind: 'route', id: '', label: 'many routes' },
  after: { attempts: count, refused: Object.fromEntries(routes) },
  requestId: null,
  ip: null,
})

function strangersRecord(
  id: string,
  { minute: at, first, count, routes }: Sum,
  many: boolean,
): AuditRecord {
  return {
    id,
    at,
    actor: { kind: 'public', id: '', label: 'nobody known' },
    action: 'access.deny-strangers',
    target: {
      kind: 'address',
      id: many ? '' : addressKey(first.ip),
      label: many ? 'many addresses' : addressKey(first.ip),
    },
    after: { attempts: count, refused: Object.fromEntries(routes) },
    requestId: null,
    ip: many ? null : first.ip,
  }
}
