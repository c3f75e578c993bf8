import { nameKey } from '#features/access/index.ts'
import type { Alarm, ChecklistLine, Feature, Figure, Hit, Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { createDirectory, type Directory, type DirectoryPorts } from './directory.ts'
import { asComplaints, errorsOf, judge, judgeAhead, takesLong } from './judge.ts'
import { policyMigrations } from './migrations.ts'
import type { PolicyParts } from './parts.ts'
import { touch } from './preview.ts'
import { policyRoutes } from './routes.ts'
import { ruleRoutes } from './routes.rules.ts'
import { upkeepRoutes } from './routes.upkeep.ts'
import { versionRoutes } from './routes.versions.ts'
import type { Act, UsedBy } from './schema.ts'
import type { Snapshot, SnapshotPolicy } from './snapshot.ts'
import { policyHeads } from './store.ts'
import { groupRules, ruleSettings } from './store.rules.ts'

export { changes, type Change, type Changes, type Given, type Side } from './changeset.ts'
export { createDirectory, type Directory, type DirectoryPorts, type People } from './directory.ts'
export { resolve, type Effective, type LostRule } from './resolve.ts'
export type { Act, ChangeSet } from './schema.ts'
export {
  emptySnapshot,
  type Principal,
  type Snapshot,
  type SnapshotMember,
  type SnapshotPolicy,
  type SnapshotRule,
} from './snapshot.ts'

export interface PoliciesPorts extends DirectoryPorts {
  /** The last fetch with an enrolment, for the lookup. */
  readonly lastFetch?: PolicyParts['lastFetch']
}

export interface Policies extends Feature {
  readonly directory: Directory
  /**
   * How many principals an act touches; call it in the act's transaction before anything is written. Throws
   * `preview_outdated` when a hash is given and the effect is another one by now.
   */
  readonly touch: (act: Act, expectedHash?: string) => Work<{ readonly touches: number }>
  /** Group rules that refer to a group. */
  readonly groupUsedBy: (groupId: string) => Work<readonly UsedBy[]>
}

/** Govern: policies in immutable versions, group rules, and who gets what. */
export function createPolicies(runtime: Runtime, ports: PoliciesPorts): Policies {
  const directory = createDirectory(runtime, ports)
  const parts: PolicyParts = {
    runtime,
    directory,
    lastFetch:
      ports.lastFetch ??
      function* () {
        return null
      },
  }
  return {
    name: 'policies',
    migrations: policyMigrations,
    routes: [
      ...versionRoutes(parts),
      ...policyRoutes(parts),
      ...upkeepRoutes(parts),
      ...ruleRoutes(parts),
    ],
    directory,
    touch: (act, expected) => touch(() => directory.present(), act, expected),
    groupUsedBy,
    start() {
      // Large texts are judged when they come, so that the overview need not wait for it.
      directory.onChange((snapshot) => {
        judgeAhead(runtime.pool, inUse(snapshot)).catch((error: unknown) =>
          runtime.log.warn({ err: error }, 'a served policy could not be judged again'),
        )
      })
      return directory.start()
    },
    stop: () => directory.stop(),
    checklist,
    figures,
    alarms: () => alarms(directory),
    find: findPolicies,
    findPermission: 'policies.read',
  }
}

function* groupUsedBy(groupId: string): Work<readonly UsedBy[]> {
  return (yield* groupRules())
    .filter((rule) => rule.groupId === groupId)
    .map((rule) => ({
      kind: 'rule',
      id: rule.id,
      label: `Group rule ${rule.position}`,
      link: '/rules',
    }))
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
        message: `${policy.name} v${policy.version} is served, but the present check finds an error in line ${first.line}: ${first.message}`,
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
  return [...snapshot.policies.values()].filter((policy) => used.has(policy.id))
}
