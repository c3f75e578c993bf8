import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failureKinds } from '../schema.ts'
import type { Checked } from './check.ts'
import { listed, pageRow } from './page.test.rows.ts'
import type { PageRow, Target } from './plan.ts'
import { goneAfter, judge } from './verdict.ts'

const target = (row: PageRow | null): Target => ({ ...listed('a'), row, listed: true })
const failed = (kind: (typeof failureKinds)[number]): Checked => ({
  is: 'failed',
  failure: { kind, url: 'u', status: 404, message: 'm', remedy: 'r' },
})
const same: Checked = {
  is: 'same',
  links: [],
  canonical: null,
  etag: '"1"',
  lastModified: null,
  fetchUrl: 'u',
  movedTo: null,
}

describe('what a check means', () => {
  it('is that a page is gone only after 404 in two runs in a row', () => {
    const kinds = fc.array(fc.constantFrom(...failureKinds, 'fine' as const), { maxLength: 12 })
    fc.assert(
      fc.property(kinds, (runs) => {
        let row = pageRow('a')
        let missing = 0
        for (const kind of runs) {
          const wasGone = row.state === 'gone'
          missing = kind === 'gone' ? missing + 1 : 0
          const verdict = judge(target(row), kind === 'fine' ? same : failed(kind), 1)
          const goes = kind === 'gone' && missing >= goneAfter && !wasGone
          expect(verdict.version).toBe(goes ? 'gone' : null)
          row = { ...row, ...verdict.state, raw_id: 'raw_1' }
          if (wasGone && kind !== 'fine') expect(row.state).toBe('gone')
          if (kind === 'fine') expect([row.state, row.failures]).toEqual(['present', 0])
        }
      }),
    )
  })

  it('of a page that was never there is a failure, however often', () => {
    let row: PageRow | null = null
    for (let run = 1; run <= 4; run++) {
      const { version, failure, state } = judge(target(row), failed('gone'), 1)
      expect([version, failure?.kind, state.failures]).toEqual([null, 'gone', run])
      row = { ...pageRow('a'), raw_id: null, ...state }
    }
  })

  it('keeps what is known of a page that fails, and counts since when', () => {
    const first = judge(target(pageRow('a')), failed('timeout'), 5).state
    const second = judge(target({ ...pageRow('a'), ...first }), failed('blocked'), 9).state
    expect(second).toMatchObject({
      state: 'failing',
      raw_sha256: 'abc',
      failing_since: 5,
      failures: 2,
      failure_kind: 'blocked',
    })
  })

  it('touches no other column of the page', () => {
    const columns = Object.keys(judge(target(null), same, 1).state).sort()
    for (const checked of [same, failed('gone'), failed('timeout')])
      expect(Object.keys(judge(target(pageRow('a')), checked, 1).state).sort()).toEqual(columns)
    expect(columns).not.toContain('raw_id')
  })

  it('takes over the address that a page moved to within the source', () => {
    const moved = judge(target(pageRow('a')), { ...same, movedTo: 'https://docs.example/b' }, 1)
    expect(moved.state.url).toBe('https://docs.example/b')
  })
})
