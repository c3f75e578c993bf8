import { describe, expect, it } from 'vitest'
import { alarmsOf } from './standing.ts'
import type { Standing } from './store.ts'

const rollout = {
  id: 'rol_1',
  policy_id: 'pol_1',
  version_id: 'ver_2',
  number: 2,
  state: 'in_stage',
  stage: '{}',
  most_refused: null,
  within_minutes: null,
  take_back_when_halted: 0,
  started_at: 1,
  started_by: 'ada',
  halted_at: null,
  ended_at: null,
  ended_by_id: null,
  ended_by: null,
  noted_at: null,
  revision: 1,
  sha256: '',
} as const
const schedule = {
  id: 'sch_1',
  policy_id: 'pol_1',
  version_id: 'ver_3',
  number: 3,
  based_on: null,
  at: Date.UTC(2026, 4, 2, 6, 45),
  rollout: null,
  change_set: '',
  approval: null,
  state: 'scheduled',
  made_at: 1,
  made_by_id: 'mem_1',
  made_by: 'ada',
  ran_at: null,
  note: '',
  sha256: '',
} as const
const alarms = (standing: Partial<Standing>) =>
  alarmsOf({ rollouts: [], schedules: [], ...standing }, () => 'Base')

describe('alarms of rollouts', () => {
  it('are none while all goes as it was decided', () => {
    expect(alarms({ rollouts: [rollout], schedules: [schedule] })).toEqual([])
  })

  it('name the policy, the version, since when, and where to decide', () => {
    const halted = { ...rollout, state: 'halted', halted_at: 5 } as const
    const taken = { ...rollout, state: 'taken_back', ended_at: 6 } as const
    const missed = {
      ...schedule,
      state: 'missed',
      ran_at: 7,
      note: 'The policy was archived.',
    } as const
    const found = alarms({ rollouts: [halted, taken], schedules: [missed] })
    expect(found.map(({ key, since }) => [key, since])).toEqual([
      ['rollout_halted:rol_1', 5],
      ['rollout_taken_back:rol_1', 6],
      ['schedule_missed:sch_1', 7],
    ])
    for (const { message } of found) expect(message).toMatch(/ersion [23] of Base/)
    for (const { remedy } of found) expect(remedy).toContain('Rollout tab of the policy')
    expect(found[2]?.message).toContain('2026-05-02 06:45 UTC. The policy was archived.')
  })
})
