import { describe, expect, it } from 'vitest'
import { covers, holdsOn, type Hold } from './covers.ts'

const file = { event_type: 'CODEX_LOG', start_at: 1000, end_at: 2000 }
const hold = (of: Partial<Hold> = {}): Hold => ({
  event_type: null,
  subject_id: null,
  from_at: null,
  until_at: null,
  ...of,
})

describe('a legal hold', () => {
  it('is about everything that it does not narrow', () => {
    expect(covers(hold(), file)).toBe(true)
    expect(covers(hold({ event_type: 'CODEX_LOG' }), file)).toBe(true)
    expect(covers(hold({ event_type: 'AUTH_LOG' }), file)).toBe(false)
  })

  it('is about a file whose window touches its own', () => {
    expect(covers(hold({ from_at: 1999 }), file)).toBe(true)
    expect(covers(hold({ from_at: 2000 }), file)).toBe(false)
    expect(covers(hold({ until_at: 1001 }), file)).toBe(true)
    expect(covers(hold({ until_at: 1000 }), file)).toBe(false)
  })

  it('keeps a file whole, or for the lines of a person', () => {
    const holds = [hold(), hold({ subject_id: 'mem_1' }), hold({ event_type: 'AUTH_LOG' })]
    const on = holdsOn(holds, file)
    expect(on.whole).toEqual([holds[0]])
    expect(on.persons).toEqual([holds[1]])
  })
})
