import type { IncomingHttpHeaders } from 'node:http'
import type { Feature, Hit, Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import type { Principal } from '#features/policies/index.ts'
import { outageAlarms } from './alarms.ts'
import { bearerAnswer, principalOf, type Answers, type Subject } from './answers.ts'
import { servedVersion } from './bundle.ts'
import { deliveryMigrations } from './migrations.ts'
import {
  createClientsFile,
  saveEndedWithin,
  saveIssuedWithin,
  type Picture,
} from './outage.clients.ts'
import { createOutageStore } from './outage.ts'
import type { DeliveryParts, DeliveryPorts } from './ports.ts'
import { createRecorder } from './recorder.ts'
import type { DirectAnswer } from './reply.ts'
import { bundleRoutes } from './routes.bundle.ts'
import { changingRoutes } from './routes.change.ts'
import { bundleTargets, clientRoutes } from './routes.clients.ts'
import { readingRoutes } from './routes.ts'
import { createServe, keyInPath, type Counts } from './serve.ts'
import { createClientServe } from './serve.clients.ts'
import type { ClientAnswers, Source } from './source.ts'
import { activeEnrolments, countEnrolments, enrolmentsPage } from './store.ts'
import { enrolmentsServed, fetchesToday, newestFetch, newestFetches } from './store.fetches.ts'
import { createView } from './view.ts'

export { servedVersion } from './bundle.ts'
export { lostDatabase } from './lost.ts'
export { notServed, notServedUnder } from './not-served.ts'
export { versionsGiven } from './store.fetches.ts'
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

/** Enrolments that a version was given to since then, with the time of the last fetch; for the rollout of that version. */
export function* enrolmentsServedTo(
  versionId: string,
  since: number,
): Work<ReadonlyMap<string, number>> {
  const rows = yield* enrolmentsServed(versionId, since)
  return new Map(rows.map((row) => [row.enrolment_id, row.last]))
}

/** As `lastFetch`, of many at once. */
export function* lastFetches(
  enrolmentIds: readonly string[],
): Work<ReadonlyMap<string, { readonly at: number; readonly version: number | null }>> {
  const rows = yield* newestFetches(enrolmentIds)
  return new Map(
    rows.map((row) => [row.enrolment_id, { at: row.last_at, version: servedVersion(row.served) }]),
  )
}

export interface Delivery extends Feature {
  /** Answers a good fetch from its target and headers; undefined for everything that a route has to answer. */
  readonly direct: (
    target: string,
    headers: IncomingHttpHeaders,
    address: () => string,
  ) => (DirectAnswer & { readonly routeId: string }) | undefined
  /** Starts serving from the file in the data folder. False when there is none that can be used. */
  readonly startWithoutDatabase: () => Promise<boolean>
  /** Waits until what was committed before is served by this process. Never throws: without a database what is served stays. */
  readonly settle: () => Promise<void>
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
  const recorder = createRecorder({ db, clock, log, used: ports.used })
  const { telemetry } = ports
  const outage = createOutageStore(ports.dataDir, clock, log, telemetry.silent)
  const clientsFile = createClientsFile({ dataDir: ports.dataDir, clock, log, picture })
  const { bearers } = ports
  let filed: Filed | undefined

  /** Null while the database answers, about policies and about clients; else since when it does not confirm them. */
  function staleSince(): number | null {
    const since = bearers.staleSince()
    if (view.downSince() === null) return since
    return Math.min(view.confirmedAt() ?? 0, since ?? Infinity)
  }
  function source(): Source | undefined {
    const answers = view.answers()
    if (answers) return { answers, staleSince: staleSince() }
    return filed && { answers: filed.answers, staleSince: filed.confirmedAt }
  }
  const outcome = (subject: Subject) => bearerAnswer(ports.directory.current(), subject)
  function clientSource(): ClientAnswers | undefined {
    if (view.answers())
      return {
        staleSince: staleSince(),
        workspace: view.workspace(),
        bearer: bearers.known,
        outcome,
      }
    return filed?.clients && { ...filed.clients, staleSince: filed.clients.confirmedAt }
  }
  /** What the file of clients is written from. */
  function picture(): Picture | undefined {
    const workspace = view.workspace()
    if (!workspace || !view.answers()) return undefined
    // One snapshot for the whole file, however long it takes to write.
    const snapshot = ports.directory.current()
    return {
      confirmedAt: staleSince() ?? clock(),
      workspace,
      fragment: telemetry.silent(),
      bearers: bearers.all(),
      outcome: (subject) => bearerAnswer(snapshot, subject),
    }
  }

  const seen = ports.seen ?? (() => undefined)
  const serve = createServe({ source, recorder, maxAge: ports.outageMaxAge, seen, telemetry })
  const serveClient = createClientServe({
    source: clientSource,
    look: bearers.look,
    recorder,
    seen,
    telemetry,
    maxAge: ports.outageMaxAge,
  })
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
    serveClient,
    source,
    emailOf: (memberId) =>
      view.answers() ? (ports.directory.current().members.get(memberId)?.email ?? null) : null,
  }

  view.onChange((answers, changed) => {
    if (changed === 'people') {
      clientsFile.saveWithin(saveEndedWithin)
      return
    }
    outage.save(answers, view.confirmedAt() ?? clock())
    clientsFile.save()
  })
  telemetry.onChange(() => {
    const answers = view.answers()
    if (!answers) return
    outage.save(answers, view.confirmedAt() ?? clock())
    clientsFile.save()
  })
  bearers.onChange((ended) => clientsFile.saveWithin(ended ? saveEndedWithin : saveIssuedWithin))
  view.onConfirm((at) => {
    outage.confirm(at)
    if (bearers.staleSince() === null) clientsFile.confirm(at)
  })

  const alarms = () =>
    outageAlarms({
      now: clock(),
      staleSince: source()?.staleSince ?? null,
      downSince: view.downSince(),
      maxAge: ports.outageMaxAge,
      files: [outage, clientsFile],
    })

  return {
    name: 'delivery',
    migrations: deliveryMigrations,
    routes: [
      ...bundleRoutes(parts),
      ...clientRoutes(parts),
      ...readingRoutes(parts),
      ...changingRoutes(parts),
    ],
    async start() {
      await view.start()
      recorder.start()
    },
    async stop() {
      await view.stop()
      await recorder.stop()
      await Promise.all([outage.settled(), clientsFile.settled()])
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
    finders: [{ permission: 'enrolments.read', find: findEnrolments }],
    direct(target, headers, address) {
      const common = { ifNoneMatch: headers['if-none-match'] ?? null, address, now: clock() }
      const key = keyInPath(target)
      if (key !== undefined) {
        const answer = serve.direct({ key, ...common })
        return answer && { ...answer, routeId: 'delivery.bundle' }
      }
      const asked = bundleTargets.get(target)
      if (!asked) return undefined
      const answer = serveClient.direct({
        ...common,
        route: asked.route,
        authorization: headers.authorization,
        accountId: headers['chatgpt-account-id']?.toString(),
        userAgent: headers['user-agent'],
      })
      return answer && { ...answer, routeId: asked.id }
    },
    async startWithoutDatabase() {
      const use = async <T>(file: { readonly path: string; load: () => Promise<T> }) =>
        file.load().catch((error: unknown) => {
          log.error({ err: error, path: file.path }, 'the outage file cannot be used')
          return undefined
        })
      const [policies, clients] = [await use(outage), await use(clientsFile)]
      filed = policies && { ...policies, clients }
      if (filed) recorder.start()
      return filed !== undefined
    },
    async settle() {
      await ports.directory.refresh().catch(() => undefined)
      await view.refresh()
    },
    confirmed: () => source()?.staleSince === null,
    measures: () => {
      const since = source()?.staleSince
      return {
        byStatus: sumOf(serve.counts(), serveClient.counts()),
        stale: serve.stale() + serveClient.stale(),
        ageSeconds: since === undefined ? null : since === null ? 0 : (clock() - since) / 1000,
        waiting: recorder.waiting(),
      }
    },
  }
}

/** What a start without a database knows. */
interface Filed {
  readonly answers: Answers
  readonly confirmedAt: number
  readonly clients:
    (Omit<ClientAnswers, 'staleSince'> & { readonly confirmedAt: number }) | undefined
}

function sumOf(one: Counts, other: Counts): Counts {
  const sum = new Map(one)
  for (const [status, count] of other) sum.set(status, (sum.get(status) ?? 0) + count)
  return sum
}

function* findEnrolments(text: string): Work<readonly Hit[]> {
  const rows = yield* enrolmentsPage({ text }, undefined, 5)
  return rows.slice(0, 5).map((row) => ({
    kind: 'enrolment',
    id: row.id,
    label: row.name,
    detail: row.revoked_at === null ? 'Enrolment' : 'Enrolment, revoked',
    link: `/enrolments/${row.id}`,
  }))
}
