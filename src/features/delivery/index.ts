import type { Actor } from '#kernel/route.ts'
import type { Alarm, Feature, Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import type { Principal } from '#features/policies/index.ts'
import { principalOf, type Answers } from './answers.ts'
import { servedVersion } from './bundle.ts'
import { deliveryMigrations } from './migrations.ts'
import { createOutageStore } from './outage.ts'
import type { DeliveryParts, DeliveryPorts } from './ports.ts'
import { createRecorder } from './recorder.ts'
import { bundleRoutes } from './routes.bundle.ts'
import { changingRoutes } from './routes.change.ts'
import { readingRoutes } from './routes.ts'
import {
  createServe,
  enrolmentActor,
  keyInPath,
  type Counts,
  type DirectAnswer,
  type Source,
} from './serve.ts'
import { activeEnrolments, countEnrolments, enrolmentsPage } from './store.ts'
import { fetchesToday, newestFetch } from './store.fetches.ts'
import { createView } from './view.ts'

export { lostDatabase } from './lost.ts'
export type { DeliveryPorts, TouchingAct } from './ports.ts'

/** Every enrolment that is not revoked, as the directory of policies takes it. */
export function* enrolmentPrincipals(): Work<readonly Principal[]> {
  return (yield* activeEnrolments()).map(principalOf)
}

/** The enrolments in use that are bound to a group, for its page and for refusing to delete it. */
export function* enrolmentsOfGroup(
  groupId: string,
): Work<readonly { readonly id: string; readonly name: string }[]> {
  const rows = yield* enrolmentsPage({ state: 'active', group: groupId }, undefined, 1000)
  return rows.map(({ id, name }) => ({ id, name }))
}

/** The newest successful fetch of an enrolment, for look-ups. */
export function* lastFetch(
  enrolmentId: string,
): Work<{ readonly at: number; readonly version: number | null } | null> {
  const row = yield* newestFetch(enrolmentId)
  return row ? { at: row.last_at, version: servedVersion(row.served) } : null
}

export interface Delivery extends Feature {
  /** The authenticator of enrolments: everyone passes, without permissions; the route itself answers by the key. */
  readonly authenticate: () => Promise<Actor>
  /** Answers a good fetch from its request target and nothing else; undefined for everything that the route has to answer. */
  readonly direct: (
    target: string,
    ifNoneMatch: string | undefined,
    address: () => string,
  ) => DirectAnswer | undefined
  /** Starts serving from the file in the data folder. False when there is none that can be used. */
  readonly startWithoutDatabase: () => Promise<boolean>
  /** Whether the database stands behind what is served now: false while it is served from memory or the file, or not at all. */
  readonly confirmed: () => boolean
  /** For metrics: answers by status, answers without a database, seconds since the last confirmation, fetches not yet stored. */
  readonly measures: () => {
    readonly byStatus: Counts
    readonly stale: number
    readonly ageSeconds: number | null
    readonly waiting: number
  }
}

/** The policy on the wire: enrolments, the configuration-server route, its records, and what happens when the database is away. */
export function createDelivery(
  runtime: Pick<Runtime, 'db' | 'clock' | 'ids' | 'log' | 'publicUrl'>,
  ports: DeliveryPorts,
): Delivery {
  const { db, clock, ids, log } = runtime
  const view = createView({ db, clock, log, directory: ports.directory })
  const recorder = createRecorder({ db, clock, log })
  const outage = createOutageStore(ports.dataDir, clock, log)
  let filed: { readonly answers: Answers; readonly confirmedAt: number } | undefined

  function source(): Source | undefined {
    const answers = view.answers()
    if (answers)
      return { answers, staleSince: view.downSince() === null ? null : (view.confirmedAt() ?? 0) }
    return filed && { answers: filed.answers, staleSince: filed.confirmedAt }
  }

  const serve = createServe({ source, recorder, maxAge: ports.outageMaxAge })
  const parts: DeliveryParts = {
    ...ports,
    db,
    clock,
    ids,
    publicUrl: runtime.publicUrl,
    view,
    recorder,
    outage,
    serve,
    source,
    settle: async () => {
      // The write is committed: a database that goes away now is the view's business, not the caller's.
      await ports.directory.refresh().catch(() => undefined)
      await view.refresh()
    },
  }

  view.onChange((answers) => outage.save(answers, view.confirmedAt() ?? clock()))
  view.onConfirm((at) => outage.confirm(at))

  function alarms(): readonly Alarm[] {
    const now = clock()
    const at = source()
    const list: Alarm[] = []
    if (at && at.staleSince !== null) {
      const left = Math.max(0, at.staleSince + ports.outageMaxAge - now)
      list.push({
        key: 'delivery.database',
        severity: 'error',
        message: `The database does not answer. Policies are served as they were at ${iso(at.staleSince)}; this ends at ${iso(now + left)}.`,
        remedy:
          'Bring the database back. docs/outage.md says what developers see and what else can be done.',
        since: view.downSince() ?? at.staleSince,
      })
    }
    const failing = outage.failingSince()
    if (failing !== null)
      list.push({
        key: 'delivery.file',
        severity: 'warning',
        message: `The outage file ${outage.path} cannot be written. A restart without a database would serve older policies, or none.`,
        remedy: 'Look at the free space and the permissions of the data folder.',
        since: failing,
      })
    return list
  }

  return {
    name: 'delivery',
    migrations: deliveryMigrations,
    routes: [...bundleRoutes(parts), ...readingRoutes(parts), ...changingRoutes(parts)],
    async start() {
      await view.start()
      recorder.start()
    },
    async stop() {
      await view.stop()
      await recorder.stop()
      await outage.settled()
    },
    *checklist() {
      const enrolments = yield* countEnrolments({ state: 'active' })
      const fetch = yield* newestFetch()
      return [
        {
          key: 'enrolment',
          title: 'Make an enrolment',
          detail: 'It gives machines the address from which their client takes its policy.',
          done: enrolments > 0,
          link: '/enrolments',
        },
        {
          key: 'fetched',
          title: 'See the first client fetch',
          detail: 'Put the lines of the enrolment on a machine and start the client there.',
          done: fetch !== undefined,
          link: fetch ? `/enrolments/${fetch.enrolment_id}` : '/enrolments',
        },
      ]
    },
    *figures() {
      const enrolments = yield* countEnrolments({ state: 'active' })
      const fetches = yield* fetchesToday(clock())
      return [
        { key: 'enrolments', title: 'Enrolments in use', value: enrolments, link: '/enrolments' },
        { key: 'fetches', title: 'Fetches today (UTC)', value: fetches, link: '/enrolments' },
      ]
    },
    alarms,
    *find(text) {
      const rows = yield* enrolmentsPage({ text }, undefined, 5)
      return rows.slice(0, 5).map((row) => ({
        kind: 'enrolment',
        id: row.id,
        label: row.name,
        detail: row.revoked_at === null ? 'Enrolment' : 'Enrolment, revoked',
        link: `/enrolments/${row.id}`,
      }))
    },
    findPermission: 'enrolments.read',
    authenticate: () => Promise.resolve(enrolmentActor),
    direct(target, ifNoneMatch, address) {
      const key = keyInPath(target)
      if (key === undefined) return undefined
      return serve.direct({ key, ifNoneMatch: ifNoneMatch ?? null, address, now: clock() })
    },
    async startWithoutDatabase() {
      try {
        filed = await outage.load()
      } catch (error) {
        log.error({ err: error, path: outage.path }, 'the outage file cannot be used')
      }
      if (filed) recorder.start()
      return filed !== undefined
    },
    confirmed: () => source()?.staleSince === null,
    measures: () => {
      const since = source()?.staleSince
      return {
        byStatus: serve.counts(),
        stale: serve.stale(),
        ageSeconds: since === undefined ? null : since === null ? 0 : (clock() - since) / 1000,
        waiting: recorder.waiting(),
      }
    },
  }
}

const iso = (at: number): string => new Date(at).toISOString()
