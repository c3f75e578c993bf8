import { describe, expect, it } from 'vitest'
import type { Snapshot } from '../schema.ts'
import { byDay, degreeOf, isQuiet, yearsOf } from './timeline-days.ts'

const snapshot = (stamp: string, patch: Partial<Snapshot> = {}): Snapshot => ({
  at: 0,
  stamp,
  added: 3,
  removed: 1,
  pages: 1,
  newPages: 0,
  gonePages: 0,
  quietPages: 0,
  flippedPages: 0,
  kind: 'run',
  note: null,
  ...patch,
})

describe('the days of the timeline', () => {
  const all = [
    snapshot('2026-05-18-2201'),
    snapshot('2026-05-18-0030'),
    snapshot('2026-02-19-2037', { kind: 'first' }),
    snapshot('2025-12-31-2359'),
  ]
  it('gather what happened on one day in UTC, newest first', () => {
    expect(yearsOf(all)).toEqual([2026, 2025])
    const days = byDay(all, 2026)
    expect(days.map((d) => [d.date, d.weekday, d.snapshots.length, d.lines])).toEqual([
      ['2026-05-18', 'Mon', 2, 8],
      ['2026-02-19', 'Thu', 1, 4],
    ])
  })
  it('count a step as quiet when nothing of it was announced', () => {
    expect(isQuiet(snapshot('2026-05-18-2201', { pages: 0, quietPages: 3 }))).toBe(true)
    expect(isQuiet(snapshot('2026-05-18-2201', { pages: 0, kind: 'boundary' }))).toBe(false)
  })
  it('are shaded by the order of magnitude', () => {
    expect([0, 1, 9, 10, 99, 100, 1000].map(degreeOf)).toEqual([0, 1, 1, 2, 2, 3, 4])
  })
})
