import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptySnapshot, type SeenFetch, type Snapshot } from '#features/policies/index.ts'
import { hour, minute } from '#kernel/clock.ts'
import { Problem } from '#kernel/problem.ts'
import { issueToken } from '#kernel/tokens.ts'
import { composeAnswers, type Register } from './answers.ts'
import { bundleOf, matchesEtag, type Fragment } from './bundle.ts'
import type { Fetched, Recorder } from './recorder.ts'
import { createServe, keyInPath } from './serve.ts'
import type { Source } from './source.ts'
import { strangersPerMinute } from './strangers.ts'

const policy = (id: string, version: number) => ({
  id,
  name: id.toUpperCase(),
  versionId: `${id}-${version}`,
  version,
  text: `# ${id} ${version}\n`,
  defaults: '',
  sha256: '',
})
const snapshot: Snapshot = {
  ...emptySnapshot,
  revision: 7,
  policies: new Map([
    ['base', policy('base', 3)],
    ['dev', policy('dev', 1)],
  ]),
  groups: new Map([['g', { id: 'g', name: 'Developers' }]]),
  rules: [{ id: 'r', position: 1, groupId: 'g', policyId: 'dev' }],
  defaultPolicyId: 'base',
}
const keyId = `ekt_${'0'.repeat(31)}1`
const { token } = issueToken('enr', keyId)
const enrolment = {
  id: 'enr_1',
  name: 'Laptops',
  name_key: 'laptops',
  group_id: null as string | null,
  version: 1,
  created_at: 0,
  created_by: '',
  revoked_at: null as number | null,
  revoked_by: null,
}
const key = {
  id: keyId,
  enrolment_id: 'enr_1',
  hash: hash('sha256', token, 'hex'),
  prefix: '',
  created_at: 0,
  created_by: '',
  ends_at: null as number | null,
  ended_at: null as number | null,
}
const register: Register = { enrolments: [enrolment], keys: [key] }

function server(change: {
  snapshot?: Snapshot
  register?: Register
  staleSince?: number
  ready?: boolean
  fragment?: Fragment
}) {
  const noted: Fetched[] = []
  const seen: SeenFetch[] = []
  const recorder = { note: (fetched: Fetched) => noted.push(fetched) } as unknown as Recorder
  const source = (): Source | undefined =>
    change.ready === false
      ? undefined
      : {
          answers: composeAnswers(change.snapshot ?? snapshot, change.register ?? register),
          staleSince: change.staleSince ?? null,
        }
  const serve = createServe({
    source,
    recorder,
    maxAge: 72 * hour,
    seen: (one) => seen.push(one),
    telemetry: { of: () => change.fragment ?? null, silent: () => null },
  })
  const fetch = (options: { key?: string; ifNoneMatch?: string; now?: number; address?: string }) =>
    serve({
      key: options.key ?? token,
      ifNoneMatch: options.ifNoneMatch ?? null,
      address: options.address ?? '10.0.0.1',
      now: options.now ?? 1000,
    })
  return { fetch, noted, seen, serve }
}
const refusal = (act: () => unknown): Problem => {
  try {
    act()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('it was not refused')
}

describe('a fetch', () => {
  it('is answered in the form the client reads, with the policy named so that its warnings name it', async () => {
    const { fetch, noted } = server({})
    const answer = fetch({})
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(await answer.json()).toEqual({
      requirements_toml: {
        enterprise_managed: [{ id: 'base', name: 'BASE v3', contents: '# base 3\n' }],
      },
    })
    expect(noted).toEqual([
      {
        enrolmentId: 'enr_1',
        keyId,
        status: 200,
        versionId: 'base-3',
        policyId: 'base',
        served: 'BASE v3',
      },
    ])
  })

  it('of an enrolment that is bound to a group is answered by the rules of the group', async () => {
    const bound = { ...register, enrolments: [{ ...enrolment, group_id: 'g' }] }
    expect(await server({ register: bound }).fetch({}).text()).toContain('DEV v1')
    // The binding of the snapshot counts, because rules and policies are of the same revision there.
    const newer: Snapshot = {
      ...snapshot,
      enrolments: new Map([['enr_1', { kind: 'enrolment', id: 'enr_1', label: '', groupIds: [] }]]),
    }
    expect(await server({ register: bound, snapshot: newer }).fetch({}).text()).toContain('BASE v3')
  })

  it('carries the lines that make clients report behind the policy, with a tag of its own for each asker', async () => {
    const fragment = { id: 't', name: 'Telemetry', contents: '[otel]\n# "ä"\n' }
    const plain = server({}).fetch({})
    const { fetch } = server({ fragment })
    const answer = fetch({})
    const etag = answer.headers.get('etag') ?? ''
    const body = await answer.text()
    expect(JSON.parse(body)).toEqual({
      requirements_toml: {
        enterprise_managed: [{ id: 'base', name: 'BASE v3', contents: '# base 3\n' }, fragment],
      },
    })
    expect(answer.headers.get('content-length')).toBe(String(Buffer.byteLength(body)))
    expect(etag).not.toBe(plain.headers.get('etag'))
    expect(fetch({ ifNoneMatch: etag }).status).toBe(304)
    const other = server({ fragment: { ...fragment, contents: '[otel]\n' } })
    expect(other.fetch({ ifNoneMatch: etag }).status).toBe(200)
    const none = server({ fragment, snapshot: { ...snapshot, defaultPolicyId: null } })
    expect(await none.fetch({}).json()).toEqual({
      requirements_toml: { enterprise_managed: [fragment] },
    })
  })

  it('is answered {} when there is no policy for it', async () => {
    const none = { ...snapshot, defaultPolicyId: null }
    expect(await server({ snapshot: none }).fetch({}).text()).toBe('{}')
  })

  it('is answered 304 to whoever has it already, and that counts as a fetch', async () => {
    const { fetch, noted } = server({})
    const etag = fetch({}).headers.get('etag') ?? ''
    const answer = fetch({ ifNoneMatch: etag })
    expect(answer.status).toBe(304)
    expect(answer.headers.get('etag')).toBe(etag)
    expect(await answer.text()).toBe('')
    expect(noted.map((n) => n.status)).toEqual([200, 304])
  })

  it('is told to who watches over versions, but for keys and enrolments that have ended', () => {
    const good = server({})
    good.fetch({ address: '10.0.0.7', now: 5 })
    expect(good.seen).toEqual([
      {
        kind: 'enrolment',
        id: 'enr_1',
        client: '10.0.0.7',
        status: 200,
        versionId: 'base-3',
        at: 5,
      },
    ])
    const surfaces = new Map([['codex_local', { on: false, message: '' }]])
    const off = server({ snapshot: { ...snapshot, surfaces } })
    refusal(() => off.fetch({}))
    expect(off.seen).toMatchObject([{ status: 403, versionId: '' }])
    const ended = server({ register: { ...register, keys: [{ ...key, ended_at: 1 }] } })
    refusal(() => ended.fetch({}))
    expect(ended.seen).toEqual([])
  })

  it('with an unknown key is not found, and after too many of them the address has to wait', () => {
    const { fetch, noted } = server({})
    for (let i = 0; i < strangersPerMinute; i++)
      expect(refusal(() => fetch({ key: `x${i}` })).code).toBe('not_found')
    const limited = refusal(() => fetch({ key: 'y' }))
    expect(limited.code).toBe('rate_limited')
    expect(limited.extra.retryAfter).toBeGreaterThan(0)
    expect(refusal(() => fetch({ key: 'y', address: '10.0.0.2' })).code).toBe('not_found')
    // A good key from the same office is never limited.
    expect(fetch({}).status).toBe(200)
    expect(refusal(() => fetch({ key: 'y', now: 1000 + minute })).code).toBe('not_found')
    expect(noted).toHaveLength(1)
  })

  it('is refused with our reason when the enrolment was revoked, the key has ended, or the surface is off', () => {
    const cases = [
      [{ register: { ...register, enrolments: [{ ...enrolment, revoked_at: 1 }] } }, /revoked/],
      [{ register: { ...register, keys: [{ ...key, ended_at: 1 }] } }, /replaced/],
      [{ register: { ...register, keys: [{ ...key, ends_at: 1000 }] } }, /replaced/],
      [
        {
          snapshot: {
            ...snapshot,
            surfaces: new Map([['codex_local', { on: false, message: 'Ask Ada.' }]]),
          },
        },
        /Ask Ada\./,
      ],
    ] as const
    for (const [change, message] of cases) {
      const { fetch, noted } = server(change)
      const problem = refusal(() => fetch({}))
      expect(problem.status).toBe(403)
      expect(problem.message).toMatch(message)
      expect(noted).toMatchObject([{ status: 403, versionId: '' }])
    }
  })

  it('with a key that ends later is answered until the very millisecond', () => {
    const { fetch } = server({ register: { ...register, keys: [{ ...key, ends_at: 1000 }] } })
    expect(fetch({ now: 999 }).status).toBe(200)
    expect(refusal(() => fetch({ now: 1000 })).code).toBe('enrolment_revoked')
  })

  it('says how old the answer is while the database is away, and ends at the stated age', () => {
    const { fetch, serve, noted } = server({ staleSince: 1000 })
    expect(fetch({ now: 6000 }).headers.get('x-gatehouse-stale')).toBe('5')
    expect(fetch({ now: 1000 + 72 * hour }).status).toBe(200)
    expect(refusal(() => fetch({ now: 1001 + 72 * hour })).code).toBe('database_unavailable')
    expect(serve.stale()).toBe(2)
    expect(noted.map((n) => n.status)).toEqual([200, 200, 503])
    expect(server({}).fetch({}).headers.get('x-gatehouse-stale')).toBeNull()
  })

  it('before the first picture is told to come again', () => {
    expect(refusal(() => server({ ready: false }).fetch({})).code).toBe('not_ready')
  })
})

describe('the short way of a fetch', () => {
  const direct = (
    change: Parameters<typeof server>[0],
    key = token,
    ifNoneMatch: string | null = null,
  ) => {
    const { serve, noted } = server(change)
    const answer = serve.direct({ key, ifNoneMatch, address: () => '10.0.0.1', now: 1000 })
    return { answer, noted }
  }

  it('answers and records what the route does', async () => {
    const { fetch, noted } = server({})
    const long = fetch({})
    const short = direct({})
    expect(short.answer).toMatchObject({ status: 200, body: await long.text() })
    expect(Object.entries(short.answer?.headers ?? {})).toEqual(
      expect.arrayContaining([...long.headers]),
    )
    expect(short.noted).toEqual(noted)
    const etag = short.answer?.headers['etag'] ?? ''
    expect(direct({}, token, etag).answer).toMatchObject({ status: 304, body: '' })
  })

  it('leaves everything that is not simply good to the route, and records nothing then', () => {
    const cases = [
      direct({ ready: false }),
      direct({ staleSince: 900 }),
      direct({}, 'gh_enr_nobody'),
      direct({ register: { ...register, enrolments: [{ ...enrolment, revoked_at: 1 }] } }),
      direct({ register: { ...register, keys: [{ ...key, ends_at: 1000 }] } }),
    ]
    for (const { answer, noted } of cases) {
      expect(answer).toBeUndefined()
      expect(noted).toEqual([])
    }
  })

  it('finds the key in the path of this address only', () => {
    expect(keyInPath('/c/abc/codex/config/bundle')).toBe('abc')
    for (const other of [
      '/c/abc',
      '/c/abc/codex/config/bundle?x',
      '/api/c/abc/codex/config/bundle',
    ])
      expect(keyInPath(other)).toBeUndefined()
    // Shorter than its two ends: no negative cut.
    expect(keyInPath('/c/codex/config/bundle') ?? '').toBe('')
  })
})

describe('the entity tag', () => {
  it('is strong, the same for the same bytes and another for any other', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const tag = (text: string) => bundleOf({ ...policy('p', 1), text }).etag
        expect(tag(a)).toMatch(/^"[\w-]{22}"$/)
        expect(tag(a) === tag(b)).toBe(a === b)
      }),
    )
  })

  it('is compared as RFC 9110 says', () => {
    expect(matchesEtag(null, '"a"')).toBe(false)
    expect(matchesEtag('"b"', '"a"')).toBe(false)
    expect(matchesEtag('"b", W/"a"', '"a"')).toBe(true)
    expect(matchesEtag('*', '"a"')).toBe(true)
  })
})
