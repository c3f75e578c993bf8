import { newest, revisionChannel, revisions, type Revisions } from '#features/workspace/index.ts'
import { Problem } from '#kernel/problem.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { emptySnapshot, type Principal, type Snapshot } from './snapshot.ts'
import { groupRules, ruleSettings } from './store.rules.ts'
import { servedPolicies } from './store.versions.ts'

/** People as the access feature knows them, for the snapshot. */
export interface People {
  readonly members: readonly {
    readonly id: string
    readonly email: string
    readonly name: string
    readonly status: string
  }[]
  readonly groups: readonly { readonly id: string; readonly name: string }[]
  readonly memberships: readonly { readonly memberId: string; readonly groupId: string }[]
}

export interface DirectoryPorts {
  readonly people: () => Work<People>
  readonly surfaces: () => Work<
    readonly { readonly key: string; readonly on: boolean; readonly message: string }[]
  >
  /** Every enrolment that is not revoked. */
  readonly enrolmentPrincipals: () => Work<readonly Principal[]>
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
  revisions: { people: -1, policies: -1, surfaces: -1, enrolments: -1 },
  snapshot: emptySnapshot,
}

/** Reads the slices that are newer than those of `known`; gives `known` itself back when there is none. */
export function* reload(ports: DirectoryPorts, known: Loaded = nothing): Work<Loaded> {
  const now = yield* revisions()
  const old = known.revisions
  const stale = (slice: keyof Revisions): boolean => now[slice] !== old[slice]
  if (!Object.keys(now).some((slice) => stale(slice as keyof Revisions))) return known
  let { snapshot } = known
  if (stale('people')) snapshot = { ...snapshot, ...peopleSlice(yield* ports.people()) }
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
    snapshot = { ...snapshot, enrolments: new Map(all.map((p) => [p.id, p])) }
  }
  return { revisions: now, snapshot: { ...snapshot, revision: newest(now) } }
}

function* policySlice(): Work<Pick<Snapshot, 'rules' | 'defaultPolicyId' | 'policies'>> {
  const policies = new Map((yield* servedPolicies()).map((p) => [p.id, p]))
  const rules = yield* groupRules()
  return { rules, defaultPolicyId: (yield* ruleSettings()).defaultPolicyId, policies }
}

function peopleSlice(people: People): Pick<Snapshot, 'groups' | 'members' | 'memberGroups'> {
  const memberGroups = new Map<string, string[]>()
  for (const { memberId, groupId } of people.memberships) {
    const held = memberGroups.get(memberId)
    if (held) held.push(groupId)
    else memberGroups.set(memberId, [groupId])
  }
  return {
    groups: new Map(people.groups.map(({ id, name }) => [id, { id, name }])),
    members: new Map(
      people.members.map(({ id, email, name, status }) => [id, { id, email, name, status }]),
    ),
    memberGroups,
  }
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
  let reading: Promise<void> | undefined
  let again = false
  let failing = false
  let timer: NodeJS.Timeout | undefined
  let unlisten: (() => void) | undefined
  const heard = new Set<(snapshot: Snapshot) => void>()
  const gate = Promise.withResolvers<undefined>()

  function take(next: Loaded): void {
    const changed = next !== loaded
    loaded = next
    known = true
    gate.resolve(undefined)
    if (!changed) return
    for (const tell of heard) {
      try {
        tell(next.snapshot)
      } catch (error) {
        log.error({ err: error }, 'a listener of the directory failed')
      }
    }
  }

  async function read(): Promise<void> {
    do {
      again = false
      const asked = clock()
      const next = await db.read(() => reload(ports, loaded))
      confirmed = asked
      take(next)
    } while (again as boolean)
  }

  /** One reading at a time; whoever asks while one is under way gets one that began after the question. */
  function refresh(): Promise<void> {
    if (reading) again = true
    reading ??= read().finally(() => {
      reading = undefined
    })
    return reading
  }

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
      return loaded.snapshot
    },
    confirmedAt: () => confirmed,
    ready: async () => {
      await gate.promise
    },
    refresh,
    *present() {
      return (yield* reload(ports, loaded)).snapshot
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
      await reading?.catch(() => undefined)
    },
  }
}
