import { describe, expect, it } from 'vitest'
import { longestUserAgent } from '#kernel/user-agent.ts'
import type { Bearer } from '#features/clients/index.ts'
import { emptySnapshot, type Snapshot } from '#features/policies/index.ts'
import { hour } from '#kernel/clock.ts'
import { Problem } from '#kernel/problem.ts'
import { issueToken } from '#kernel/tokens.ts'
import { bearerAnswer, memberAnswer } from './answers.ts'
import type { Recorder } from './recorder.ts'
import { hashOfKey } from './serve.ts'
import { createClientServe, type ClientFetch } from './serve.clients.ts'
import type { ClientAnswers } from './source.ts'
import { strangersPerMinute } from './strangers.ts'
import type { Use } from './uses.ts'

const member = (id: string, status: string) =>
  [id, { id, email: `${id}@acme.example`, name: id, status }] as const
const snapshot: Snapshot = {
  ...emptySnapshot,
  policies: new Map(
    ['base', 'dev'].map((id) => [
      id,
      {
        id,
        name: id.toUpperCase(),
        versionId: `${id}-1`,
        version: 1,
        text: `# ${id}\n`,
        defaults: '',
        sha256: '',
      },
    ]),
  ),
  groups: new Map([['g', { id: 'g', name: 'Developers' }]]),
  rules: [{ id: 'r', position: 1, groupId: 'g', policyId: 'dev' }],
  defaultPolicyId: 'base',
  members: new Map([
    member('ada', 'active'),
    member('eve', 'active'),
    member('sue', 'suspended'),
    member('old', 'archived'),
  ]),
  memberGroups: new Map([['ada', ['g']]]),
}
const tokenOf = (n: number) => issueToken('cat', `cat_${String(n).padStart(32, '0')}`).token
const [token, other, unheard] = [tokenOf(1), tokenOf(2), tokenOf(3)]
const bearer = (change: Partial<Bearer> = {}): Bearer => ({
  clientId: 'cli_1',
  principalId: 'ada',
  made: false,
  route: 'workspace',
  endsAt: 10 * hour,
  ...change,
})

function server(change: {
  readonly bearer?: Bearer
  readonly snapshot?: Snapshot
  readonly answers?: Partial<ClientAnswers>
  readonly look?: () => Promise<Bearer | undefined>
}) {
  const noted: Use[] = []
  const looked: string[] = []
  const answers: ClientAnswers = {
    staleSince: null,
    workspace: { id: 'ws', name: 'Acme' },
    bearer: (hash) => (hash === hashOfKey(token) ? (change.bearer ?? bearer()) : undefined),
    outcome: (subject) => bearerAnswer(change.snapshot ?? snapshot, subject),
    ...change.answers,
  }
  const serve = createClientServe({
    source: () => answers,
    look: (hash) => {
      looked.push(hash)
      return change.look?.() ?? Promise.resolve(undefined)
    },
    recorder: { noteUse: (use: Use) => noted.push(use) } as unknown as Recorder,
    maxAge: 72 * hour,
    seen: () => undefined,
    telemetry: { of: () => null, silent: () => null },
  })
  const fetch = (given: Partial<ClientFetch> = {}): ClientFetch => ({
    route: 'workspace',
    authorization: `Bearer ${token}`,
    accountId: undefined,
    userAgent: 'codex',
    address: () => '10.0.0.1',
    now: 1000,
    ifNoneMatch: null,
    ...given,
  })
  const refusal = async (given: Partial<ClientFetch> = {}) => {
    expect(serve.direct(fetch(given))).toBeUndefined()
    const error: unknown = await serve(fetch(given)).catch((e: unknown) => e)
    if (error instanceof Problem) return `${error.status} ${error.code}`
    throw new Error('it was not refused')
  }
  return { serve, fetch, refusal, noted, looked }
}

describe('a fetch of a signed-in client', () => {
  it('is answered alike on the short way and on the long one, and recorded alike', async () => {
    const { serve, fetch, noted } = server({})
    const long = await serve(fetch())
    const short = serve.direct(fetch())
    expect(await long.text()).toContain('DEV v1')
    expect(short).toMatchObject({ status: 200, headers: Object.fromEntries(long.headers) })
    expect(noted[1]).toEqual(noted[0])
    expect(noted[0]).toEqual({
      clientId: 'cli_1',
      lastStatus: 200,
      served: { policyId: 'dev', versionId: 'dev-1', name: 'DEV v1' },
      ip: '10.0.0.1',
      userAgent: 'codex',
    })
    const ifNoneMatch = long.headers.get('etag')
    expect(serve.direct(fetch({ ifNoneMatch }))).toMatchObject({ status: 304, body: '' })
    expect((await serve(fetch({ ifNoneMatch }))).status).toBe(304)
    expect([...serve.counts()]).toEqual([
      [200, 2],
      [304, 2],
    ])
  })

  it('reads the scheme in any case, and keeps user agents short', async () => {
    const { serve, fetch, noted } = server({})
    const given = { authorization: `bearer  ${token}`, userAgent: 'x'.repeat(1000) }
    expect((await serve(fetch(given))).status).toBe(200)
    expect(noted[0]?.userAgent).toHaveLength(longestUserAgent)
  })

  it('shares one bundle with everybody who gets the same version', () => {
    const { serve, fetch } = server({ bearer: bearer({ principalId: 'eve' }) })
    const eve = serve.direct(fetch())
    expect(eve?.body).toContain('BASE v1')
    const [one, two] = ['ada', 'eve'].map((id) => memberAnswer(snapshot, id))
    expect(one).not.toBe(two)
    expect(memberAnswer(snapshot, 'ada')).toBe(one)
    const outside = { ...snapshot, memberGroups: new Map<string, string[]>() }
    expect(memberAnswer(outside, 'ada')).toBe(memberAnswer(outside, 'eve'))
  })

  it('is refused for what the token is', async () => {
    for (const [change, answer] of [
      [{ route: 'config_server' }, '401 unauthenticated'],
      [{ endsAt: 1000 }, '401 sign_in_ended'],
      [{ principalId: 'gone' }, '401 sign_in_ended'],
      [{ principalId: 'old' }, '401 sign_in_ended'],
      [{ principalId: 'sue' }, '403 member_suspended'],
    ] as const)
      expect(await server({ bearer: bearer(change) }).refusal()).toBe(answer)
    const { refusal, looked } = server({})
    expect(await refusal({ authorization: undefined })).toBe('401 unauthenticated')
    expect(await refusal({ authorization: 'Basic abc' })).toBe('401 unauthenticated')
    expect(await refusal({ accountId: 'another' })).toBe('401 unauthenticated')
    expect(looked).toEqual([])
  })

  it('is refused to everybody while the surface is off, and that is recorded as no policy served', async () => {
    const off = new Map([['codex_local', { on: false, message: 'Ask Ada.' }]])
    const { refusal, noted } = server({ snapshot: { ...snapshot, surfaces: off } })
    expect(await refusal()).toBe('403 surface_off')
    expect(noted).toMatchObject([{ lastStatus: 403, served: null }])
  })

  it('asks the database for a token it has never heard of, and for nothing that cannot be one', async () => {
    const found = server({ look: () => Promise.resolve(bearer()) })
    const { serve, fetch } = found
    expect((await serve(fetch({ authorization: `Bearer ${other}` }))).status).toBe(200)
    expect(found.looked).toEqual([hashOfKey(other)])
    const { refusal, looked } = server({})
    for (const garbage of [
      'x',
      'a.b.c',
      `${other}0`,
      issueToken('crt', `crt_${'0'.repeat(32)}`).token,
    ])
      expect(await refusal({ authorization: `Bearer ${garbage}` })).toBe('401 unauthenticated')
    expect(looked).toEqual([])
    expect(await refusal({ authorization: `Bearer ${unheard}` })).toBe('401 unauthenticated')
    expect(looked).toHaveLength(1)
  })

  it('has to wait after too many unknown tokens of its address; those that were found do not count', async () => {
    const { refusal, serve, fetch } = server({})
    const stranger = { authorization: `Bearer ${unheard}` }
    for (let i = 0; i < strangersPerMinute; i++)
      expect(await refusal(stranger)).toBe('401 unauthenticated')
    expect(await refusal(stranger)).toBe('429 rate_limited')
    expect(await refusal({ ...stranger, address: () => '10.0.0.2' })).toBe('401 unauthenticated')
    expect((await serve(fetch())).status).toBe(200)

    const newcomers = server({ look: () => Promise.resolve(bearer()) })
    for (let i = 0; i < 2 * strangersPerMinute; i++)
      expect((await newcomers.serve(newcomers.fetch(stranger))).status).toBe(200)
  })

  it('goes on without a database for the stated time, and calls nothing wrong that nobody can know', async () => {
    const { serve, fetch, refusal, looked } = server({ answers: { staleSince: 1000 } })
    const answer = await serve(fetch({ now: 6000 }))
    expect(answer.headers.get('x-gatehouse-stale')).toBe('5')
    expect(serve.stale()).toBe(1)
    for (let i = 0; i < 2 * strangersPerMinute; i++)
      expect(await refusal({ authorization: `Bearer ${unheard}` })).toBe('503 database_unavailable')
    expect(looked).toEqual([])
    const old = server({ answers: { staleSince: 1000 }, bearer: bearer({ endsAt: 1000 * hour }) })
    expect(await old.refusal({ now: 1001 + 72 * hour })).toBe('503 database_unavailable')
    const none = server({ answers: { workspace: undefined } })
    expect(await none.refusal()).toBe('503 not_ready')
  })
})
