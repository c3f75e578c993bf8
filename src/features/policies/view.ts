import type { Standing } from './rollout/store.ts'
import type { Policy, Rules, UsedBy, Version } from './schema.ts'
import { reach, takers } from './shadow.ts'
import type { Snapshot } from './snapshot.ts'
import type { PolicyHead } from './store.ts'
import type { RuleSettings } from './store.rules.ts'
import type { VersionHead } from './store.versions.ts'

/** Rows as the API shows them. */
export function policyView(row: PolicyHead, snapshot: Snapshot, standing: Standing): Policy {
  const rollout = standing.rollouts.find((r) => r.policy_id === row.id && r.ended_at === null)
  const scheduled = standing.schedules.findLast((s) => s.policy_id === row.id)
  const pinned = [rollout?.sha256, scheduled?.state === 'scheduled' ? scheduled.sha256 : undefined]
  const counts = reach(snapshot).byPolicy.get(row.id)
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    createdAt: row.created_at,
    archivedAt: row.archived_at,
    revision: row.revision,
    published:
      row.number === null
        ? null
        : {
            number: row.number,
            at: row.published_at ?? 0,
            author: row.published_by ?? '',
            message: row.published_message ?? '',
          },
    rollout: rollout
      ? {
          id: rollout.id,
          version: rollout.number,
          state: rollout.state === 'halted' ? 'halted' : 'in_stage',
        }
      : null,
    scheduled: scheduled
      ? {
          id: scheduled.id,
          version: scheduled.number,
          at: scheduled.at,
          toStage: scheduled.rollout !== null,
          state: scheduled.state === 'missed' ? 'missed' : 'scheduled',
          note: scheduled.note,
        }
      : null,
    draft: {
      changed: row.draft_changed && !pinned.includes(row.draft_sha),
      updatedAt: row.draft_at,
      updatedBy: row.draft_by,
    },
    isDefault: snapshot.defaultPolicyId === row.id,
    rules: snapshot.rules.filter((r) => r.policyId === row.id).length,
    members: counts?.members ?? 0,
    enrolments: counts?.enrolments ?? 0,
    accounts: counts?.accounts ?? 0,
  }
}

/** What keeps a policy from being archived or deleted. Enrolments are bound to groups, so they use it through a rule. */
export function usedBy(policyId: string, snapshot: Snapshot): UsedBy[] {
  const list: UsedBy[] = snapshot.rules
    .filter((rule) => rule.policyId === policyId)
    .map((rule) => ({
      kind: 'rule',
      id: rule.id,
      label: `Rule ${rule.position}: ${snapshot.groups.get(rule.groupId)?.name ?? rule.groupId}`,
      link: '/rules',
    }))
  if (snapshot.defaultPolicyId === policyId)
    list.unshift({ kind: 'default', id: 'default', label: 'The default policy', link: '/rules' })
  return list
}

export function versionView(
  row: VersionHead,
  servedId: string | null,
  rollout: Version['rollout'],
): Version {
  const complaints = JSON.parse(row.complaints) as readonly unknown[]
  return {
    id: row.id,
    number: row.number,
    at: row.at,
    author: row.author,
    message: row.message,
    putBack: row.put_back,
    sha256: row.sha256,
    bytes: row.bytes,
    warnings: complaints.length,
    checkVersion: row.check_version,
    served: row.id === servedId,
    rollout,
  }
}

export function rulesView(snapshot: Snapshot, settings: RuleSettings): Rules {
  const counted = reach(snapshot)
  const groupName = (id: string): string => snapshot.groups.get(id)?.name ?? id
  const fallback =
    settings.defaultPolicyId === null ? undefined : snapshot.policies.get(settings.defaultPolicyId)
  return {
    revision: settings.revision,
    rules: snapshot.rules.map((rule, index) => {
      const policy = snapshot.policies.get(rule.policyId)
      const counts = counted.rules[index]
      const decides = counts?.decides ?? 0
      return {
        id: rule.id,
        position: rule.position,
        groupId: rule.groupId,
        groupName: groupName(rule.groupId),
        policyId: rule.policyId,
        policyName: policy?.name ?? rule.policyId,
        version: policy?.version ?? 0,
        inGroup: counts?.inGroup ?? 0,
        decides,
        shadowedBy: decides > 0 ? [] : takers(snapshot, index),
      }
    }),
    default: fallback
      ? {
          policyId: fallback.id,
          policyName: fallback.name,
          version: fallback.version,
          decides: counted.others,
        }
      : null,
    withoutPolicy: fallback ? 0 : counted.others,
  }
}
