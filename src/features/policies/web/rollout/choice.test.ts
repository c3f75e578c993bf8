import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  asLocalInput,
  bothTimes,
  choiceMissing,
  choiceVerb,
  fromLocalInput,
  publishAct,
  publishRequest,
  toAllNow,
  type Choice,
} from './choice.ts'

const now = Date.UTC(2026, 0, 5, 9)
const pilots = { groupIds: ['grp_1'], enrolmentIds: [], percent: 0 }
const staged: Choice = { ...toAllNow, to: 'stage', stage: pilots }
const what = { message: 'Why', draftRevision: 3, changeSet: 'abc' }

describe('how a version goes out', () => {
  it('is the plain publish where nothing else was chosen', () => {
    expect(choiceMissing(toAllNow, now)).toBeUndefined()
    expect(choiceVerb(toAllNow)).toBe('Publish')
    expect(publishAct('pol_1', toAllNow)).toEqual({ kind: 'publish', policyId: 'pol_1' })
    expect(publishRequest('pol_1', toAllNow, what)).toEqual({
      path: '/api/v1/policies/pol_1/publish',
      body: what,
    })
  })

  it('is a rollout where a stage was chosen, at its time where one was', () => {
    expect(publishAct('pol_1', staged)).toEqual({
      kind: 'rollout',
      policyId: 'pol_1',
      stage: pilots,
    })
    const later = { ...staged, at: now + 1 }
    expect(publishRequest('pol_1', later, what)).toEqual({
      path: '/api/v1/policies/pol_1/rollout',
      body: {
        ...what,
        at: now + 1,
        stage: pilots,
        bounds: { refusedFetches: { count: 5, minutes: 30 } },
        takeBackWhenHalted: false,
      },
    })
    expect([choiceVerb(staged), choiceVerb(later)]).toEqual(['Start rollout', 'Schedule'])
  })

  it('says what is missing', () => {
    const missing = (choice: Partial<Choice>) => choiceMissing({ ...toAllNow, ...choice }, now)
    expect(missing({ to: 'stage' })).toBe('Say first who is in the stage.')
    expect(missing({ at: undefined })).toBe('Choose a time.')
    expect(missing({ at: now })).toBe('That time has passed.')
    expect(missing({ at: now + 367 * 86_400_000 })).toBe('That is more than a year from now.')
    expect(missing({ at: now + 86_400_000 })).toBeUndefined()
  })
})

describe('a time as the browser’s own input holds it', () => {
  it('comes back to the minute, whatever the time zone does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 / 60_000 }), (minutes) => {
        const at = minutes * 60_000
        const back = fromLocalInput(asLocalInput(at))
        // In the hour that the clocks are put back, one local time stands for two.
        expect([at, at - 3_600_000, at + 3_600_000]).toContain(back)
        expect(asLocalInput(back!)).toBe(asLocalInput(at))
      }),
    )
  })

  it('is none while it is not whole, and is shown in both zones', () => {
    expect(fromLocalInput('')).toBeUndefined()
    expect(fromLocalInput('2026-13-40T99:99')).toBeUndefined()
    expect(bothTimes(now)).toContain('2026-01-05 09:00 UTC')
  })
})
