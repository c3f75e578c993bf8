import { minuteText } from '#kernel/clock.ts'
import type { Alarm } from '#kernel/runtime.ts'
import type { PolicyParts } from '../parts.ts'
import { standing, type RolloutRow, type ScheduleRow, type Standing } from './store.ts'

/**
 * What must be seen at once: rollouts that halted, those that Gatehouse took back, and versions that were not published at
 * their time. Alarms take no database, so this is read whenever the directory has read something new.
 */
export function createAlarms({ runtime, directory }: PolicyParts): {
  readonly now: () => readonly Alarm[]
  /** Reads them now, and from now on after each change. */
  readonly start: () => Promise<void>
  readonly stop: () => void
} {
  let open: Standing = { rollouts: [], schedules: [] }
  let unlisten: (() => void) | undefined
  const read = (): Promise<void> =>
    runtime.db.read(standing).then(
      (found) => {
        open = found
      },
      (error: unknown) => runtime.log.warn({ err: error }, 'rollouts could not be read'),
    )
  return {
    now() {
      const nameOf = (id: string): string => {
        try {
          return directory.current().policies.get(id)?.name ?? 'a policy'
        } catch {
          return 'a policy'
        }
      }
      return alarmsOf(open, nameOf)
    },
    async start() {
      unlisten = directory.onChange(() => void read())
      await read()
    },
    stop: () => unlisten?.(),
  }
}

/** Pure: what of all this is worth an alarm. */
export function alarmsOf(
  { rollouts, schedules }: Standing,
  nameOf: (policyId: string) => string,
): readonly Alarm[] {
  return [
    ...rollouts.flatMap((row: RolloutRow): Alarm[] => {
      const name = `version ${row.number} of ${nameOf(row.policy_id)}`
      if (row.ended_at !== null)
        return [
          {
            key: `rollout_taken_back:${row.id}`,
            severity: 'error',
            message: `Gatehouse took back the rollout of ${name}: too many fetches of its stage were refused.`,
            remedy: 'Look at why, then take note of it on the Rollout tab of the policy.',
            since: row.ended_at,
          },
        ]
      if (row.state !== 'halted') return []
      return [
        {
          key: `rollout_halted:${row.id}`,
          severity: 'error',
          message: `The rollout of ${name} has halted: too many fetches of its stage were refused. The stage goes on being served it, and gets no wider.`,
          remedy: 'Let it go on, or take it back, on the Rollout tab of the policy.',
          since: row.halted_at,
        },
      ]
    }),
    ...schedules
      .filter((row: ScheduleRow) => row.state === 'missed')
      .map((row): Alarm => ({
        key: `schedule_missed:${row.id}`,
        severity: 'warning',
        message: `Version ${row.number} of ${nameOf(row.policy_id)} was not published at ${minuteText(row.at)}. ${row.note}`,
        remedy: 'Decide anew, or take note of it, on the Rollout tab of the policy.',
        since: row.ran_at,
      })),
  ]
}
