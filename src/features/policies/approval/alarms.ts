import { minute } from '#kernel/clock.ts'
import type { Alarm, Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import type { Directory } from '../directory.ts'
import type { Snapshot } from '../snapshot.ts'
import { approvalsChanged } from './guard.ts'
import { ruleIsOn } from './store.ts'
import { openReviews } from './store.reviews.ts'

/** More than these are counted: the list has them all. */
const named = 5

export interface Alarms {
  readonly now: () => readonly Alarm[]
  readonly start: () => Promise<void>
  readonly stop: () => void
}

/**
 * Alarms must be told without the database, so what they say is kept here and renewed when something changes; and each
 * minute, for what a command on the machine has done beside this process.
 */
export function createAlarms(
  { db, log }: Runtime,
  directory: Pick<Directory, 'onChange'>,
  approvers: () => Work<readonly unknown[]>,
): Alarms {
  let alarms: readonly Alarm[] = []
  const deaf: (() => void)[] = []
  let members: Snapshot['members'] | undefined

  function* look(): Work<readonly Alarm[]> {
    const waiting = yield* openReviews(named + 1)
    const found: Alarm[] = waiting.slice(0, named).map((row) => ({
      key: `review:${row.id}`,
      severity: row.why === 'safety' ? 'warning' : 'error',
      message: `${row.title}: done by ${row.actor} without approval.${row.reason === '' ? '' : ` Reason: ${row.reason}`}`,
      remedy: 'Somebody else looks at it and says so, under Approvals, Reviews.',
      since: row.at,
    }))
    if (waiting.length > named)
      found.push({
        key: 'reviews',
        severity: 'warning',
        message: 'More acts that did not wait for approval have not been reviewed.',
        remedy: 'They are listed under Approvals, Reviews.',
        since: null,
      })
    if ((yield* ruleIsOn()) && (yield* approvers()).length < 2)
      found.push({
        key: 'approvers',
        severity: 'error',
        message: 'The four-eyes rule is on, and there are not two people who can approve.',
        remedy: 'Make another member an admin or an owner. Putting back goes on as an emergency.',
        since: null,
      })
    return found
  }
  const renew = async (): Promise<void> => {
    try {
      alarms = await db.read(look)
    } catch (error) {
      log.warn({ err: error }, 'what is to be reviewed could not be read')
    }
  }
  return {
    now: () => alarms,
    async start() {
      deaf.push(
        db.listen(approvalsChanged, () => void renew()),
        // Who is suspended, or holds another role, cannot approve any more.
        directory.onChange((snapshot) => {
          if (snapshot.members === members) return
          members = snapshot.members
          void renew()
        }),
      )
      const timer = setInterval(() => void renew(), minute)
      deaf.push(() => clearInterval(timer))
      await renew()
    },
    stop: () => deaf.splice(0).forEach((end) => end()),
  }
}
