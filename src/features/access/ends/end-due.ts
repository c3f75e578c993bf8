import { bump } from '#features/workspace/index.ts'
import { appendAudit, gatehouse, type AuditEntry } from '#kernel/audit.ts'
import type { Job, Schedule } from '#kernel/jobs.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import type { AccessPorts } from '../ports.ts'
import { deleteMemberships } from '../store.groups.ts'
import {
  deleteGrants,
  dueGrants,
  dueMemberships,
  endsAtOnce,
  namesOf,
  type EndedGrant,
  type EndedMembership,
} from './store.ts'

const endDue = 'access.end-due'

/**
 * Nothing waits for this job: rights and policies are without what has ended from that moment on. It clears away, and puts into
 * the trail what ended.
 */
export const endSchedules: readonly Schedule[] = [{ job: endDue, cron: '* * * * *' }]

type Ground = Pick<Runtime, 'db' | 'clock' | 'ids'>
type Ports = Pick<AccessPorts, 'changeSets'>

export const endJobs = (ground: Ground, ports: Ports): readonly Job[] => [
  {
    name: endDue,
    async handle() {
      const now = ground.clock()
      let more = true
      while (more) more = await ground.db.tx(() => endSome(ground, ports, now))
    },
  },
]

/** Whether there may be more of it. */
function* endSome(ground: Ground, ports: Ports, now: number): Work<boolean> {
  const memberships = yield* dueMemberships(now)
  for (const [groupId, those] of Map.groupBy(memberships, (one) => one.groupId))
    yield* endMemberships(ground, ports, groupId, those)
  const grants = yield* dueGrants(now)
  if (grants.length > 0) yield* endGrants(ground, grants)
  if (memberships.length > 0)
    yield* bump('people', { members: memberships.map(({ memberId }) => memberId) })
  if (grants.length > 0) yield* bump('roles')
  return memberships.length === endsAtOnce || grants.length === endsAtOnce
}

function* endMemberships(
  ground: Ground,
  ports: Ports,
  groupId: string,
  those: readonly EndedMembership[],
): Work<void> {
  // The present picture is without them already: whoever would get another policy by joining has got another by leaving.
  const joins = those.map(({ memberId }) => ({ memberId, groupId }))
  const touches = yield* ports.changeSets.reach({ kind: 'join_groups', joins })
  yield* deleteMemberships(
    groupId,
    those.map(({ memberId }) => memberId),
  )
  yield* trail(ground, 'group.end-members', {
    target: { kind: 'group', id: groupId, label: those[0]?.groupName ?? groupId },
    before: {
      members: those.map(({ email, endsAt, requestId }) => said(email, endsAt, requestId)),
    },
    touches,
  })
}

function* endGrants(ground: Ground, grants: readonly EndedGrant[]): Work<void> {
  const holders = (kind: EndedGrant['holderKind']) =>
    grants.filter((grant) => grant.holderKind === kind).map(({ holderId }) => holderId)
  const names = new Map([
    ...(yield* namesOf('group', holders('group'))),
    ...(yield* namesOf('member', holders('member'))),
  ])
  yield* deleteGrants(grants.map(({ id }) => id))
  for (const { roleId, roleName, holderKind, holderId, endsAt, requestId } of grants)
    yield* trail(ground, 'role.end-grant', {
      target: { kind: 'role', id: roleId, label: roleName },
      before: { [holderKind]: said(names.get(holderId) ?? holderId, endsAt, requestId) },
    })
}

const said = (name: string, endsAt: number, requestId: string | null) => ({
  name,
  endedAt: new Date(endsAt).toISOString(),
  ...(requestId === null ? {} : { requestId }),
})

function* trail(ground: Ground, action: string, entry: AuditEntry): Work<void> {
  yield* appendAudit({
    ...entry,
    id: ground.ids('aud'),
    at: ground.clock(),
    actor: gatehouse,
    action,
    requestId: null,
    ip: null,
  })
}
