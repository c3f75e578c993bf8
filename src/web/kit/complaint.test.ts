import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyEdits, smallestEdit } from './complaint.ts'

describe('edits of a text', () => {
  it('apply by the offsets of the text before them all', () => {
    const edits = [
      { from: 0, to: 1, insert: 'AA' },
      { from: 4, to: 5, insert: '' },
    ]
    expect(applyEdits('a b c', edits)).toBe('AA b ')
    expect(applyEdits('a b c', edits.toReversed())).toBe('AA b ')
  })

  it('the smallest edit between two texts turns one into the other', () => {
    expect(smallestEdit('same', 'same')).toBeUndefined()
    expect(smallestEdit('aXc', 'aYc')).toEqual({ from: 1, to: 2, insert: 'Y' })
    expect(smallestEdit('aa', 'aaa')).toEqual({ from: 2, to: 2, insert: 'a' })
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 20 })
    fc.assert(
      fc.property(text, text, (before, after) => {
        const edit = smallestEdit(before, after)
        expect(edit === undefined ? before : applyEdits(before, [edit])).toBe(after)
      }),
    )
  })
})
