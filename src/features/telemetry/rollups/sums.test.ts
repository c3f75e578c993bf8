import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { day, hour, minute } from '#kernel/clock.ts'
import { draft, type Fact, type Origin } from '../facts/fact.ts'
import type { FactKind, Outcome } from '../tables.ts'
import { boundFor, boundOf, percentile } from './histogram.ts'
import { join, maskBetween, quarterBit, startOf } from './presence.ts'
import { sumUp, type Place, type Sums } from './sums.ts'

const start = Date.UTC(2026, 10, 23)
const origin = (n: number): Origin => ({
  personKind: 'member',
  principalId: `mem_${n}`,
  clientKind: 'client',
  clientId: `cli_${n}`,
  host: '',
  originator: n % 2 ? 'codex_exec' : 'codex_vscode',
  version: '0.169.0',
  surface: n % 2 ? 'cli' : 'ide',
  groups: '',
  policyVersion: 'ver_1',
})
const origins = [0, 1, 2, 3].map(origin)
const placeOf = (of: Origin): Place => ({
  groupSet: origins.indexOf(of) % 3,
  person: origins.indexOf(of),
})

const kinds: readonly FactKind[] = [
  'prompt',
  'api_request',
  'tokens',
  'tool_decision',
  'tool_result',
  'first_token',
  'other',
  'span',
]
const fact: fc.Arbitrary<Fact> = fc
  .record({
    origin: fc.constantFrom(...origins),
    at: fc.integer({ min: start, max: start + 2 * day }),
    kind: fc.constantFrom(...kinds),
    model: fc.constantFrom('', 'a', 'b'),
    tool: fc.constantFrom('exec_command', 'apply_patch'),
    program: fc.constantFrom('', 'git', 'rm'),
    outcome: fc.constantFrom<Outcome>('ran', 'failed', 'denied'),
    decision: fc.constantFrom('', 'approved', 'denied'),
    decidedBy: fc.constantFrom('config', 'user'),
    success: fc.constantFrom(0, 1, null),
    value: fc.nat({ max: 100_000 }),
  })
  .map(({ origin: of, at, kind, value, outcome, ...more }) => ({
    ...draft(at, at, of, kind, 'x'),
    ...more,
    outcome: kind === 'tool_result' ? outcome : null,
    durationMs: value,
    length: value,
    tokensInput: kind === 'tokens' ? value : null,
    tokensOutput: kind === 'tokens' ? 1 : null,
  }))
const facts = fc.array(fact, { maxLength: 60 })
const none: ReadonlySet<Fact> = new Set()
const total = (rows: readonly object[], column: string): number =>
  rows.reduce((sum, row) => sum + Number((row as Record<string, unknown>)[column]), 0)

/** The rows of both together, as the store adds them. */
function added(a: Sums, b: Sums): Readonly<Record<keyof Sums, readonly object[]>> {
  const values =
    /^(?:events|conversations|turns|prompt_chars|.*_calls|(?:approved|refused)_.*|api_.*|tokens_.*|count|duration_ms)$/
  const both = (of: keyof Sums): readonly object[] => {
    const rows = new Map<string, Record<string, unknown>>()
    for (const row of [...a[of], ...b[of]] as unknown as readonly Record<string, unknown>[]) {
      const key = Object.entries(row)
        .filter(([name]) => !values.test(name) && !name.startsWith('quarters'))
        .join(' ')
      const known = rows.get(key)
      if (!known) rows.set(key, { ...row })
      else
        for (const [name, value] of Object.entries(row))
          if (values.test(name)) known[name] = Number(known[name]) + Number(value)
          else if (name.startsWith('quarters'))
            known[name] = join(Number(known[name]), Number(value))
    }
    return [...rows.values()]
  }
  return {
    usage: both('usage'),
    usageHours: both('usageHours'),
    usageDays: both('usageDays'),
    days: both('days'),
    commands: both('commands'),
    commandPeople: both('commandPeople'),
    histograms: both('histograms'),
    histogramDays: both('histogramDays'),
    failures: both('failures'),
    failurePeople: both('failurePeople'),
  }
}
const sorted = (rows: readonly object[]): readonly string[] =>
  rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort()

describe('sums of facts', () => {
  it('are what a naive sum over the facts says', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const { usage, usageHours, usageDays, days, commands, commandPeople } = sumUp(
          given,
          none,
          placeOf,
        )
        const counted = given.filter((f) => f.kind !== 'span')
        const of = (kind: FactKind) => counted.filter((f) => f.kind === kind)
        for (const rows of [usage, usageHours, usageDays, days]) {
          expect(total(rows, 'events')).toBe(counted.length)
          expect(total(rows, 'turns')).toBe(of('prompt').length)
          expect(total(rows, 'tokens_input')).toBe(total(of('tokens'), 'tokensInput'))
          expect(total(rows, 'tool_calls')).toBe(of('tool_result').length)
        }
        for (const row of usage)
          expect(row.events).toBe(
            counted.filter(
              (f) =>
                startOf(f.at, 15 * minute) === row.bucket &&
                placeOf(f.origin).groupSet === row.group_set &&
                f.origin.originator === row.originator &&
                f.model === row.model,
            ).length,
          )
        for (const rows of [commands, commandPeople])
          expect(total(rows, 'count')).toBe(of('tool_result').length)
      }),
    )
  })

  it('are the same however the facts are split into requests', () => {
    fc.assert(
      fc.property(facts, fc.nat(60), (given, at) => {
        const [left, right] = [given.slice(0, at), given.slice(at)]
        const apart = added(sumUp(left, none, placeOf), sumUp(right, none, placeOf))
        const whole = sumUp(given, none, placeOf)
        for (const name of Object.keys(whole) as (keyof Sums)[])
          expect(sorted(apart[name])).toEqual(sorted(whole[name]))
      }),
    )
  })

  it('know who was there in which quarter, so that a day of any time zone can be told', () => {
    fc.assert(
      fc.property(facts, fc.integer({ min: -56, max: 56 }), (given, offset) => {
        const { days } = sumUp(given, none, placeOf)
        const from = start + day + offset * 15 * minute
        const people = new Set(
          days
            .filter((row) => {
              const mask = maskBetween(row.day, from, from + day)
              const meets = (a: number, b: number) => a + b !== join(a, b)
              return meets(row.quarters_am, mask.am) || meets(row.quarters_pm, mask.pm)
            })
            .map((row) => row.person),
        )
        const there = given.filter((f) => f.kind !== 'span' && f.at >= from && f.at < from + day)
        expect(people).toEqual(new Set(there.map((f) => placeOf(f.origin).person)))
      }),
    )
  })
})

describe('presence', () => {
  it('has a bit for each quarter of a day', () => {
    expect(quarterBit(start)).toEqual({ am: 1, pm: 0 })
    expect(quarterBit(start + 12 * hour - 1)).toEqual({ am: 2 ** 47, pm: 0 })
    expect(quarterBit(start + 12 * hour)).toEqual({ am: 0, pm: 1 })
    expect(quarterBit(start + day - 1)).toEqual({ am: 0, pm: 2 ** 47 })
    expect(join(2 ** 47 + 1, 2 ** 47 + 2)).toBe(2 ** 47 + 3)
  })
})

describe('a percentile', () => {
  it('is at most 9.1 % above the true one, and never below', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 10_000_000 }), { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, part) => {
          const bins = values.map((value) => ({ bound: boundFor(value), count: 1 }))
          const truth = values.sort((a, b) => a - b)[
            Math.max(1, Math.ceil(part * values.length)) - 1
          ]
          const said = percentile(bins, part) ?? 0
          expect(said).toBeGreaterThanOrEqual(truth ?? 0)
          expect(said).toBeLessThanOrEqual((truth ?? 0) * 1.0906)
        },
      ),
    )
    expect(percentile([], 0.5)).toBeNull()
  })

  it('stands under the smallest bound that is large enough', () => {
    for (let bound = 0; bound < 300; bound++) {
      expect(boundFor(boundOf(bound))).toBe(bound)
      expect(boundFor(boundOf(bound) * 1.000001)).toBe(bound + 1)
    }
  })
})
