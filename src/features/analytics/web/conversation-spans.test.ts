import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Span } from '../conversations/schema.ts'
import { nested } from './conversation-spans.ts'

const made = (id: string, parent: string, at: number): Span => ({
  id,
  parent,
  name: id,
  at,
  ms: 1,
  failed: false,
  extra: null,
})

it('puts spans under their parents, in order of time', () => {
  const spans = [made('a', '', 0), made('b', 'a', 1), made('d', 'lost', 2), made('c', 'b', 3)]
  expect(nested(spans).map(({ span, depth }) => [span.id, depth])).toEqual([
    ['a', 0],
    ['b', 1],
    ['c', 2],
    ['d', 0],
  ])
})

it('shows each span once, whatever the parents are', () => {
  const id = fc.constantFrom('', 'a', 'b', 'c', 'd')
  fc.assert(
    fc.property(fc.array(fc.tuple(id, id)), (pairs) => {
      const spans = pairs.map(([own, parent], at) => made(own, parent, at))
      const found = nested(spans).map(({ span }) => span)
      expect(found).toHaveLength(spans.length)
      expect(new Set(found)).toEqual(new Set(spans))
    }),
  )
})
