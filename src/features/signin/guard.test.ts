import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { minute } from '#kernel/clock.ts'
import { createGuard } from './guard.ts'

const passwords = { what: 'passwords', instead: 'replace the password' }

describe('the guard', () => {
  it('never refuses the right password from an address that has not failed, whatever others do', () => {
    const attack = fc.array(
      fc.record({ ip: fc.integer({ min: 1, max: 60 }), wait: fc.nat({ max: 2 * minute }) }),
      { maxLength: 200 },
    )
    fc.assert(
      fc.property(attack, (guesses) => {
        let now = 0
        const guard = createGuard(() => now, passwords)
        for (const { ip, wait } of guesses) {
          now += wait
          try {
            guard.attempt('ada@acme.example', `198.51.100.${ip}`)
          } catch {
            // An attacker's own refusal.
          }
          guard.attempt('ada@acme.example', '192.0.2.1').succeeded()
        }
      }),
    )
  })

  it('lets at most five wrong ones through by address and account in a quarter of an hour', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5 * minute }), { maxLength: 100 }), (waits) => {
        let now = 0
        const guard = createGuard(() => now, passwords)
        const through: number[] = []
        for (const wait of waits) {
          now += wait
          try {
            guard.attempt('ada@acme.example', '198.51.100.1')
            through.push(now)
          } catch {
            continue
          }
          expect(through.filter((at) => at > now - 15 * minute).length).toBeLessThanOrEqual(5)
        }
      }),
    )
  })

  it('stops an address that tries many accounts', () => {
    const guard = createGuard(() => 0, passwords)
    for (let i = 0; i < 100; i++) guard.attempt(`a${i}@acme.example`, '198.51.100.1')
    expect(() => guard.attempt('one-more@acme.example', '198.51.100.1')).toThrow('Too many')
  })
})
