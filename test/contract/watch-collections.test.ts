import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { all, queries, type Work } from '#kernel/work.ts'
import { startWorld, type Answer, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ env: { GATEHOUSE_OUTBOUND_EXCEPTIONS: 'wiki.corp.example:443' } })
})
afterAll(() => world.close())

const base = '/api/v1/watch'
const list = `${base}/collections`
const source = { kind: 'urls', urls: ['https://docs.acme.example/guide/setup'] }
const named = (set: string, more: object = {}) => ({
  vendor: 'acme',
  product: 'robot',
  set,
  language: 'en',
  title: `The ${set}`,
  sources: [source],
  ...more,
})
const at = (set: string): string => `${base}/acme/robot/${set}/en`
const settingsOf = (c: Record<string, unknown>): object => {
  const keys = 'title sources schedule extract fetch ignore retention paused visibility'.split(' ')
  return Object.fromEntries([...keys, 'policyDocumentation'].map((k) => [k, c[k]]))
}

const pathsIn = (answer: Answer): string[] =>
  (answer.json.items as { path: string }[]).map((c) => c.path)

describe('a collection', () => {
  it('is made with defaults, has an address, and is due at once', async () => {
    const made = await world.admin('POST', list, named('docs'))
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({
      path: 'acme/robot/docs/en',
      revision: 1,
      paused: false,
      pages: 0,
      lastSnapshot: null,
      nextRunAt: world.clock.now,
      schedule: { cron: '30 */6 * * *', timeZone: 'UTC' },
      stored: { versions: 0 },
      secrets: [],
    })
    expect(made.json.sources[0].id).toMatch(/^src_/)
    const seen = await world.admin('GET', at('docs'))
    expect(seen.json).toEqual(made.json)
    const twice = await world.admin('POST', list, named('docs'))
    expect([twice.status, twice.json.code]).toEqual([409, 'already_exists'])
  })

  it.each([
    [{ vendor: 'collections' }, 'vendor'],
    [{ schedule: { cron: '* * * * * *' } }, 'schedule.cron'],
    [{ schedule: { cron: '0 6 * * *', timeZone: 'Mars/Olympus' } }, 'schedule.timeZone'],
    [{ extract: { keep: ['main >'] } }, 'extract.keep.0'],
    [{ ignore: [{ pattern: 'a(b' }] }, 'rules.0.pattern'],
    [{ sources: [{ ...source, urls: ['https://a:b@docs.acme.example/'] }] }, 'sources.0.urls.0'],
  ])('with %o is refused at the field %s', async (more, field) => {
    const answer = await world.admin('POST', list, named('refused', more))
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_input'])
    expect(answer.json.errors[0].field).toBe(field)
  })

  it('is changed by whoever read it last, and tells the audit trail what differs', async () => {
    const { json } = await world.admin('GET', at('docs'))
    const body = {
      ...settingsOf(json as Record<string, unknown>),
      revision: json.revision,
      title: 'Handbook',
      paused: true,
    }
    const changed = await world.admin('PATCH', at('docs'), body)
    expect(changed.json).toMatchObject({ title: 'Handbook', revision: 2, nextRunAt: null })
    expect(changed.json.sources).toEqual(json.sources)
    const late = await world.admin('PATCH', at('docs'), body)
    expect([late.status, late.json.code]).toEqual([409, 'edited_meanwhile'])
    const audit = await world.admin('GET', '/api/v1/activity?action=collection.change')
    expect(audit.json.items[0]).toMatchObject({
      before: { title: 'The docs', paused: false },
      after: { title: 'Handbook', paused: true },
      target: { label: 'acme/robot/docs/en' },
    })
  })

  it('is listed, filtered, sorted and paged', async () => {
    await world.admin('POST', list, named('api'))
    await world.admin('POST', list, { ...named('docs'), vendor: 'other', title: 'Others' })
    const first = await world.admin('GET', `${list}?limit=2`)
    expect(pathsIn(first)).toEqual(['acme/robot/api/en', 'acme/robot/docs/en'])
    expect(first.json.total).toBe(3)
    const rest = await world.admin('GET', `${list}?limit=2&cursor=${first.json.next}`)
    expect(pathsIn(rest)).toEqual(['other/robot/docs/en'])
    const some = await world.admin('GET', `${list}?q=handb`)
    expect(some.json.items).toHaveLength(1)
    const csv = await world.admin('GET', `${list}?format=csv&vendor=other`)
    expect(csv.text).toContain('other/robot/docs/en,Others')
    const found = await world.admin('GET', '/api/v1/find?q=handb')
    expect(found.json.items).toContainEqual(
      expect.objectContaining({ kind: 'collection', link: '/watch/acme/robot/docs/en' }),
    )
  })

  it('goes with all it holds, and its address is free at once', async () => {
    await world.admin('POST', list, named('passing'))
    await world.admin('PUT', `${at('passing')}/secrets`, {
      origin: 'https://docs.acme.example',
      name: 'cookie',
      value: 'a=b',
    })
    expect((await world.admin('DELETE', at('passing'))).status).toBe(204)
    expect((await world.admin('GET', at('passing'))).status).toBe(404)
    const again = await world.admin('POST', list, named('passing'))
    expect([again.status, again.json.secrets]).toEqual([201, []])
    await expect.poll(async () => (await world.app.runtime.db.read(leftOvers)).length).toBe(0)
  })
})

function* leftOvers(): Work<readonly unknown[]> {
  return yield* all(
    queries<{ watch_collections: { id: string; deleted_at: number | null } }>()
      .selectFrom('watch_collections')
      .select('id')
      .where('deleted_at', 'is not', null),
  )
}

describe('a secret header', () => {
  it('is stored, named, never answered, and taken away', async () => {
    const value = 'Bearer very-secret-value'
    const set = await world.admin('PUT', `${at('api')}/secrets`, {
      origin: 'https://docs.acme.example/guide',
      name: 'Authorization',
      value,
    })
    expect(set.json.items).toMatchObject([
      { origin: 'https://docs.acme.example', name: 'authorization' },
    ])
    const seen = await world.admin('GET', at('api'))
    const audit = await world.admin('GET', '/api/v1/activity?action=collection.set-secret')
    expect(seen.json.secrets).toHaveLength(1)
    expect(audit.json.items[0].after).toEqual({
      origin: 'https://docs.acme.example',
      name: 'authorization',
    })
    for (const text of [set.text, seen.text, audit.text, ...world.logged])
      expect(text).not.toContain('very-secret')
    const gone = await world.admin('PUT', `${at('api')}/secrets`, {
      origin: 'https://docs.acme.example',
      name: 'authorization',
      value: null,
    })
    expect(gone.json.items).toEqual([])
  })

  it('is none that belongs to the connection', async () => {
    const answer = await world.admin('PUT', `${at('api')}/secrets`, {
      origin: 'https://docs.acme.example',
      name: 'Host',
      value: 'elsewhere',
    })
    expect([answer.status, answer.json.errors[0].field]).toEqual([400, 'name'])
  })
})

describe('an outbound exception', () => {
  const path = `${base}/exceptions`

  it('is added and removed beside those of the configuration, by whoever may', async () => {
    const added = await world.admin('POST', path, { target: 'Mirror.Corp:8443', note: 'ours' })
    expect(added.json).toMatchObject({ target: 'mirror.corp:8443', fixed: false })
    const listed = await world.admin('GET', path)
    expect(listed.json.items).toMatchObject([
      { target: 'wiki.corp.example:443', fixed: true },
      { target: 'mirror.corp:8443', fixed: false },
    ])
    const twice = await world.admin('POST', path, { target: 'mirror.corp:8443' })
    expect(twice.json.code).toBe('already_exists')
    const fixed = await world.admin('DELETE', `${path}/${listed.json.items[0].id}`)
    expect(fixed.json.code).toBe('wrong_state')
    expect((await world.admin('DELETE', `${path}/${added.json.id}`)).status).toBe(204)

    const key = await world.admin('POST', '/api/v1/keys', {
      name: 'watcher',
      scopes: ['watch.read', 'watch.manage'],
    })
    const refused = await world.call('POST', path, {
      key: key.json.secret as string,
      body: { target: 'mirror.corp:8443' },
    })
    expect([refused.status, refused.json.code]).toEqual([403, 'forbidden'])
  })
})
