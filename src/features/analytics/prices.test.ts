import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costOf, priceAt, changesBetween, type Price } from './prices.ts'

const price = (model: string, validFrom: number, input = 1_000_000): Price => ({
  model,
  validFrom,
  input,
  cachedInput: input / 10,
  output: input * 8,
})

describe('the price of a model', () => {
  const list = [
    price('gpt-5*', 0, 1),
    price('gpt-5-codex', 0, 2),
    price('gpt-5-codex', 100, 3),
    price('*', 0, 4),
  ]

  it('is that of its whole name, else of the longest beginning', () => {
    expect(priceAt(list, 'gpt-5-codex', 50)?.input).toBe(2)
    expect(priceAt(list, 'gpt-5.1', 50)?.input).toBe(1)
    expect(priceAt(list, 'o9', 50)?.input).toBe(4)
    expect(priceAt([price('gpt-5*', 0)], 'o9', 50)).toBeUndefined()
  })

  it('changes at the instant it is valid from', () => {
    expect([99, 100, 101].map((at) => priceAt(list, 'gpt-5-codex', at)?.input)).toEqual([2, 3, 3])
    expect(priceAt([price('m', 100)], 'm', 99)).toBeUndefined()
  })

  it('is the same between two turns, whatever the list', () => {
    const entry = fc.record({
      model: fc.constantFrom('*', 'a*', 'ab', 'ab*'),
      validFrom: fc.integer({ min: 0, max: 20 }),
      input: fc.nat(),
      cachedInput: fc.nat(),
      output: fc.nat(),
    })
    fc.assert(
      fc.property(fc.array(entry), (prices) => {
        const marks = [0, ...changesBetween(prices, 0, 30), 30]
        marks.slice(0, -1).forEach((from, i) => {
          const inside = [from, (marks[i + 1] ?? 0) - 1].map(
            (at) => priceAt(prices, 'ab', at)?.validFrom,
          )
          expect(inside[0]).toBe(inside[1])
        })
      }),
    )
  })
})

describe('the cost of tokens', () => {
  it('takes cached input as a part of the input', () => {
    const tokens = { input: 1_000_000, cachedInput: 400_000, output: 500_000 }
    expect(costOf(price('m', 0, 1_250_000), tokens)).toBe(0.75 + 0.05 + 5)
  })

  it('is unknown without a price, not nothing', () => {
    expect(costOf(undefined, { input: 1, cachedInput: 0, output: 0 })).toBeUndefined()
  })
})
