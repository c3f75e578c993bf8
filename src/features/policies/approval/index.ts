import { activeHolders } from '#features/access/index.ts'
import type { Alarm, Figure, Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import type { Directory } from '../directory.ts'
import { createAlarms } from './alarms.ts'
import { createGuard } from './guard.ts'
import { mailJobs, type MailPorts } from './mails.ts'
import type { ApprovalParts } from './parts.ts'
import { approvalRoutes } from './routes.ts'
import { fourEyesRoutes } from './routes.setting.ts'
import { turnOffOnMachine } from './setting.ts'
import { countWaiting, ruleIsOn } from './store.ts'

export { approvalMigrations } from './migrations.ts'
export { contributed, copyContributors } from './people.ts'
export { forgetContributors } from './store.contributors.ts'

export interface ApprovalPorts extends MailPorts {
  /** Those of the members who have a way to sign in. */
  readonly canSignIn: (memberIds: readonly string[]) => Work<ReadonlySet<string>>
}

/** Whoever has the machine itself, as the first run calls her too. */
const operator = { kind: 'operator', id: 'operator', label: 'Operator' }

/** The four-eyes rule: who approves what others want to change, and what could not wait. */
export function createApproval(runtime: Runtime, directory: Directory, ports: ApprovalPorts) {
  const parts: ApprovalParts = {
    runtime,
    directory,
    *approvers() {
      const holders = yield* activeHolders('policies.approve', runtime.clock())
      const able = yield* ports.canSignIn(holders.map(({ id }) => id))
      return holders.filter(({ id }) => able.has(id))
    },
  }
  const alarms = createAlarms(runtime, directory, parts.approvers)
  return {
    guard: createGuard(runtime.ids),
    routes: [...approvalRoutes(parts), ...fourEyesRoutes(parts)],
    jobs: mailJobs(runtime, ports),
    start: alarms.start,
    stop: alarms.stop,
    alarms: (): readonly Alarm[] => alarms.now(),
    *figures(): Work<readonly Figure[]> {
      if (!(yield* ruleIsOn())) return []
      const value = yield* countWaiting(runtime.clock())
      return [{ key: 'approvals', title: 'Waiting for approval', value, link: '/approvals' }]
    },
    /** The way out on the machine itself. False: the rule was off. */
    turnOff: (): Promise<boolean> =>
      runtime.db.tx(() => turnOffOnMachine(runtime.ids, { actor: operator, now: runtime.clock() })),
  }
}
