/** Use of keys and tokens: one record a credential, address and period. */
import { appendAudit, type AuditActor } from '#kernel/audit.ts'
import { day, hour } from '#kernel/clock.ts'
import { addressKey } from '#kernel/ratelimit.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { forgetUses, insertUse } from './store.uses.ts'

/**
 * `key`: a service key; `directory`: the token of a directory (SCIM); `access-token`: of a client or a service account, by the
 * id of its client; `enrolment`: a key of an enrolment, by the id of the enrolment.
 */
export type CredentialKind = 'key' | 'directory' | 'access-token' | 'enrolment'

export interface CredentialUse {
  readonly kind: CredentialKind
  readonly id: string
  /** Where the caller knows it; else `holderOf` says it. */
  readonly label?: string
  readonly ip: string
  readonly at: number
}

/** Whose a credential is, as the record names it. Undefined: it is gone. */
export type HolderOf = (
  kind: CredentialKind,
  id: string,
) => Work<{ readonly id: string; readonly label: string } | undefined>

export interface Uses {
  /** Never waits and never throws; a use that was noted in that period from there costs one look into memory. */
  readonly note: (use: CredentialUse) => void
  readonly flush: () => Promise<void>
}

/**
 * Programs with a key act, so each hour of theirs is told of. Clients and machines only fetch what was decided for them, four
 * times an hour each: ten thousand of them are ten thousand records a day.
 */
const periods: Readonly<Record<CredentialKind, number>> = {
  key: hour,
  directory: hour,
  'access-token': day,
  enrolment: day,
}

const actions: Readonly<Record<CredentialKind, string>> = {
  key: 'key.use',
  directory: 'directory.use-token',
  'access-token': 'access-token.use',
  enrolment: 'enrolment.use-key',
}

/** Addresses of one credential in one period that are told apart; the rest of the period is one record more. */
const addresses = 20
const inMemory = 100_000
/** Written in one transaction: on the embedded engine nobody is answered meanwhile, and 100 take about 5 ms. */
const atOnce = 100

type Noted = CredentialUse & { readonly address: string; readonly since: number }

export function createUses(
  { db, ids, log }: Pick<Runtime, 'db' | 'ids' | 'log'>,
  holderOf: HolderOf,
): Uses {
  let seen = new Map<string, Set<string>>()
  let hourSeen = 0
  let size = 0
  let waiting: Noted[] = []

  function note(use: CredentialUse): void {
    const now = Math.floor(use.at / hour)
    // Each hour anew: that a day was told of already, the table knows.
    if (now !== hourSeen || size > inMemory) {
      hourSeen = now
      seen = new Map()
      size = 0
    }
    const whose = `${use.kind} ${use.id}`
    const from = seen.get(whose) ?? new Set<string>()
    seen.set(whose, from)
    let address = addressKey(use.ip)
    if (!from.has(address) && from.size >= addresses) address = 'others'
    if (from.has(address)) return
    from.add(address)
    size++
    waiting.push({ ...use, address, since: use.at - (use.at % periods[use.kind]) })
  }

  function* write(uses: readonly Noted[]): Work<void> {
    for (const { kind, id, label, address, since, ip, at } of uses) {
      if (!(yield* insertUse({ kind, id, address, since }))) continue
      const holder = label === undefined ? yield* holderOf(kind, id) : { id, label }
      const actor: AuditActor = { kind, id: holder?.id ?? id, label: holder?.label ?? id }
      yield* appendAudit({
        id: ids('aud'),
        at,
        actor,
        action: actions[kind],
        target: { kind: kind === 'access-token' ? 'client' : kind, id, label: actor.label },
        after: { from: address, since: new Date(since).toISOString() },
        requestId: null,
        ip: address === 'others' ? null : ip,
      })
    }
    const [newest] = uses.slice(-1)
    if (newest) yield* forgetUses(newest.at - 2 * day)
  }

  return {
    note,
    async flush() {
      while (waiting.length > 0) {
        const uses = waiting.splice(0, atOnce)
        try {
          await db.tx(() => write(uses))
        } catch (error) {
          waiting = [...uses, ...waiting].slice(0, inMemory)
          log.warn({ err: error, uses: waiting.length }, 'uses of keys could not be recorded yet')
          return
        }
      }
    },
  }
}
