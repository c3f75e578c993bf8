import { newest, revisionChannel, revisions, type Revisions } from '#features/workspace/index.ts'
import { Problem } from '#kernel/problem.ts'
import { createReading } from '#kernel/reading.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import type { CodexUse } from './codex-use.ts'
import { peopleOf, peopleSlice, type PeoplePorts } from './directory.people.ts'
import { snapshotAt } from './ending.ts'
import { servedRollouts } from './rollout/store.ts'
import { emptySnapshot, type Principal, type Snapshot, type SnapshotAccount } from './snapshot.ts'
import { groupRules, ruleSettings } from './store.rules.ts'
import { servedPolicies } from './store.versions.ts'

export interface DirectoryPorts extends PeoplePorts {
  /** Which roles let somebody use Codex, and who was given which. Left out: everybody may. */
  readonly codexUse?: () => Work<CodexUse>
  readonly surfaces: () => Work<
    readonly { readonly key: string; readonly on: boolean; readonly message: string }[]
  >
  /** Every enrolment that is not revoked. */
  readonly enrolmentPrincipals: () => Work<readonly Principal[]>
  /** Every service account. Left out: there are none. They change with the slice of the enrolments. */
  readonly serviceAccounts?: () => Work<readonly SnapshotAccount[]>
}

/** A snapshot with the revision of each of its slices, so that only what changed is read again. */
export interface Loaded {
  readonly revisions: Revisions
  readonly snapshot: Snapshot
}

export interface Directory {
  /** The newest picture this process knows. Throws `not_ready` before there is one. */
  current(): Snapshot
  /** When the database last said that the picture is the present one (ms); 0 = never. */
  confirmedAt(): number
  /** Resolves when there is a picture. */
  ready(): Promise<void>
  /** Reads the revision now, and what has changed. Rejects when the database does not answer. */
  refresh(): Promise<void>
  /** The present picture inside a transaction or a read: from memory when the revision says that it is present. */
  present(): Work<Snapshot>
  /** The same with these members and nobody else among the people. */
  presentOf(memberIds: readonly string[]): Work<Snapshot>
  onChange(heard: (snapshot: Snapshot) => void): () => void
  start(): Promise<void>
  stop(): Promise<void>
}

/**
 * How long a process may go on answering from an old picture while the database answers: a poll, plus the time to read
 * what changed. Notifications make it shorter; nothing depends on them.
 */
export const pollEvery = 250

const nothing: Loaded = {
  revisions: { people: -1, roles: -1, policies: -1, surfaces: -1, enrolments: -1 },
  snapshot: emptySnapshot,
}

/** Reads the slices that are newer than those of `known`; gives `known` itself back when there is none. */
export function* reload(ports: DirectoryPorts, known: Loaded = nothing): Work<Loaded> {
  const now = yield* revisions()
  const old = known.revisions
  const stale = (slice: keyof Revisions): boolean => now[slice] !== old[slice]
  if (!Object.keys(now).some((slice) => stale(slice as keyof Revisions))) return known
  let snapshot = yield* withoutPeople(ports, known, now)
  if (stale('people'))
    snapshot = { ...snapshot, ...(yield* peopleSlice(ports, snapshot, old.people, now.people)) }
  return { revisions: now, snapshot: { ...snapshot, revision: newest(now) } }
}

/** All slices but that of the people, of which it has what `known` has. */
function* withoutPeople(ports: DirectoryPorts, known: Loaded, now: Revisions): Work<Snapshot> {
  const stale = (slice: keyof Revisions): boolean => now[slice] !== known.revisions[slice]
  let { snapshot } = known
  if (stale('roles') && ports.codexUse)
    snapshot = { ...snapshot, codexUse: yield* ports.codexUse() }
  if (stale('policies')) snapshot = { ...snapshot, ...(yield* policySlice()) }
  if (stale('surfaces')) {
    const all = yield* ports.surfaces()
    snapshot = {
      ...snapshot,
      surfaces: new Map(all.map(({ key, on, message }) => [key, { on, message }])),
    }
  }
  if (stale('enrolments')) {
    const all = yield* ports.enrolmentPrincipals()
    const accounts = ports.serviceAccounts ? yield* ports.serviceAccounts() : []
    snapshot = { ...snapshot, enrolments: byId(all), accounts: byId(accounts) }
  }
  return snapshot
}

function* presentOf(
  ports: DirectoryPorts,
  known: Loaded,
  memberIds: readonly string[],
): Work<Snapshot> {
  const { peopleAmong } = ports
  if (!peopleAmong) return (yield* reload(ports, known)).snapshot
  const snapshot = yield* withoutPeople(ports, known, yield* revisions())
  return { ...snapshot, ...(yield* peopleOf(peopleAmong, snapshot, memberIds)) }
}

const byId = <T extends Principal>(all: readonly T[]): ReadonlyMap<string, T> =>
  new Map(all.map((one) => [one.id, one]))

function* policySlice(): Work<
  Pick<Snapshot, 'rules' | 'defaultPolicyId' | 'policies' | 'rollouts'>
> {
  const policies = new Map((yield* servedPolicies()).map((p) => [p.id, p]))
  const rollouts = new Map((yield* servedRollouts()).map((r) => [r.policy.id, r]))
  const rules = yield* groupRules()
  return { rules, defaultPolicyId: (yield* ruleSettings()).defaultPolicyId, policies, rollouts }
}

/**
 * Keeps the picture present: polls the revision, listens for it, reads what changed, and goes on with what it has when
 * the database does not answer.
 */
export function createDirectory(
  runtime: Pick<Runtime, 'db' | 'clock' | 'log'>,
  ports: DirectoryPorts,
): Directory {
  const { db, clock, log } = runtime
  let loaded = nothing
  let known = false
  let confirmed = 0
  let failing = false
  let timer: NodeJS.Timeout | undefined
  let unlisten: (() => void) | undefined
  const heard = new Set<(snapshot: Snapshot) => void>()
  const gate = Promise.withResolvers<undefined>()

  /** What has come to its end by now is not in the picture: exactly from then on, and without the database. */
  function take(next: Loaded): void {
    const snapshot = snapshotAt(next.snapshot, clock())
    const now = snapshot === next.snapshot ? next : { ...next, snapshot }
    const changed = now !== loaded
    loaded = now
    known = true
    gate.resolve(undefined)
    if (!changed) return
    for (const tell of heard) {
      try {
        tell(snapshot)
      } catch (error) {
        log.error({ err: error }, 'a listener of the directory failed')
      }
    }
  }

  const { refresh, settled } = createReading(async () => {
    const asked = clock()
    const next = await db.read(() => reload(ports, loaded))
    confirmed = asked
    take(next)
  })

  async function poll(): Promise<void> {
    try {
      await refresh()
      if (failing) log.info('the directory is present again')
      failing = false
    } catch (error) {
      if (!failing)
        log.error({ err: error }, 'the directory cannot be read; going on with the last one')
      failing = true
    }
    if (known) take(loaded)
  }

  function tick(): void {
    timer = setTimeout(() => {
      void poll().then(() => {
        if (timer) tick()
      })
    }, pollEvery)
  }

  return {
    current() {
      if (!known) throw new Problem('not_ready', 'The directory has not been read yet.')
      take(loaded)
      return loaded.snapshot
    },
    confirmedAt: () => confirmed,
    ready: async () => {
      await gate.promise
    },
    refresh,
    *present() {
      return snapshotAt((yield* reload(ports, loaded)).snapshot, clock())
    },
    *presentOf(memberIds) {
      return snapshotAt(yield* presentOf(ports, loaded, memberIds), clock())
    },
    onChange(tell) {
      heard.add(tell)
      return () => heard.delete(tell)
    },
    async start() {
      unlisten = db.listen(revisionChannel, () => void poll())
      tick()
      await poll()
    },
    async stop() {
      clearTimeout(timer)
      timer = undefined
      unlisten?.()
      await settled()
    },
  }
}
