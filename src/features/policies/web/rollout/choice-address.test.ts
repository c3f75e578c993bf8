import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addressOf, choiceFrom, choiceInAddress } from './choice-address.ts'
import { toAllNow, type Choice } from './choice.ts'

const choice: fc.Arbitrary<Choice> = fc.record({
  to: fc.constantFrom('all', 'stage'),
  stage: fc.record({
    groupIds: fc.array(fc.constantFrom('grp_1', 'grp_2'), { maxLength: 2 }),
    enrolmentIds: fc.array(fc.constantFrom('enr_1', 'enr_2'), { maxLength: 2 }),
    percent: fc.integer({ min: 0, max: 100 }),
  }),
  bounds: fc.record({
    refusedFetches: fc.option(
      fc.record({
        count: fc.integer({ min: 1, max: 1_000_000 }),
        minutes: fc.integer({ min: 1, max: 1440 }),
      }),
    ),
  }),
  takeBackWhenHalted: fc.boolean(),
  at: fc.constantFrom(null, undefined, 1_767_600_000_000),
})

/** As it comes back from an address: everything as text, one of a list alone. */
const readBack = (written: object): unknown =>
  Object.fromEntries(
    Object.entries(written).flatMap(([key, value]: [string, unknown]) =>
      value === undefined || (Array.isArray(value) && value.length === 0)
        ? []
        : [[key, Array.isArray(value) && value.length === 1 ? String(value[0]) : asText(value)]],
    ),
  )
const asText = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value)

it('comes back from the address as it was chosen', () => {
  fc.assert(
    fc.property(choice, (chosen) => {
      expect(choiceFrom(choiceInAddress.parse(readBack(addressOf(chosen))))).toEqual(chosen)
    }),
  )
})

it('leaves the address alone while nothing was chosen, and takes nothing absurd from it', () => {
  expect(readBack(addressOf(toAllNow))).toEqual({})
  const absurd = { to: 'none', at: 'x', refused: '-1', within: '1e9', halts: '', takeBack: '1' }
  expect(choiceFrom(choiceInAddress.parse(absurd))).toEqual(toAllNow)
})
