import { nameKey } from '#features/access/index.ts'
import { addressRoutes } from './addresses/routes.ts'
import { approvalMigrations, createApproval, type ApprovalPorts } from './approval/index.ts'
import type { Alarm, ChecklistLine, Feature, Figure, Hit, Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { createDirectory, type Directory, type DirectoryPorts } from './directory.ts'
import { asComplaints, errorsOf, judge, judgeAhead, takesLong } from './judge.ts'
import { fileRoutes } from './files/routes.ts'
import { impactRoutes } from './impact/routes.ts'
import { lookupRoutes } from './lookup/routes.ts'
import { policyMigrations } from './migrations.ts'
import type { PolicyParts } from './parts.ts'
import { touching, type TouchBy } from './preview.ts'
import { reachOf } from './reach.ts'
import { createRollouts, rolloutMigrations, type SeenFetch } from './rollout/index.ts'
import { stageOf, standing } from './rollout/store.ts'
import { referenceRoutes } from './routes.reference.ts'
import { policyRoutes } from './routes.ts'
import { ruleRoutes } from './routes.rules.ts'
import { upkeepRoutes } from './routes.upkeep.ts'
import { versionRoutes } from './routes.versions.ts'
import type { UsedBy } from './schema.ts'
import type { Act } from './schema.act.ts'
import type { Snapshot, SnapshotPolicy } from './snapshot.ts'
import { policyHeads } from './store.ts'
import { groupRules, ruleSettings } from './store.rules.ts'

export { ruleOf, type RuleFound } from './addresses/rule.ts'
export { changes, type Change, type Changes, type Given, type Side } from './changeset.ts'
export { mayUseCodex, usesOf, type CodexUse, type RoleHolder } from './codex-use.ts'
export { createDirectory, type Directory, type DirectoryPorts } from './directory.ts'
export type { People } from './directory.people.ts'
export { profileOf } from './files/profile.ts'
export { resolve, type Effective, type LostRule } from './resolve.ts'
export type { FetchRecords } from './parts.ts'
export type { SeenFetch } from './rollout/index.ts'
export type { By } from './preview.ts'
export type { Act, ChangeSet } from './schema.act.ts'
export {
  emptySnapshot,
  memberPrincipal,
  type Principal,
  type Snapshot,
  type SnapshotAccount,
  type SnapshotMember,
  type SnapshotPolicy,
  type SnapshotRule,
} from './snapshot.ts'
export { versionNames, versionPlaces, versionText } from './store.versions.ts'

export interface PoliciesPorts extends DirectoryPorts {
  /** For the lookup. */
  readonly lastFetch?: PolicyParts['lastFetch']
  /** What is delivered behind every policy, for the lookup. */
  readonly beside?: PolicyParts['beside']
  /** For who has fetched a version that is being rolled out. */
  readonly fetches?: PolicyParts['fetches']
  /** For trying an act out on what clients really run. */
  readonly recordedCommands?: PolicyParts['recordedCommands']
  /** For who can approve, and to tell them. Left out: whoever has the permission, without mail. */
  readonly approval?: ApprovalPorts
}

export interface Policies extends Feature {
  readonly directory: Directory
  readonly touch: TouchBy
  /** How many principals an act would touch, where nothing is about to happen. */
  readonly reach: (act: Act) => Work<number>
  /** Turns the four-eyes rule off from the machine itself; false: it was off. */
  readonly turnFourEyesOff: () => Promise<boolean>
  /** Group rules that refer to a group. */
  readonly groupUsedBy: (groupId: string) => Work<readonly UsedBy[]>
  /** Told of each answer to a client, so that a rollout can halt by itself. */
  readonly seen: (fetch: SeenFetch) => void
}

/** Govern: policies in immutable versions, group rules, and who gets what. */
export function createPolicies(runtime: Runtime, ports: PoliciesPorts): Policies {
  const directory = createDirectory(runtime, ports)
  const approval = createApproval(runtime, directory, ports.approval ?? alone)
  const parts: PolicyParts = {
    runtime,
    directory,
    touch: touching(() => directory.present(), approval.guard),
    lastFetch:
      ports.lastFetch ??
      function* () {
        return null
      },
    beside: ports.beside ?? (() => null),
    recordedCommands: ports.recordedCommands,
    fetches: ports.fetches ?? { servedTo: noFetches, lastFetches: noFetches },
  }
  const rollouts = createRollouts(parts)
  return {
    name: 'policies',
    migrations: [...policyMigrations, ...rolloutMigrations, ...approvalMigrations],
    routes: [
      ...versionRoutes(parts),
      ...policyRoutes(parts),
      ...upkeepRoutes(parts),
      ...ruleRoutes(parts),
      ...fileRoutes(parts),
      ...impactRoutes(parts),
      ...lookupRoutes(parts),
      ...referenceRoutes(),
      ...rollouts.routes,
      ...approval.routes,
      ...addressRoutes((ports.approval ?? alone).siteUrl),
    ],
    directory,
    touch: parts.touch,
    reach: (act) => reachOf(directory, act),
    turnFourEyesOff: approval.turnOff,
    groupUsedBy,
    jobs: [...rollouts.jobs, ...approval.jobs],
    schedules: rollouts.schedules,
    seen: rollouts.seen,
    async start() {
      // Large texts are judged when they come, so that the overview need not wait for it.
      directory.onChange((snapshot) => {
        judgeAhead(runtime.pool, inUse(snapshot)).catch((error: unknown) =>
          runtime.log.warn({ err: error }, 'a served policy could not be judged again'),
        )
      })
      await directory.start()
      await rollouts.start()
      await approval.start()
    },
    async stop() {
      approval.stop()
      await rollouts.stop()
      await directory.stop()
    },
    checklist,
    *figures() {
      return [...(yield* figures()), ...(yield* approval.figures())]
    },
    alarms: () => [...alarms(directory), ...rollouts.alarms(), ...approval.alarms()],
    finders: [{ permission: 'policies.read', find: findPolicies }],
  }
}

/** As long as nobody tells how people sign in and how mail is sent. */
const alone: ApprovalPorts = {
  *canSignIn(ids) {
    return new Set(ids)
  },
  mailer: undefined,
  siteUrl: '',
}

/** As long as nobody tells what was fetched. */
function* noFetches(): Work<ReadonlyMap<string, never>> {
  return new Map<string, never>()
}

function* groupUsedBy(groupId: string): Work<readonly UsedBy[]> {
  const rules = (yield* groupRules()).filter((rule) => rule.groupId === groupId)
  const stages = (yield* standing()).rollouts.filter(
    (row) => row.ended_at === null && stageOf(row).groupIds.includes(groupId),
  )
  return [
    ...rules.map((rule) => ({
      kind: 'rule' as const,
      id: rule.id,
      label: `Group rule ${rule.position}`,
      link: '/rules',
    })),
    ...stages.map((row) => ({
      kind: 'rollout' as const,
      id: row.id,
      label: `The stage of a rollout of version ${row.number}`,
      link: `/policies/${row.policy_id}?tab=rollout`,
    })),
  ]
}

function* checklist(): Work<readonly ChecklistLine[]> {
  const published = (yield* policyHeads()).filter((p) => p.published_id !== null)
  const { defaultPolicyId } = yield* ruleSettings()
  return [
    {
      key: 'policy_published',
      title: 'Publish a policy',
      detail: 'A requirements.toml that the check finds good. Until then clients get nothing.',
      done: published.length > 0,
      link: '/policies',
    },
    {
      key: 'default_set',
      title: 'Choose the default policy',
      detail: 'It applies to everybody for whom no group rule decides.',
      done: defaultPolicyId !== null,
      link: '/rules',
    },
  ]
}

function* figures(): Work<readonly Figure[]> {
  const policies = (yield* policyHeads()).filter((p) => p.archived_at === null)
  const rules = yield* groupRules()
  return [
    { key: 'policies', title: 'Policies', value: policies.length, link: '/policies' },
    { key: 'rules', title: 'Group rules', value: rules.length, link: '/rules' },
  ]
}

function* findPolicies(text: string): Work<readonly Hit[]> {
  return (yield* policyHeads())
    .filter((p) => p.name_key.includes(nameKey(text)))
    .slice(0, 8)
    .map((p) => ({
      kind: 'policy',
      id: p.id,
      label: p.name,
      detail: p.number === null ? 'Never published' : `Version ${p.number}`,
      link: `/policies/${p.id}`,
    }))
}

/** Judged once per snapshot: a text that is served and that the present check finds bad is worth an alarm. */
const judged = new WeakMap<Snapshot, readonly Alarm[]>()

function alarms(directory: Directory): readonly Alarm[] {
  let snapshot: Snapshot
  try {
    snapshot = directory.current()
  } catch {
    return []
  }
  const known = judged.get(snapshot)
  if (known) return known
  const used = inUse(snapshot)
  const ready = used.filter((policy) => !takesLong(policy))
  const found = ready.flatMap((policy): Alarm[] => {
    const [first] = errorsOf(asComplaints(judge(policy)))
    if (!first) return []
    return [
      {
        key: `policy_bad:${policy.id}`,
        severity: 'error',
        message: `${policy.name} v${policy.version} is served, but the present check finds an error in ${first.document === 'defaults' ? 'its defaults, ' : ''}line ${first.line}: ${first.message}`,
        remedy: `It goes on being served. ${first.remedy} Then publish it again.`,
        since: null,
      },
    ]
  })
  if (ready.length === used.length) judged.set(snapshot, found)
  return found
}

function inUse(snapshot: Snapshot): readonly SnapshotPolicy[] {
  const used = new Set([snapshot.defaultPolicyId, ...snapshot.rules.map((r) => r.policyId)])
  const staged = [...snapshot.rollouts.values()].map(({ policy }) => policy)
  return [...snapshot.policies.values(), ...staged].filter((policy) => used.has(policy.id))
}
