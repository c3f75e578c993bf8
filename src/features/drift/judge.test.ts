import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hour, minute } from '#kernel/clock.ts'
import {
  fetchPatience,
  judge,
  mayHold,
  stillActive,
  type Evidence,
  type Report,
  type Served,
} from './judge.ts'
import { limitsOf, type Limits } from './limits.ts'

const now = Date.UTC(2026, 0, 5, 9)
const report = (more: Partial<Report> = {}): Report => ({
  conversation: 'one',
  at: now,
  activeAt: now,
  heldVersion: 'v1',
  host: 'laptop',
  version: '0.169.0',
  approval: 'on-request',
  sandbox: 'read-only',
  servers: '',
  authMode: 'Chatgpt',
  ...more,
})
const texts: Readonly<Record<string, string>> = {
  v1: 'allowed_approval_policies = ["on-request"]\nallowed_sandbox_modes = ["read-only"]\n',
  v2: 'allowed_approval_policies = ["on-request", "never"]\n',
  v3: '[mcp_servers.docs.identity]\ncommand = "docs"\n',
  v4: '[mcp_servers.docs.identity]\ncommand = "docs"\n\n[plugins]\n',
}
const limits = (id: string, host: string): Limits | undefined => {
  const text = texts[id]
  return text === undefined ? undefined : limitsOf(text, host)
}
const evidence = (more: Partial<Evidence> = {}): Evidence => ({
  reports: [report()],
  served: [],
  activeAt: now,
  version: '0.169.0',
  lastFetchAt: now,
  lateAt: null,
  limits,
  floor: null,
  wayIn: null,
  ...more,
})
const found = (more: Partial<Evidence>) =>
  judge(evidence(more)).disagreements.map(({ key, reported }) => `${key}: ${reported}`)
const outcomes = (more: Partial<Evidence>) =>
  Object.fromEntries(judge(evidence(more)).checks.map(({ key, outcome }) => [key, outcome]))

describe('what a policy forbids', () => {
  it('disagrees when it is reported', () => {
    expect(found({})).toEqual([])
    expect(
      found({ reports: [report({ approval: 'never', sandbox: 'danger-full-access' })] }),
    ).toEqual(['approval: never', 'sandbox: danger-full-access'])
  })

  it('agrees while a version that it may still hold allows it', () => {
    const never = [report({ approval: 'never' })]
    const v2 = (firstAt: number, lastAt: number): Served => ({ versionId: 'v2', firstAt, lastAt })
    expect(found({ reports: never, served: [v2(now - hour, now - minute)] })).toEqual([])
    expect(found({ reports: never, served: [v2(0, now - fetchPatience)] })).toEqual([])
    expect(found({ reports: never, served: [v2(0, now - fetchPatience - 1)] })).toHaveLength(1)
    expect(found({ reports: never, served: [v2(now + hour, now + hour)] })).toHaveLength(1)
    expect(found({ reports: [report({ approval: 'never', heldVersion: 'v2' })] })).toEqual([])
    // It may have been answered that there is no policy for it.
    expect(found({ reports: [report({ approval: 'never', heldVersion: '' })] })).toEqual([])
  })

  it('cannot be told of what was not reported, or of a version that is gone', () => {
    expect(outcomes({ reports: [report({ approval: null, sandbox: '' })] })).toMatchObject({
      approval: 'unknown',
      sandbox: 'unknown',
    })
    const gone = [report({ approval: 'never', heldVersion: 'v9' })]
    expect(outcomes({ reports: gone })).toMatchObject({ approval: 'unknown' })
    const tomorrow = [report({ approval: 'ask-the-moon', sandbox: 'a mode of tomorrow' })]
    expect(outcomes({ reports: tomorrow })).toMatchObject({
      approval: 'unknown',
      sandbox: 'unknown',
    })
    expect(outcomes({ reports: [] })).toMatchObject({ approval: 'unknown', servers: 'unknown' })
  })

  it('knows the old names of approval policies', () => {
    expect(found({ reports: [report({ approval: 'on-failure' })] })).toEqual([])
    expect(found({ reports: [report({ approval: 'unless-trusted' })] })).toHaveLength(1)
  })

  it('names the servers that are on no list, where plugins cannot have brought them', () => {
    const servers = 'codex_apps, docs, scraper'
    expect(outcomes({ reports: [report({ servers, heldVersion: 'v3' })] })).toMatchObject({
      servers: 'unknown',
    })
    expect(found({ reports: [report({ servers, heldVersion: 'v4' })] })).toEqual([
      'servers: scraper',
    ])
    expect(
      found({ reports: [report({ servers: 'codex_apps, docs', heldVersion: 'v4' })] }),
    ).toEqual([])
  })
})

describe('what a policy does not decide', () => {
  it('disagrees when it was still active long after its last fetch, not when it woke just now', () => {
    expect(found({ lastFetchAt: now - 10 * hour, lateAt: now })).toEqual([])
    expect(found({ lastFetchAt: now - 10 * hour, lateAt: now - stillActive + 1 })).toEqual([])
    const lastFetchAt = now - fetchPatience - stillActive
    const late = judge(evidence({ lastFetchAt, lateAt: now - stillActive }))
    expect(late.disagreements).toMatchObject([{ key: 'fetch', since: now - stillActive }])
    expect(outcomes({ lastFetchAt: null })).toMatchObject({ fetch: 'unknown' })
  })

  it('disagrees under the version floor, by what it reported last', () => {
    expect(found({ floor: '0.169.0' })).toEqual([])
    expect(found({ floor: '0.169.1' })).toEqual(['version: 0.169.0'])
    expect(found({ floor: '0.170.0', version: '0.170.0' })).toEqual([])
    expect(outcomes({ floor: '0.170.0', version: 'nightly' })).toMatchObject({ version: 'unknown' })
  })

  it('disagrees when it signed in another way', () => {
    expect(found({ wayIn: 'account' })).toEqual([])
    expect(found({ wayIn: 'account', reports: [report({ authMode: 'ApiKey' })] })).toEqual([
      'sign_in: ApiKey',
    ])
    expect(
      outcomes({ wayIn: 'account', reports: [report({ authMode: 'Bedrock' })] }),
    ).toMatchObject({ sign_in: 'unknown' })
  })
})

const aVersion = fc.constantFrom('', 'v1', 'v2', 'v3', 'v4', 'v9')
const aTime = fc.integer({ min: now - 3 * hour, max: now + hour })
const aReport = fc
  .record({
    at: aTime,
    heldVersion: aVersion,
    approval: fc.constantFrom('never', 'on-request', 'untrusted', null),
    sandbox: fc.constantFrom('read-only', 'workspace-write', 'danger-full-access', null),
    servers: fc.constantFrom('', 'docs', 'docs, scraper', 'codex_apps', null),
  })
  .map((more) => report({ ...more, activeAt: more.at }))
const aServed = fc
  .record({ versionId: aVersion, firstAt: aTime, lastAt: aTime })
  .map((s) => ({ ...s, lastAt: Math.max(s.firstAt, s.lastAt) }))
const reports = fc.array(aReport, { minLength: 1, maxLength: 6 })
const served = fc.array(aServed, { maxLength: 4 })
const ofPolicy = (e: Partial<Evidence>) =>
  judge(evidence(e)).disagreements.filter(({ key }) => key !== 'fetch')

describe('whatever was served and reported', () => {
  it('nothing is a disagreement that a version which the client may hold allows', () => {
    fc.assert(
      fc.property(aReport, served, (one, given) => {
        const held = mayHold(one, given)
        // An unlimited or unknown version may be the one.
        const open = held.some((id) => id === '' || limits(id, '') === undefined)
        const disagrees = new Set(ofPolicy({ reports: [one], served: given }).map((c) => c.key))
        if (open) expect(disagrees.size).toBe(0)
        const approves = held.some((id) => {
          const allowed = limits(id, '')?.approval
          return allowed === null || (allowed?.includes(one.approval ?? '') ?? true)
        })
        expect(disagrees.has('approval')).toBe(!open && one.approval !== null && !approves)
      }),
    )
  })

  it('serving one more version never makes a disagreement', () => {
    fc.assert(
      fc.property(reports, served, aServed, (some, given, more) => {
        const before = ofPolicy({ reports: some, served: given }).map((c) => c.key)
        const after = ofPolicy({ reports: some, served: [...given, more] }).map((c) => c.key)
        expect(before).toEqual(expect.arrayContaining(after))
      }),
    )
  })

  it('the order of the reports does not matter, and each value is named once', () => {
    fc.assert(
      fc.property(reports, served, (some, given) => {
        const sorted = (list: readonly Report[]) =>
          ofPolicy({ reports: list, served: given })
            .map(({ key, reported, since }) => `${key} ${reported} ${since}`)
            .sort()
        const one = sorted(some)
        expect(sorted(some.toReversed())).toEqual(one)
        const values = one.map((line) => line.replace(/ \d+$/, ''))
        expect(new Set(values).size).toBe(values.length)
      }),
    )
  })
})
