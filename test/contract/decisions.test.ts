import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Decision, DecisionWithHistory } from '#features/workspace/decisions/schema.ts'
import { startWorld, type Answer, type World } from '#test/world.ts'

const day = 24 * 3600 * 1000

describe('recorded decisions', () => {
  let world: World
  let owner: string
  beforeAll(async () => {
    world = await startWorld()
    const { json } = await world.admin('GET', '/api/v1/members')
    owner = (json.items as { id: string }[])[0]?.id ?? ''
  })
  afterAll(() => world.close())

  const record = (
    key: string,
    version: number,
    value: unknown,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<Answer> =>
    world.admin('PUT', `/api/v1/decisions/${key}`, {
      value,
      ownerId: owner,
      reason: 'Decided in the board of January.',
      reviewAt: null,
      version,
      ...more,
    })
  const get = async (key: string) =>
    (await world.admin('GET', `/api/v1/decisions/${key}`)).json as DecisionWithHistory
  const checklist = async () => {
    const { json } = await world.admin('GET', '/api/v1/overview')
    return (json.checklist as { key: string; done: boolean; detail: string }[]).find(
      ({ key }) => key === 'decisions',
    )
  }

  it('begin undecided, enforced by nobody, and not on the overview', async () => {
    const { json } = await world.admin('GET', '/api/v1/decisions')
    const items = json.items as Decision[]
    expect(items.length).toBeGreaterThan(8)
    for (const one of items)
      expect(one).toMatchObject({ enforced: false, current: null, overdue: false })
    expect(await checklist()).toBeUndefined()
  })

  it('keep every version, and refuse one that was based on an older', async () => {
    expect((await record('cloud', 0, { use: 'off' })).status).toBe(200)
    const second = await record('cloud', 1, { use: 'on' }, { reason: 'The pilot went well.' })
    expect(second.status, second.text).toBe(200)
    const stale = await record('cloud', 1, { use: 'off' })
    expect([stale.status, stale.json.code]).toEqual([409, 'edited_meanwhile'])
    expect(stale.json.current.current.number).toBe(2)
    const { current, versions } = await get('cloud')
    expect(current).toMatchObject({ number: 2, words: ['Decision: Used'] })
    expect(versions.map(({ number, reason }) => [number, reason])).toEqual([
      [2, 'The pilot went well.'],
      [1, 'Decided in the board of January.'],
    ])
  })

  it('let one of two who decide at once win', async () => {
    const both = await Promise.all([
      record('slack_answers', 0, { answers: 'link' }),
      record('slack_answers', 0, { answers: 'answer' }),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    expect((await get('slack_answers')).versions).toHaveLength(1)
  })

  it('are audited with both values', async () => {
    const { json } = await world.admin('GET', '/api/v1/activity?action=decision.record&q=cloud')
    expect(json.items[0]).toMatchObject({
      target: { kind: 'decision', id: 'cloud' },
      before: { version: 1, value: { use: 'off' } },
      after: { version: 2, value: { use: 'on' } },
    })
  })

  it('take only what the decision has, from somebody who is here', async () => {
    const wrong = await record('agent_internet', 0, { use: 'off', preset: 'all' })
    expect([wrong.status, wrong.json.code]).toEqual([400, 'invalid_input'])
    expect(wrong.json.errors).toMatchObject([{ field: 'value.preset' }])
    const stranger = await record('cloud', 2, { use: 'on' }, { ownerId: 'mem_nobody' })
    expect(stranger.json.errors).toMatchObject([{ field: 'ownerId' }])
    expect((await record('cloud', 2, { use: 'on' }, { reason: ' ' })).status).toBe(400)
    expect((await record('nothing', 0, {})).status).toBe(404)
    expect((await get('cloud')).versions).toHaveLength(2)
  })

  it('stand on the overview when their review date has passed', async () => {
    expect(await checklist()).toMatchObject({ done: true })
    const { json } = await world.admin('GET', '/api/v1/decisions/cloud')
    const soon = { reviewAt: (json.current.at as number) + day }
    expect((await record('cloud', 2, { use: 'on' }, soon)).status).toBe(200)
    expect((await get('cloud')).overdue).toBe(false)
    world.clock.advance(2 * day)
    expect((await get('cloud')).overdue).toBe(true)
    expect(await checklist()).toMatchObject({ done: false })
  })

  it('go out as a document that says what it is', async () => {
    const download = async (format: string) => {
      const { text, headers } = await world.admin('GET', `/api/v1/decisions?format=${format}`)
      return [headers.get('content-type'), text] as const
    }
    const [markdownType, markdown] = await download('markdown')
    expect(markdownType).toContain('text/markdown')
    expect(markdown).toContain('Gatehouse records this and cannot enforce it.')
    expect(markdown).toMatch(/## Codex cloud\n[^#]*- Decision: Used/)
    const [, csv] = await download('csv')
    expect(csv).toMatch(/^key,decision,/)
    expect(csv).toMatch(/\r\ncloud,Codex cloud,.*Decision: Used/)
    const [, json] = await download('json')
    expect(JSON.parse(json)).toMatchObject({ note: expect.stringContaining('cannot enforce') })
  })
})
