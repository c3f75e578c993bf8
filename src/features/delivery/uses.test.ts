import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addEvent,
  addUse,
  createEventTypes,
  typesADay,
  type EventSum,
  type UseSum,
} from './uses.ts'

const anyUse: fc.Arbitrary<UseSum> = fc
  .record({
    clientId: fc.constantFrom('a', 'b'),
    at: fc.integer({ min: 1, max: 50 }),
    name: fc.option(fc.constantFrom('P v1', 'P v2')),
  })
  .map(({ clientId, at, name }) => ({
    clientId,
    firstAt: at,
    lastAt: at,
    count: 1,
    lastStatus: name === null ? 403 : 200,
    served: name === null ? null : { policyId: 'p', versionId: name, name, at },
    ip: `10.0.0.${at}`,
    userAgent: `codex ${at}`,
  }))

describe('the sums of clients', () => {
  it('come to the same in parts that are put together as one by one, in order of time', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyUse, { selector: (u) => u.lastAt }),
        fc.nat(50),
        (uses, cut) => {
          const whole = new Map<string, UseSum>()
          for (const use of uses.toSorted((a, b) => a.lastAt - b.lastAt)) addUse(whole, { ...use })
          // What could not be written is put back after what came in meanwhile.
          const [early, late] = [new Map<string, UseSum>(), new Map<string, UseSum>()]
          for (const use of uses.slice(0, cut)) addUse(early, { ...use })
          for (const use of uses.slice(cut)) addUse(late, { ...use })
          for (const sum of early.values()) addUse(late, sum)
          expect(Object.fromEntries(late)).toEqual(Object.fromEntries(whole))
        },
      ),
    )
  })

  it('count events by client, day and type', () => {
    const sums = new Map<string, EventSum>()
    const event = { clientId: 'a', day: 0, eventType: 'x', count: 1 }
    for (const other of [{}, {}, { day: 1 }, { clientId: 'b' }, { eventType: 'y' }])
      addEvent(sums, { ...event, ...other })
    expect([...sums.values()].map((s) => s.count)).toEqual([2, 1, 1, 1])
  })
})

describe('the type of an event', () => {
  it('is a name of bounded form and number; everything else is counted as other', () => {
    const typeOf = createEventTypes()
    for (const bad of ['', 'A', 'a-b', 'a b', 'ä', 'x'.repeat(65)])
      expect(typeOf(bad, 1)).toBe('other')
    for (let i = 0; i < typesADay; i++) expect(typeOf(`type_${i}`, 1)).toBe(`type_${i}`)
    expect(typeOf('one_more', 1)).toBe('other')
    expect(typeOf('type_0', 1)).toBe('type_0')
    expect(typeOf('one_more', 2)).toBe('one_more')
  })
})
