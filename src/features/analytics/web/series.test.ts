import { describe, expect, it } from 'vitest'
import type { Answer, Column } from '../schema.ts'
import { figuresOf, linesOf, periodBefore, periodsBetween, sumOf } from './series.ts'

const period: Column = { key: 'period', title: 'Day', kind: 'date' }
const value: Column = { key: 'value', title: 'Group', kind: 'text' }
const people: Column = { key: 'people', title: 'People', kind: 'count' }
const calls: Column = { key: 'calls', title: 'Calls', kind: 'count' }
const median: Column = { key: 'p50', title: 'Median', kind: 'ms' }

const answer = (
  columns: Answer['columns'],
  rows: Answer['rows'],
  more: Partial<Answer> = {},
): Answer => ({
  question: 'q',
  title: 'Q',
  about: '',
  from: 0,
  until: 0,
  unit: 'day',
  zone: 'UTC',
  by: 'none',
  currency: 'EUR',
  columns,
  rows,
  held: null,
  ...more,
})
const days = ['2026-01-01', '2026-01-02', '2026-01-03']
const seconds = days.map((date) => Date.parse(date) / 1000)

describe('a chart', () => {
  it('has a line for each value, the largest first, and nothing where no row is', () => {
    const rows = [
      { period: '2026-01-01', value: 'a', people: 1 },
      { period: '2026-01-03', value: 'a', people: 1 },
      { period: '2026-01-02', value: 'b', people: 9 },
    ]
    const split = answer([period, value, people], rows, { by: 'group' })
    expect(linesOf(split, { figure: people, periods: days })).toEqual({
      times: seconds,
      kind: 'count',
      lines: [
        { name: 'b', points: [0, 9, 0] },
        { name: 'a', points: [1, 0, 1] },
      ],
    })
  })

  it('has a gap where a value may be held back, and where there is nothing to be slow', () => {
    const held = answer([period, people], [{ period: '2026-01-01', people: 7 }], {
      held: { k: 5, until: 0, cells: 1 },
    })
    expect(linesOf(held, { figure: people, periods: days })?.lines[0]?.points).toEqual([
      7,
      null,
      null,
    ])
    const slow = answer([period, median], [{ period: '2026-01-02', p50: 80 }])
    expect(linesOf(slow, { figure: median, periods: days })?.lines[0]?.points).toEqual([
      null,
      80,
      null,
    ])
  })

  it('shows the time before beside what is not split', () => {
    const now = answer([period, calls], [{ period: '2026-01-02', calls: 2 }])
    const before = answer([period, calls], [{ period: '2025-12-29', calls: 5 }])
    const earlier = { answer: before, periods: ['2025-12-29', '2025-12-30', '2025-12-31'] }
    expect(linesOf(now, { figure: calls, periods: days, earlier })?.lines).toEqual([
      { name: 'Calls', points: [0, 2, 0] },
      { name: 'The time before', points: [5, 0, 0] },
    ])
  })

  it('is not drawn where rows are no times', () => {
    expect(linesOf(answer([calls], []), { figure: calls, periods: days })).toBeUndefined()
  })
})

it('draws waiting times before how many there were', () => {
  expect(figuresOf([period, calls, median])).toEqual([median, calls])
})

it('adds up what can be added', () => {
  const columns = [period, people, calls]
  const rows = [
    { period: '2026-01-01', people: 3, calls: 2 },
    { period: '2026-01-02', people: 3, calls: 4 },
  ]
  expect(sumOf(answer(columns, rows), calls)).toBe(6)
  expect(sumOf(answer(columns, rows), people)).toBeUndefined()
  expect(sumOf(answer(columns, rows, { by: 'group' }), calls)).toBeUndefined()
  expect(sumOf(answer([period, calls], [{ period: '2026-01-01', calls: null }]), calls)).toBe(
    undefined,
  )
})

it('names periods as rows do', () => {
  expect(periodsBetween('2026-01-01', '2026-01-03', 'day')).toEqual(days)
  // Thursday to Monday.
  expect(periodsBetween('2026-01-01', '2026-01-05', 'week')).toEqual(['2025-12-29', '2026-01-05'])
  expect(periodsBetween('2026-01-31', '2026-02-01', 'month')).toEqual(['2026-01-01', '2026-02-01'])
})

it('finds the period before', () => {
  expect(periodBefore('2026-01-01', '2026-01-07')).toEqual({ from: '2025-12-25', to: '2025-12-31' })
})
