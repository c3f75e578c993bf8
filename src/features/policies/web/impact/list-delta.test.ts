import { describe, expect, it } from 'vitest'
import { listDelta } from './list-delta.ts'

describe('what came and went in a list', () => {
  it('is told entry by entry, also of tables', () => {
    expect(listDelta('["a", "b"]', '["b", "c", "d"]')).toEqual({
      removed: ['"a"'],
      added: ['"c"', '"d"'],
      kept: 1,
    })
    expect(listDelta('[{ t = "x", n = [1] }]', '[{ t = "x", n = [1] }, { t = "y" }]')).toEqual({
      removed: [],
      added: ['{ t = "y" }'],
      kept: 1,
    })
  })

  it('is not told where the whole says more', () => {
    expect(listDelta('["a"]', null)).toBeUndefined()
    expect(listDelta('["a"]', '"a"')).toBeUndefined()
    expect(listDelta('["a"]', '["b"]')).toBeUndefined()
    expect(listDelta('["a", "b"]', '["b", "a"]')).toBeUndefined()
    expect(listDelta('[', '[]')).toBeUndefined()
  })
})
