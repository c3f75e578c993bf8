import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgePoints, type Point } from './judge.ts'

const points = (...values: readonly (number | null)[]): readonly Point[] =>
  values.map((value, period) => ({
    period,
    value,
    partial: false,
    why: value === null ? 'gone' : null,
  }))
const told = (judged: ReturnType<typeof judgePoints>) =>
  judged.events.map(({ kind, point }) => `${kind} ${point.period}`)

describe('a budget', () => {
  const budget = { condition: 'reaches', amount: 100, adds: true } as const
  it('fires in every period that reaches it, and ends with the period', () => {
    const judged = judgePoints(budget, null, points(99, 100, 250, 10))
    expect(told(judged)).toEqual(['fire 1', 'end 2', 'fire 2', 'end 3'])
    expect(judged.standing).toBeNull()
  })
  it('is told once while its period runs', () => {
    const [first, ...rest] = points(120)
    const same = [first!, ...rest]
    const once = judgePoints(budget, null, same)
    expect(judgePoints(budget, once.standing, same).events).toEqual([])
  })
  it('says nothing of what is about few people, and counts what is left as at least so much', () => {
    const partial = (value: number): readonly Point[] => [
      { period: 0, value, partial: true, why: null },
    ]
    expect(judgePoints(budget, null, partial(0)).why).toContain('too few people')
    expect(judgePoints(budget, null, partial(50))).toMatchObject({ events: [], why: null })
    expect(told(judgePoints(budget, null, partial(150)))).toEqual(['fire 0'])
  })
})

describe('a level', () => {
  const level = { condition: 'reaches', amount: 100, adds: false } as const
  it('ends only when it is a tenth under the amount', () => {
    expect(told(judgePoints(level, null, points(100, 95, 101, 91, 89, 95)))).toEqual([
      'fire 0',
      'end 4',
    ])
  })
  it('goes on while nothing can be told, and says why', () => {
    const judged = judgePoints(level, null, points(100, null))
    expect(told(judged)).toEqual(['fire 0'])
    expect(judged.why).toBe('gone')
  })
  it('below ends a tenth above, and below nothing never fires', () => {
    const below = { condition: 'below', amount: 10, adds: false } as const
    expect(told(judgePoints(below, null, points(10, 9, 10, 11)))).toEqual(['fire 1', 'end 3'])
    expect(judgePoints({ ...below, amount: 0 }, null, points(0)).events).toEqual([])
  })
})

describe('a change', () => {
  const rise = { condition: 'rise', amount: 50, adds: true } as const
  it('is against the period before', () => {
    expect(told(judgePoints(rise, null, points(100, 149, 224, 230)))).toEqual(['fire 2', 'end 3'])
    expect(told(judgePoints({ ...rise, condition: 'fall' }, null, points(100, 50)))).toEqual([
      'fire 1',
    ])
  })
  it('against nothing is none', () => {
    expect(judgePoints(rise, null, points(0, 1000, 1000)).events).toEqual([])
  })
  it('compares with a period that was judged before', () => {
    expect(told(judgePoints(rise, null, points(100, 200), 1))).toEqual(['fire 1'])
  })
})

it('absence is nothing at all', () => {
  const absent = { condition: 'absent', amount: 0, adds: true } as const
  expect(told(judgePoints(absent, null, points(3, 0, 0, 1)))).toEqual(['fire 1', 'end 3'])
})

describe('whatever the figures', () => {
  const limits = fc.record({
    condition: fc.constantFrom('reaches', 'below', 'rise', 'fall', 'absent'),
    amount: fc.integer({ min: 0, max: 100 }),
    adds: fc.boolean(),
  })
  const figures = fc
    .array(fc.record({ value: fc.option(fc.integer({ min: 0, max: 120 })), partial: fc.boolean() }))
    .map((list) => list.map((one, period): Point => ({ ...one, period, why: null })))

  it('firings and ends take turns, and judging in pieces says the same as judging at once', () => {
    fc.assert(
      fc.property(limits, figures, fc.nat(), (rule, list, at) => {
        const whole = judgePoints(rule, null, list)
        whole.events.forEach(({ kind }, i) => expect(kind).toBe(i % 2 === 0 ? 'fire' : 'end'))
        expect(whole.standing === null).toBe(whole.events.length % 2 === 0)
        const cut = list.length === 0 ? 0 : at % list.length
        const first = judgePoints(rule, null, list.slice(0, cut))
        // The one before the cut comes along, to be compared with.
        const rest = judgePoints(rule, first.standing, list.slice(Math.max(0, cut - 1)), cut)
        expect([...first.events, ...rest.events]).toEqual(whole.events)
        expect(rest.standing).toBe(list.length === cut ? first.standing : whole.standing)
      }),
    )
  })

  it('to judge the same again changes nothing', () => {
    fc.assert(
      fc.property(limits, figures, (rule, list) => {
        const once = judgePoints(rule, null, list)
        const last = list.length - 1
        const again = judgePoints(rule, once.standing, list, last)
        expect(again).toMatchObject({ events: [], standing: once.standing })
      }),
    )
  })
})
