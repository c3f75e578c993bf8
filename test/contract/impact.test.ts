import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { laxer, publish, strict } from '../company.ts'
import { adminKey, startWorld, type Answer, type World } from '../world.ts'

let world: World
const ids = { base: '', ops: '', core: '', everyone: '', ann: '' }

/** Two policies, two groups, seven members, two enrolments; the default reaches whom no rule reaches. */
beforeAll(async () => {
  world = await startWorld()
  const make = async (path: string, body: object): Promise<string> =>
    good(await world.admin('POST', path, body)).json.id as string
  ids.core = await make('/api/v1/groups', { name: 'Core' })
  ids.everyone = await make('/api/v1/groups', { name: 'Everyone' })
  const people = ['ann', 'bob', 'cy', 'dora', 'eve', 'fay'].map(
    (name, i) =>
      `${name}@acme.example,${name.toUpperCase()},${i < 2 ? 'Core;Everyone' : 'Everyone'}`,
  )
  good(
    await world.call('POST', '/api/v1/members/import', {
      key: adminKey,
      headers: { 'content-type': 'text/csv' },
      body: `email,name,groups\n${people.join('\n')}\n`,
    }),
  )
  ids.base = await make('/api/v1/policies', { name: 'Base', text: strict })
  ids.ops = await make('/api/v1/policies', { name: 'Ops', text: laxer })
  good(await publish(world, ids.base, strict, 'first'))
  good(await publish(world, ids.ops, `${laxer}allowed_web_search_modes = ["cached"]\n`, 'first'))
  await setRules([
    { groupId: ids.core, policyId: ids.ops },
    { groupId: ids.everyone, policyId: ids.base },
  ])
  const { revision } = good(await world.admin('GET', '/api/v1/rules')).json
  const fallback = { policyId: ids.base, expectedRevision: revision }
  good(await world.admin('PUT', '/api/v1/rules/default', fallback))
  await make('/api/v1/enrolments', { name: 'Builders', groupId: ids.core })
  await make('/api/v1/enrolments', { name: 'Kiosks' })
  const { items } = good(await world.admin('GET', '/api/v1/members?q=ann')).json
  ids.ann = (items as { id: string }[])[0]!.id
})
afterAll(() => world.close())

const good = (answer: Answer): Answer => {
  if (answer.status >= 400) throw new Error(`${answer.status} ${answer.text}`)
  return answer
}
const setRules = async (rules: readonly object[]): Promise<void> => {
  const { revision } = good(await world.admin('GET', '/api/v1/rules')).json
  good(await world.admin('PUT', '/api/v1/rules', { rules, expectedRevision: revision }))
}
const impact = (act: object): Promise<Answer> => world.admin('POST', '/api/v1/impact', { act })
const principals = (act: object, filter: object = {}): Promise<Answer> =>
  world.admin('POST', '/api/v1/impact/principals', { act, ...filter })
const draft = async (policyId: string, text: string): Promise<void> => {
  const path = `/api/v1/policies/${policyId}/draft`
  const { revision } = good(await world.admin('GET', path)).json
  good(await world.admin('PUT', path, { text, revision }))
}

interface Effect {
  readonly id: string
  readonly what: { readonly kind: string; readonly key?: string }
  readonly count: number
}

describe('the impact of an act', () => {
  it('says of a draft which settings change for how many, and whom no setting changes for', async () => {
    await draft(ids.base, `# looked at\n${strict}allowed_web_search_modes = ["cached"]\n`)
    const act = { kind: 'publish', policyId: ids.base }
    const { json } = good(await impact(act))
    // ann, bob and Builders get Ops; the owner and Kiosks get the default.
    expect(json).toMatchObject({
      everybody: 9,
      touches: 6,
      members: 5,
      enrolments: 1,
      effects: [
        {
          what: {
            kind: 'setting',
            file: 'requirements.toml',
            key: 'allowed_web_search_modes',
            before: null,
            after: '["cached"]',
          },
          count: 6,
          members: 5,
          enrolments: 1,
        },
      ],
      pairs: [{ before: { version: 1 }, after: { version: 2 }, count: 6 }],
      idleRules: [],
      unused: [],
      recordedCommands: false,
    })
    const preview = await world.admin('POST', '/api/v1/change-sets/preview', { act })
    expect(json.hash).toBe(preview.json.hash)
    await draft(ids.base, `# only a comment\n${strict}`)
    expect((await impact(act)).json).toMatchObject({
      touches: 6,
      effects: [{ what: { kind: 'wording' }, count: 6 }],
    })
  })

  it('gathers one setting over several pairs of policies', async () => {
    const act = { kind: 'default', policyId: null }
    const { json } = good(await impact(act))
    expect(json).toMatchObject({ touches: 2, effects: [{ what: { kind: 'given' } }, {}] })
    const off = good(await impact({ kind: 'surface', key: 'codex_local', on: false })).json
    expect(off).toMatchObject({
      touches: 9,
      effects: [{ what: { kind: 'given', before: 'policy', after: 'refused' }, count: 9 }],
    })
    expect(off.pairs).toHaveLength(2)
    const pairs = off.pairs as { id: string }[]
    expect(off.effects[0].changes).toEqual(pairs.map(({ id }) => id))
  })

  it('names the rules that decide for nobody by it, and the policies that nobody gets', async () => {
    const act = {
      kind: 'rules',
      rules: [
        { groupId: ids.everyone, policyId: ids.base },
        { groupId: ids.core, policyId: ids.ops },
      ],
    }
    const { json } = good(await impact(act))
    // Builders is bound to Core alone, so the moved rule still decides for it.
    expect(json).toMatchObject({ touches: 2, idleRules: [], unused: [] })
    const empty = good(await world.admin('POST', '/api/v1/groups', { name: 'Empty' })).json.id
    const without = good(
      await impact({
        kind: 'rules',
        rules: [
          { groupId: ids.everyone, policyId: ids.base },
          { groupId: empty, policyId: ids.base },
        ],
      }),
    ).json
    expect(without).toMatchObject({
      idleRules: [{ groupName: 'Empty', state: 'dead', newly: true }],
      unused: [{ name: 'Ops', newly: true }],
    })
    expect(
      await impact({ kind: 'rules', rules: [{ groupId: 'no', policyId: ids.base }] }),
    ).toMatchObject({ status: 400, json: { code: 'invalid_input' } })
  })

  it('says when an earlier rule takes everybody of a later one', async () => {
    const { items } = good(await world.admin('GET', '/api/v1/enrolments')).json
    const builders = (items as { id: string; name: string }[]).find((e) => e.name === 'Builders')!
    const act = { kind: 'remove_enrolment', enrolmentId: builders.id }
    expect(good(await impact(act)).json.idleRules).toEqual([])
    await setRules([
      { groupId: ids.everyone, policyId: ids.base },
      { groupId: ids.core, policyId: ids.ops },
    ])
    expect(good(await impact(act)).json).toMatchObject({
      effects: [{ what: { kind: 'given', before: 'policy', after: 'gone' }, count: 1 }],
      idleRules: [
        {
          position: 2,
          groupName: 'Core',
          state: 'shadowed',
          takenBy: [{ position: 1, groupName: 'Everyone', count: 2 }],
          newly: true,
        },
      ],
      unused: [{ name: 'Ops', newly: true }],
    })
    await setRules([
      { groupId: ids.core, policyId: ids.ops },
      { groupId: ids.everyone, policyId: ids.base },
    ])
  })

  it('brings the complaints of what would be published, and refuses what does not exist', async () => {
    await draft(ids.base, 'allowed_sandbox_modes = ["workspace-write"]\n')
    const { json } = good(await impact({ kind: 'publish', policyId: ids.base }))
    expect(json.complaints).toMatchObject([{ severity: 'error', line: 1 }])
    await draft(ids.base, laxer)
    expect(await impact({ kind: 'publish', policyId: 'pol_none' })).toMatchObject({ status: 404 })
    expect(await impact({ kind: 'unheard' })).toMatchObject({ status: 400 })
  })
})

describe('whom an act touches', () => {
  it('is a list in pages, by name, with filters', async () => {
    const act = { kind: 'publish', policyId: ids.base }
    const first = good(await principals(act, { limit: 4 })).json
    expect(first.total).toBe(6)
    const second = good(await principals(act, { limit: 4, cursor: first.next })).json
    expect(second.next).toBeNull()
    const labels = [...first.items, ...second.items].map(({ label }: { label: string }) => label)
    expect(labels).toEqual([...labels].sort())
    expect(labels).toEqual([
      'Kiosks',
      'cy@acme.example',
      'dora@acme.example',
      'eve@acme.example',
      'fay@acme.example',
      'owner@acme.example',
    ])
    const total = async (filter: object) => (await principals(act, filter)).json.total as number
    expect(await total({ q: 'DORA' })).toBe(1)
    expect(await total({ q: 'acme' })).toBe(5)
    expect(await total({ group: ids.everyone })).toBe(4)
    expect(await total({ group: ids.core })).toBe(0)
    const { effects, pairs } = (await impact(act)).json as {
      effects: Effect[]
      pairs: { id: string }[]
    }
    for (const effect of effects) expect(await total({ effect: effect.id })).toBe(effect.count)
    expect(await total({ pair: pairs[0]!.id })).toBe(6)
    expect(await total({ pair: 'another' })).toBe(0)
    // An address may name an effect that the act no longer has.
    expect(await total({ effect: 'none' })).toBe(0)
    expect((await principals(act, { cursor: '!' })).status).toBe(400)
  })

  it('has before and after, and comes as a file', async () => {
    const act = { kind: 'membership', groupId: ids.core, add: [], remove: [ids.ann] }
    const { json } = good(await principals(act))
    expect(json.items).toMatchObject([
      {
        kind: 'member',
        label: 'ann@acme.example',
        name: 'ANN',
        before: { name: 'Ops', version: 1 },
        after: { name: 'Base', version: 1 },
      },
    ])
    expect((await principals(act, { group: ids.core })).json.total).toBe(1)
    const csv = await principals(act, { format: 'csv' })
    expect(csv.headers.get('content-type')).toMatch('text/csv')
    expect(csv.text.split('\r\n')).toEqual([
      'kind,id,label,name,before,before_version,after,after_version',
      `member,${ids.ann},ann@acme.example,ANN,Ops,1,Base,1`,
      '',
    ])
    const file = await principals(act, { format: 'json' })
    expect(file.headers.get('content-disposition')).toMatch('impact.json')
    expect(file.json).toHaveLength(1)
  })
})

describe('commands that were run', () => {
  const rule = (program: string, decision: string) =>
    `  { pattern = [{ token = "${program}" }], decision = "${decision}", justification = "${program}!" },`
  const rules = (...lines: string[]) =>
    `${laxer}[rules]\nprefix_rules = [\n${lines.join('\n')}\n]\n`
  const replay = (body: object): Promise<Answer> =>
    world.admin('POST', '/api/v1/impact/replay', body)

  beforeAll(() => draft(ids.base, rules(rule('curl', 'prompt'), rule('rm', 'forbidden'))))

  it('are decided before and after, with the rule and its line', async () => {
    const act = { kind: 'publish', policyId: ids.base }
    const text = 'curl example.org\nls\nrm -rf build && curl x\nrm -rf build && curl x\n'
    const { json } = good(await replay({ act, text }))
    expect(json).toMatchObject({
      commands: 4,
      skipped: 0,
      errors: [],
      before: { allow: 4, prompt: 0, forbidden: 0 },
      after: { allow: 1, prompt: 1, forbidden: 2 },
      changes: [
        { before: 'allow', after: 'forbidden', count: 2 },
        { before: 'allow', after: 'prompt', count: 1 },
      ],
      rows: [
        {
          command: 'rm -rf build && curl x',
          count: 2,
          becauseBefore: null,
          becauseAfter: { line: 5, justification: 'rm!' },
        },
        { command: 'curl example.org', becauseAfter: { line: 4 } },
      ],
    })
    const csv = await replay({ act, text, format: 'csv' })
    expect(csv.text.split('\r\n')[1]).toBe('rm -rf build && curl x,allow,forbidden,2,,,5,rm!')
  })

  it('are decided for who ran them, where the file says who', async () => {
    await publish(world, ids.base, rules(rule('curl', 'prompt')), 'with rules')
    const act = { kind: 'membership', groupId: ids.core, add: [], remove: [ids.ann] }
    const text = [
      '{"command":["curl","a b"],"principal":"ANN@acme.example"}',
      '{"command":"curl x","principal":"bob@acme.example"}',
      '{"command":"curl x"}',
      '{"no":1}',
    ].join('\n')
    // Bob is not touched; a command of nobody is decided for the largest pair.
    expect(good(await replay({ act, text })).json).toMatchObject({
      commands: 2,
      skipped: 1,
      wrongLines: 1,
      errors: [{ line: 4 }],
      changes: [{ before: 'allow', after: 'prompt', count: 2 }],
      rows: [
        { command: "curl 'a b'", who: ['ANN@acme.example'] },
        { command: 'curl x', who: [] },
      ],
    })
    const { pairs } = good(await impact(act)).json as { pairs: { id: string }[] }
    expect(good(await replay({ act, text, pair: pairs[0]!.id })).json).toMatchObject({
      commands: 3,
      skipped: 0,
    })
    expect((await replay({ act, text, pair: 'none' })).status).toBe(404)
  })

  it('are none as long as no client reports any, or where no client starts', async () => {
    const act = { kind: 'default', policyId: ids.ops }
    expect(await replay({ act })).toMatchObject({ status: 409, json: { code: 'wrong_state' } })
    const off = { kind: 'surface', key: 'codex_local', on: false }
    expect(good(await replay({ act: off, text: 'ls\n' })).json).toMatchObject({
      commands: 0,
      skipped: 1,
      rows: [],
    })
  })
})
