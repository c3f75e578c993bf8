import { describe, expect, it } from 'vitest'
import { lifeOf } from './search.ts'

const timeline = [null, 'a', 'b', 'a', null, 'c'].map((text, i) => ({
  page_id: 'wpa_1',
  text_id: text,
  at: i,
  stamp: `stamp ${i}`,
}))
const life = (...textIds: string[]) => {
  const found = lifeOf({ textIds }, timeline)
  return found && [found.appeared.at, found.went?.at ?? null, found.textId]
}

describe('when a line stood on a page', () => {
  it('is from the first version that has it to the one after the last', () => {
    expect(life('b')).toEqual([2, 3, 'b'])
    expect(life('a')).toEqual([1, 4, 'a'])
    expect(life('a', 'c')).toEqual([1, null, 'c'])
  })

  it('is never where no version that can be seen has it', () => {
    expect(life('d')).toBeUndefined()
  })
})
