import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ImportState, Snapshot } from '#src/features/watch/schema.ts'
import { monday, startWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
  for (const set of ['docs', 'twice', 'rules', 'clocks'])
    await world.admin('POST', '/api/v1/watch/collections', {
      vendor: 'acme',
      product: 'cli',
      set,
      language: 'en',
      title: 'Docs',
      sources: [],
      schedule: { cron: '' },
    })
})
afterAll(() => world.close())

const at = Date.UTC(2025, 4, 1, 10)
const minute = 60_000
const base = (set: string): string => `/api/v1/watch/acme/cli/${set}/en`
const file = (path: string, text: string | Buffer | null) => ({
  path,
  bytes: text === null ? null : Buffer.from(text).toString('base64'),
})
type Upload = { key: string; at: number; files: ReturnType<typeof file>[] }

async function open(set: string): Promise<ImportState> {
  const body = { origin: 'git:abc:', total: 3 }
  const answer = await world.admin('POST', `${base(set)}/imports`, body)
  expect(answer.status).toBe(200)
  return answer.json as ImportState
}
const add = (set: string, id: string, after: number, snapshots: Upload[]) =>
  world.admin('POST', `${base(set)}/imports/${id}/snapshots`, { after, snapshots })

const text = async (set: string, page: string, stamp: string) =>
  (await world.admin('GET', `${base(set)}/pages/${page}?format=raw&at=${stamp}`)).text

describe('times that no history should have', () => {
  const state = async (set: string): Promise<readonly Snapshot[]> =>
    (await world.admin('GET', `${base(set)}/snapshots?limit=3`)).json.items as Snapshot[]

  it('a commit of the future was true at the latest today', async () => {
    const { id } = await open('clocks')
    const times = [at, 9e15, Date.UTC(12_000, 0, 1), -1]
    const added = await add(
      'clocks',
      id,
      0,
      times.map((time, n) => ({ key: `k${n}`, at: time, files: [file('a.md', `${n}`)] })),
    )
    expect([added.status, added.text]).toEqual([200, expect.any(String)])
    expect((await state('clocks')).map((s) => s.at)).toEqual([monday, monday, monday])
    expect(await text('clocks', 'a', '2026-01-05-0900-3')).toBe('3')
    expect((await world.admin('GET', '/api/v1/watch/collections')).status).toBe(200)
  })
})

describe('taking a history in', () => {
  const first: Upload[] = [
    {
      key: 'c1',
      at,
      files: [
        file('guide/setup.md', '# Set up\n\none\r\n'),
        file('image.png', 'x'),
        file('a.txt', 'plain'),
      ],
    },
    { key: 'c2', at: at + 10_000, files: [file('guide/setup.md', '# Set up\n\ntwo')] },
    {
      key: 'c3',
      // Commits need not stand in the order of their times.
      at: at - minute,
      files: [
        file('guide/setup.md', null),
        file('guide/setup/index.md', '# Set up\n\nthree\n'),
        file('a.txt', null),
        file(
          'page.html',
          '<html><body><nav>n</nav><main><h1>Page</h1><p>words</p></main></body></html>',
        ),
      ],
    },
  ]

  it('gives every version back as it was, at its time', async () => {
    const { id, received } = await open('docs')
    expect(received).toBe(0)
    expect((await add('docs', id, 0, first.slice(0, 2))).json).toMatchObject({
      received: 2,
      versions: 3,
      leftOut: 1,
      last: 'c2',
    })
    expect((await add('docs', id, 2, first.slice(2))).json).toMatchObject({
      received: 3,
      versions: 6,
    })
    const all = await world.admin('GET', `${base('docs')}/snapshots/all`)
    const { items } = all.json as { items: Snapshot[] }
    expect(items.map((s) => [s.stamp, s.kind, s.pages, s.newPages, s.gonePages])).toEqual([
      ['2025-05-01-1000-3', 'import', 3, 1, 1],
      ['2025-05-01-1000-2', 'import', 1, 0, 0],
      ['2025-05-01-1000', 'first', 2, 2, 0],
    ])
    expect(await text('docs', 'guide/setup', '2025-05-01-1000')).toBe('# Set up\n\none\r\n')
    expect(await text('docs', 'guide/setup', '2025-05-01-1000-2')).toBe('# Set up\n\ntwo')
    expect(await text('docs', 'guide/setup', '2025-05-01-1000-3')).toBe('# Set up\n\nthree\n')
    const page = await world.admin('GET', `${base('docs')}/pages/page`)
    expect(page.json).toMatchObject({ title: 'Page', text: '# Page\n\nwords\n' })
  })

  it('takes nothing in twice, and says where it stands', async () => {
    const again = await open('docs')
    expect(again).toMatchObject({ received: 3, last: 'c3', state: 'open' })
    const wrong = await add('docs', again.id, 1, first.slice(1))
    expect([wrong.status, wrong.json.code, wrong.json.received]).toEqual([
      409,
      'edited_meanwhile',
      3,
    ])
    const { json } = await add('docs', again.id, 3, [
      {
        key: 'c4',
        at: at + 5 * minute,
        files: [file('guide/setup/index.md', '# Set up\n\nthree\n')],
      },
    ])
    expect(json).toMatchObject({ received: 4, versions: 6 })
    const both = await Promise.all(
      ['x', 'y'].map((key) =>
        add('docs', again.id, 4, [{ key, at: at + 6 * minute, files: [file(`${key}.md`, key)] }]),
      ),
    )
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 409])
  })

  it('is done when what follows is judged, and can go on later', async () => {
    const { id } = await open('docs')
    const finished = await world.admin('POST', `${base('docs')}/imports/${id}/finish`)
    expect(finished.json.state).toBe('settling')
    const state = async () => {
      const { json } = await world.admin('GET', `${base('docs')}/imports/${id}`)
      return (json as ImportState).state
    }
    await expect.poll(state).toBe('done')
    const late = await add('docs', id, 5, first.slice(0, 1))
    expect([late.status, late.json.code]).toEqual([409, 'wrong_state'])
    expect((await open('docs')).state).toBe('open')
  })

  it('goes out as a git history, the same each time', async () => {
    const once = await world.admin('GET', `${base('docs')}/export`)
    expect(once.headers.get('content-type')).toBe('application/x-git-fast-import')
    expect((await world.admin('GET', `${base('docs')}/export`)).text).toBe(once.text)
    expect(once.text.startsWith('feature done\nreset refs/heads/main\n')).toBe(true)
    expect(once.text.endsWith('\ndone\n')).toBe(true)
    expect(once.text.match(/^committer .*$/gm)?.[1]).toBe(
      'committer Gatehouse <watch@gatehouse.invalid> 1746093610 +0000',
    )
    expect(once.text).toContain('M 100644 inline guide/setup.md\ndata 13\n# Set up\n\ntwo\n')
    expect(once.text).toContain('D a.txt.md\n')
  })

  it('is whole', async () => {
    const { json } = await world.admin('GET', `${base('docs')}/integrity`)
    expect(json.damaged).toEqual([])
    expect(json.checked).toBeGreaterThan(9)
  })

  it('tries rules on it', async () => {
    const { id } = await open('rules')
    const page = (n: number) => `# Page\n\nwords\n\nBuilt on day ${n}\n`
    const snapshots = [1, 2, 3].map((n) => ({
      key: `k${n}`,
      at: at + n * minute,
      files: [file('page.md', n === 3 ? `${page(n)}\nmore\n` : page(n))],
    }))
    await add('rules', id, 0, snapshots)
    const path = `${base('rules')}/rules/try`
    const { json } = await world.admin('POST', path, { rules: [{ pattern: '^Built on' }] })
    expect(json).toMatchObject({ steps: 2, silenced: 1, lines: 4 })
    expect(json.sample).toContainEqual({
      page: 'page',
      stamp: '2025-05-01-1002',
      line: 5,
      text: 'Built on day 2',
      rule: 0,
    })
    const bad = await world.admin('POST', path, { rules: [{ pattern: '(' }] })
    expect([bad.status, bad.json.code]).toEqual([400, 'invalid_input'])
  })
})
