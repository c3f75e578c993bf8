import { appendAudit, gatehouse } from '#kernel/audit.ts'
import type { Aside } from '#kernel/aside.ts'
import type { Actor } from '#kernel/route.ts'
import type { Alarm, Feature, Runtime } from '#kernel/runtime.ts'
import type { Refusal } from '#kernel/server.ts'
import { createChainer } from './chainer.ts'
import { createCheckpoints, type CheckpointPorts } from './checkpoints.ts'
import { createDenials } from './denials.ts'
import { auditChainMigrations } from './migrations.ts'
import type { AuditParts } from './parts.ts'
import { chainRoutes, checkpointRoutes } from './routes.chain.ts'
import { recordRoutes } from './routes.records.ts'
import { auditSettings, newestCheckpoint, setAuditSettings } from './store.checkpoints.ts'
import { newestDone } from './store.verifications.ts'
import { createUses, type CredentialUse, type HolderOf } from './uses.ts'
import { askVerification, verifyJobs } from './verifications.ts'

export interface AuditPorts extends CheckpointPorts {
  readonly holderOf: HolderOf
}

export { eraseRecords, recordsOf } from './store.erase.ts'
export { linkedSince, type LinkedRecord } from './store.linked.ts'

export interface Audit extends Feature {
  /** Resolves when everything that was committed before is linked; `busy` when that takes too long. */
  readonly settled: () => Promise<void>
  /** A call was refused. */
  readonly refused: (refusal: Refusal) => void
  /** Somebody called whose credential is known. */
  readonly called: (actor: Actor, ip: string, now: number) => void
  /** A credential was used otherwise than in a call of the API. */
  readonly used: (use: CredentialUse) => void
}

/** What is noted in memory is written this often (ms); a killed process loses that much of it. */
const flushEvery = 1000

/** Proof that the trail is as it was written; what was refused; which credentials were used. */
export function createAudit(runtime: Runtime, ports: AuditPorts, aside: Aside): Audit {
  const { db, clock, ids, log } = runtime
  const chainer = createChainer(runtime, function* (records) {
    for (const { id, seq } of records)
      yield* appendAudit({
        id: ids('aud'),
        at: clock(),
        actor: gatehouse,
        action: 'audit.miss-record',
        target: { kind: 'audit', id, label: 'Audit trail' },
        after: { number: seq, why: 'It was gone from the database before it was linked.' },
        requestId: null,
        ip: null,
      })
    // Its findings are the alarm.
    yield* askVerification(ids('avf'), gatehouse.label, clock())
  })
  const checkpoints = createCheckpoints(runtime, chainer, ports)
  const denials = createDenials(runtime)
  const uses = createUses(runtime, ports.holderOf)
  const parts: AuditParts = { ...ports, runtime, chainer, checkpoints }
  let timer: NodeJS.Timeout | undefined
  let broken: { readonly at: number; readonly troubles: number } | undefined

  /** Says once, as a record of its own, since when the chain vouches for what was there before it. */
  async function begin(): Promise<void> {
    await db.tx(function* () {
      const { begun_at, inherited } = yield* auditSettings()
      if (begun_at !== null) return
      const at = clock()
      yield* setAuditSettings({ begun_at: at })
      if (inherited === 0) return
      yield* appendAudit({
        id: ids('aud'),
        at,
        actor: gatehouse,
        action: 'audit.begin-chain',
        target: { kind: 'audit', id: 'chain', label: 'Audit trail' },
        after: { inherited },
        requestId: null,
        ip: null,
      })
    })
  }

  async function look(): Promise<void> {
    try {
      await uses.flush()
      await denials.flush()
      const newest = await db.read(newestDone)
      broken =
        newest && newest.troubles > 0
          ? { at: newest.finished_at ?? newest.started_at, troubles: newest.troubles }
          : undefined
    } catch (error) {
      log.debug({ err: error }, 'the audit trail could not be looked at')
    }
  }

  return {
    name: 'audit',
    migrations: auditChainMigrations,
    routes: [...recordRoutes(parts), ...chainRoutes(parts), ...checkpointRoutes(parts)],
    settled: chainer.settle,
    jobs: [...checkpoints.jobs, ...verifyJobs(runtime, chainer, checkpoints, aside)],
    schedules: checkpoints.schedules,
    async start() {
      await begin()
      chainer.start()
      timer = setInterval(() => void look(), flushEvery)
    },
    async stop() {
      clearInterval(timer)
      await uses.flush()
      await denials.flush(true)
      await chainer.stop()
    },
    alarms: () => {
      const refused = checkpoints.refusedSince()
      return [
        ...(broken ? [brokenAlarm(broken)] : []),
        ...(refused === undefined ? [] : [refusedAlarm(refused)]),
      ]
    },
    *checklist() {
      const { mail_to, webhooks, archives } = yield* auditSettings()
      const done = [mail_to, webhooks, archives].some((chosen) => chosen !== '[]')
      const newest = yield* newestCheckpoint()
      return [
        {
          key: 'audit-checkpoints',
          title: 'Send audit checkpoints outside',
          detail: done
            ? `Signed checkpoints leave this server${newest ? `, the newest with ${newest.records} records` : ''}.`
            : 'A signed checkpoint in somebody’s mailbox is what proves later that nobody rewrote the trail.',
          done,
          link: '/audit/chain',
        },
      ]
    },
    refused: ({ route, problem, actor, ip, requestId, at }) => {
      // To ask who one is, without being signed in, is how every visit begins.
      if (actor === null && route.id === 'session.get') return
      denials.note({
        actor: actor && { kind: actor.kind, id: actor.id, label: actor.label },
        route: route.id,
        method: route.method,
        code: problem.code,
        ip,
        requestId,
        at,
      })
    },
    called: ({ kind, id, label }, ip, at) => {
      if (kind === 'key') uses.note({ kind, id, label, ip, at })
      if (kind === 'scim') uses.note({ kind: 'directory', id, label, ip, at })
    },
    used: uses.note,
  }
}

const brokenAlarm = ({
  at,
  troubles,
}: {
  readonly at: number
  readonly troubles: number
}): Alarm => ({
  key: 'audit-chain',
  severity: 'error',
  message: `The audit trail is not as it was written: ${troubles} ${troubles === 1 ? 'place' : 'places'} were found.`,
  remedy: 'Open Audit, Chain. Keep a copy of the database before anything else is done.',
  since: at,
})

const refusedAlarm = (since: number): Alarm => ({
  key: 'audit-unsigned',
  severity: 'error',
  message: 'The audit trail is not the one whose end was signed last, and is signed no more.',
  remedy:
    'Compare it with a checkpoint that left this server: gatehouse audit verify --checkpoint. Keep a copy of the database before anything else is done.',
  since,
})
