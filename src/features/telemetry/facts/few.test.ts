import { describe, expect, it } from 'vitest'
import { day } from '#kernel/clock.ts'
import { draft, type Fact, type Origin } from './fact.ts'
import { createFewNames } from './few.ts'

const origin = (principalId: string, more: Partial<Origin> = {}): Origin => ({
  personKind: 'enrolment',
  principalId,
  clientKind: 'enrolment',
  clientId: principalId,
  host: 'laptop',
  originator: 'codex_exec',
  version: '0.169.0',
  surface: 'cli',
  groups: '',
  policyVersion: '',
  ...more,
})
const fact = (model: string, of = origin('a'), at = day): Fact => ({
  ...draft(at, at, of, 'tokens', 'codex.sse_event'),
  model,
  extra: '{"n":1}',
})
const models = (facts: readonly Fact[]) => facts.map(({ model }) => model)

describe('names of a day', () => {
  it('are as many as may be; what is one too many counts as another one, and is kept beside', () => {
    const few = createFewNames({ sender: 3, all: 5 })
    const made = few(['m1', 'm2', 'm3', 'm4', 'm1', ''].map((model) => fact(model)))
    expect(models(made)).toEqual(['m1', 'm2', 'm3', '(other)', 'm1', ''])
    expect(JSON.parse(made[3]?.extra ?? '')).toEqual({ n: 1, named: { model: 'm4' } })
    // Somebody else still has some of her own, and those that are known are everybody's.
    const others = ['m1', 'm5', 'm6', 'm7'].map((model) => fact(model, origin('b')))
    expect(models(few(others))).toEqual(['m1', 'm5', 'm6', '(other)'])
    // Another day.
    expect(models(few([fact('m9', origin('a'), 2 * day)]))).toEqual(['m9'])
  })

  it('are bounded of clients too; records of one origin go on sharing it', () => {
    const few = createFewNames({ sender: 1, all: 5 })
    const [known, made] = [origin('a'), origin('a', { originator: 'codex_made_up' })]
    const [one, two, three] = few([fact('m', known), fact('m', made), fact('m', made)])
    expect(one?.origin).toBe(known)
    expect(two?.origin).toMatchObject({ originator: '(other)', surface: 'cli', version: '0.169.0' })
    expect(three?.origin).toBe(two?.origin)
  })
})
