/** What becomes of the people of a directory that was disconnected. */
import {
  handOverGroups,
  handOverMembers,
  memberById,
  memberTarget,
} from '#features/access/index.ts'
import { appendAudit, type AuditActor } from '#kernel/audit.ts'
import type { Job } from '#kernel/jobs.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { z } from 'zod'
import { letGoJob } from './directories.ts'
import type { ScimPorts } from './ports.ts'
import { directoryById } from './store.directories.ts'
import { forgetGroups, someGroupsOf } from './store.groups.ts'
import { sweepLog } from './store.log.ts'
import { forgetUsers, someUsersOf } from './store.users.ts'
import type { UserRow } from './tables.ts'

/** A transaction of so many takes a few ms; policy fetches come in between. */
const atOnce = 50
const keepLogFor = 90 * 86_400_000

const payload = z.object({ directoryId: z.string(), people: z.enum(['keep', 'suspend']) })

export function scimJobs(runtime: Runtime, ports: ScimPorts): readonly Job[] {
  const { db, clock } = runtime
  return [
    {
      name: letGoJob,
      async handle(given) {
        const { directoryId, people } = payload.parse(given)
        for (;;) {
          const left = await db.tx(function* () {
            const users = yield* someUsersOf(directoryId, atOnce)
            if (people === 'suspend') yield* suspend(runtime, ports, directoryId, users)
            const ids = users.map((user) => user.member_id)
            yield* handOverMembers(ids, 'manual')
            yield* forgetUsers(ids)
            const groups = yield* someGroupsOf(directoryId, atOnce)
            yield* handOverGroups(groups, 'manual')
            yield* forgetGroups(groups)
            return users.length + groups.length
          })
          if (left === 0) return
          await new Promise(setImmediate)
        }
      },
    },
    {
      name: sweepJob,
      async handle() {
        for (;;) {
          const swept = await db.tx(() => sweepLog(clock() - keepLogFor, 1000))
          if (swept < 1000) return
          await new Promise(setImmediate)
        }
      },
    },
  ]
}

export const sweepJob = 'scim.sweep-log'

function* suspend(
  { clock, ids }: Runtime,
  { provisioning }: ScimPorts,
  directoryId: string,
  users: readonly UserRow[],
): Work<void> {
  const now = clock()
  const name = (yield* directoryById(directoryId))?.name ?? ''
  const actor: AuditActor = { kind: 'scim', id: directoryId, label: name }
  for (const user of users) {
    const member = yield* memberById(user.member_id)
    if (member?.status !== 'active' || member.role === 'owner') continue
    const ended = yield* provisioning.setStatus(actor, now, member, 'suspended')
    const { touches, ...after } = ended
    yield* appendAudit({
      id: ids('aud'),
      at: now,
      actor,
      action: 'member.suspend',
      target: memberTarget(member),
      before: member.status,
      after: { status: 'suspended', ...after },
      touches,
      requestId: null,
      ip: null,
    })
  }
}
