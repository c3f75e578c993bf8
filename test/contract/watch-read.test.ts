import { applyPatch } from 'diff'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { reportOf } from '#src/features/watch/read/report.ts'
import * as schema from '#src/features/watch/schema.ts'
import { page } from '#features/workspace/schema.ts'
import { makeHistory, type MadeHistory } from '../watch-history.ts'
import { owner, startWorld, type Answer, type World } from '../world.ts'
import { cookieOf, signIn } from '../signin.ts'

const day = 86_400_000
const start = Date.UTC(2026, 2, 1, 6, 30)
const root = '/api/v1/watch/acme/cli/docs/en'

const table = (pad: string) => `| key | meaning |\n| --- | --- |\n| a |${pad}first${pad}|\n`
const install = `# Install\n\n${table(' ')}\nRun the script.\nThen look at the version.\nThen sign in.\n`
const block =
  'The first telling line of it.\nThe second telling line of it.\nThe third telling line of it.\n'
const guide = (middle: string, stamp = 'one') =>
  `# Guide\n\nWelcome.\n\n## Middle\n\n${middle}\n## End\n\nBye.\n\nLast updated: ${stamp}\n`

let world: World
let history: MadeHistory
let stamps: string[]
let snapshotIds: string[]
beforeAll(async () => {
  world = await startWorld()
  history = await makeHistory(world.app.runtime, 'acme/cli/docs/en', {
    settings: { ignore: [{ pattern: '^Last updated:', note: '' }] },
  })
  const made = [
    await history.at(start, {
      guide: guide(block),
      'setup/install': install,
      faq: '# FAQ\n\nThere are none.\n',
    }),
    // Formatting and an ignored line only; and one word.
    await history.at(start + day, {
      guide: guide(block, 'two'),
      'setup/install': install.replace(table(' '), table('   ')),
      faq: '# FAQ\n\nThere are some.\n',
    }),
    // A block moves from page to page, a page moves to another address.
    await history.at(start + 2 * day, {
      guide: guide('', 'three'),
      faq: `# FAQ\n\nThere are some.\n\n${block}`,
      'setup/install': null,
      'setup/start': install.replace(table(' '), table('   ')).replace('sign in', 'log in'),
    }),
    await history.at(start + 3 * day, { faq: null, guide: guide('Nothing.\n', 'four') }),
  ]
  stamps = made.map(({ stamp }) => stamp)
  snapshotIds = made.map(({ snapshotId }) => snapshotId)
})
afterAll(() => world.close())

const get = (path: string): Promise<Answer> => world.admin('GET', `${root}${path}`)
/** The items of a list, and where it goes on. */
async function list<T extends z.ZodType>(
  path: string,
  item: T,
): Promise<{ items: z.output<T>[]; next: string | null; total: number }> {
  return page(item).parse((await get(path)).json)
}
const pair = (from: number, to: number): string => `${stamps[from] ?? ''}/${stamps[to] ?? ''}`
async function diff(from: number, to: number, page: string, more = ''): Promise<schema.PageDiff> {
  const answer = await get(`/diff/${pair(from, to)}?page=${encodeURIComponent(page)}${more}`)
  expect(answer.text).toContain('"hunks"')
  return schema.pageDiff.parse(answer.json)
}
const rowsOf = ({ hunks }: schema.PageDiff) => hunks.flatMap((hunk) => hunk.rows)

describe('snapshots', () => {
  it('are listed newest first, page by page', async () => {
    const first = await list('/snapshots?limit=3', schema.snapshot)
    expect(first.items.map((s) => s.stamp)).toEqual(stamps.toReversed().slice(0, 3))
    expect(first.total).toBe(4)
    const rest = await list(`/snapshots?limit=3&cursor=${first.next ?? ''}`, schema.snapshot)
    expect(rest).toMatchObject({ items: [{ stamp: stamps[0], kind: 'first' }], next: null })
    expect((await get('/snapshots/all')).json).toEqual({ items: [...first.items, ...rest.items] })
  })

  it('can be had since and until a time, and as a table', async () => {
    const times = `since=${start + day}&until=${start + 3 * day}`
    const since = await list(`/snapshots?${times}`, schema.snapshot)
    expect(since.items.map((s) => s.stamp)).toEqual([stamps[2], stamps[1]])
    const csv = await get('/snapshots?format=csv')
    expect(csv.text.split('\r\n')).toHaveLength(6)
  })

  it('of a collection that is not there are not found', async () => {
    const answer = await world.admin('GET', '/api/v1/watch/acme/cli/docs/fr/snapshots')
    expect([answer.status, answer.json.code]).toEqual([404, 'not_found'])
  })
})

describe('pages', () => {
  it('are listed with their last change', async () => {
    const { items } = await list('/pages', schema.watchedPage)
    const byPage = new Map(items.map((p) => [p.page, p]))
    expect([...byPage.keys()]).toEqual(['faq', 'guide', 'setup/install', 'setup/start'])
    expect(byPage.get('faq')).toMatchObject({
      state: 'gone',
      versions: 4,
      lastChange: { stamp: stamps[3], kind: 'gone' },
      firstSeen: { stamp: stamps[0] },
    })
  })

  it('are listed as they were, sorted by what changed last, in pages', async () => {
    const past = await list(`/pages?at=${stamps[1] ?? ''}&sort=-changed`, schema.watchedPage)
    expect(past.items.map((p) => [p.page, p.state])).toEqual([
      ['setup/install', 'present'],
      ['guide', 'present'],
      ['faq', 'present'],
    ])
    const seen: string[] = []
    let cursor = ''
    for (let i = 0; i < 10; i++) {
      const { items, next } = await list(`/pages?limit=1&sort=changed${cursor}`, schema.watchedPage)
      seen.push(...items.map((p) => p.page))
      if (next === null) break
      cursor = `&cursor=${next}`
    }
    expect(seen).toEqual(['setup/install', 'setup/start', 'faq', 'guide'])
    expect((await get('/pages?q=SETUP')).json.total).toBe(2)
  })

  it('have a text at every moment, byte for byte, rendered, and as files', async () => {
    const { json } = await get(`/pages/setup/install?at=${stamps[0] ?? ''}&html=true`)
    expect(json).toMatchObject({ text: install, stamp: stamps[0], extractor: 'markdown-1' })
    expect(json.html).toContain('<table>')
    const markdown = await get(`/pages/setup/install?at=${stamps[1] ?? ''}&format=markdown`)
    expect(markdown.text).toBe(install.replace(table(' '), table('   ')))
    const raw = await get(`/pages/faq?at=${stamps[0] ?? ''}&format=raw`)
    expect(raw.text).toBe('# FAQ\n\nThere are none.\n')
    expect(raw.headers.get('content-type')).toBe('application/octet-stream')
    expect(raw.headers.get('content-disposition')).toMatch(/^attachment; filename="faq_.*\.md"$/)
    const html = await get('/pages/guide?format=html')
    expect(html.text).toMatch(/^<!doctype html>[^]*<h2[^>]*>Middle<\/h2>/)
  })

  it('that are gone say since when', async () => {
    const gone = await get('/pages/faq')
    expect(gone.status).toBe(404)
    expect(gone.json.detail).toContain(stamps[3])
  })

  it('have versions, and lines that stand since one of them', async () => {
    const { items } = await list('/history/faq', schema.version)
    expect(items.map((v) => [v.stamp, v.kind])).toEqual([
      [stamps[3], 'gone'],
      [stamps[2], 'changed'],
      [stamps[1], 'changed'],
      [stamps[0], 'new'],
    ])
    const blame = schema.blame.parse((await get(`/blame/faq?at=${stamps[2] ?? ''}`)).json)
    expect(blame.lines.slice(0, 5).map((line) => line.since)).toEqual([
      stamps[0],
      stamps[0],
      stamps[1],
      stamps[2],
      stamps[2],
    ])
  })
})

describe('what changed in the set', () => {
  const changes = async (from: number, to: number, more = ''): Promise<schema.Changes> =>
    schema.changes.parse((await get(`/changes/${pair(from, to)}?${more}`)).json)
  const kinds = (set: schema.Changes) => set.items.map(({ page, kind }) => [page, kind])

  it('leaves formatting out unless it is asked for', async () => {
    const hidden = await changes(0, 1)
    expect(kinds(hidden)).toEqual([['faq', 'changed']])
    expect(hidden).toMatchObject({ pages: 1, quietPages: 2, added: 1, removed: 1 })
    const shown = await changes(0, 1, 'formatting=shown')
    expect(shown.items.map(({ page, added, removed }) => [page, added, removed])).toEqual([
      ['faq', 1, 1],
      ['guide', 0, 0],
      ['setup/install', 1, 1],
    ])
  })

  it('shows a page that moved once, with the size of what changed on the way', async () => {
    const set = await changes(1, 2)
    expect(kinds(set)).toEqual([
      ['faq', 'changed'],
      ['guide', 'changed'],
      ['setup/start', 'moved'],
    ])
    expect(set.items[2]).toMatchObject({ movedFrom: 'setup/install', added: 1, removed: 1 })
    expect(set.movedPages).toBe(1)
  })

  it('compares any two moments, the ones between left out', async () => {
    const set = await changes(0, 3)
    expect(kinds(set)).toContainEqual(['faq', 'gone'])
    expect(kinds(set)).toContainEqual(['guide', 'changed'])
    const guideNow = set.items.find(({ page }) => page === 'guide')
    const whole = await diff(0, 3, 'guide')
    expect([guideNow?.added, guideNow?.removed]).toEqual([whole.added, whole.removed])
    expect(await changes(2, 2)).toMatchObject({ pages: 0, items: [] })
  })

  it('agrees with the sums that snapshots carry', async () => {
    const { items } = schema.allSnapshots.parse((await get('/snapshots/all')).json)
    for (const [i, snapshot] of items.toReversed().entries()) {
      if (i === 0) continue
      const { pages, added, removed, newPages, gonePages, quietPages } = snapshot
      expect(await changes(i - 1, i)).toMatchObject({
        pages,
        added,
        removed,
        newPages,
        gonePages,
        quietPages,
      })
    }
  })

  it('pages, filters and exports', async () => {
    const first = await changes(0, 1, 'formatting=shown&limit=2')
    expect(first.total).toBe(3)
    const rest = await changes(0, 1, `formatting=shown&limit=2&cursor=${first.next ?? ''}`)
    expect(kinds(rest)).toEqual([['setup/install', 'quiet']])
    expect((await changes(0, 1, 'kind=quiet')).total).toBe(2)
    const csv = await get(`/changes/${pair(0, 1)}?format=csv`)
    expect(csv.text).toContain('faq,,changed,1,1,')
  })

  it('goes from the older to the newer snapshot only', async () => {
    for (const path of [`/changes/${pair(1, 0)}`, `/diff/${pair(1, 0)}?page=guide`]) {
      const answer = await get(path)
      expect([answer.status, answer.json.code]).toEqual([400, 'invalid_input'])
      expect(answer.json.remedy).toContain(`${stamps[0] ?? ''}, then ${stamps[1] ?? ''}`)
    }
  })
})

describe('the diff of a page', () => {
  it('marks the words that changed, with the lines of both sides', async () => {
    const found = await diff(0, 1, 'faq')
    expect(found).toMatchObject({
      kind: 'changed',
      added: 1,
      removed: 1,
      from: { at: start, version: stamps[0], since: stamps[0] },
      to: { version: stamps[1] },
    })
    expect(rowsOf(found).filter((row) => row.kind !== 'same')).toEqual([
      {
        kind: 'changed',
        left: { line: 3, text: 'There are none.', marks: [[10, 14]] },
        right: { line: 3, text: 'There are some.', marks: [[10, 14]] },
      },
    ])
  })

  it('hides formatting and ignored lines, and shows them when asked', async () => {
    expect(await diff(0, 1, 'setup/install')).toMatchObject({
      kind: 'quiet',
      formattingOnly: true,
      added: 0,
      hunks: [],
    })
    const padded = await diff(0, 1, 'setup/install', '&formatting=shown')
    expect(padded).toMatchObject({ formattingOnly: true, added: 1, removed: 1 })
    expect(await diff(0, 1, 'guide', '&formatting=shown')).toMatchObject({ added: 0, hunks: [] })
    const stamped = await diff(0, 1, 'guide', '&formatting=shown&ignored=shown')
    expect(rowsOf(stamped).filter((row) => row.kind === 'changed')).toMatchObject([
      { left: { line: 15, text: 'Last updated: one' }, right: { text: 'Last updated: two' } },
    ])
  })

  it('says where text went that moved to another page', async () => {
    const left = rowsOf(await diff(1, 2, 'guide')).filter((row) => row.kind === 'moved')
    expect(left[0]).toMatchObject({ left: { line: 7 }, movedTo: { page: 'faq', line: 5 } })
    const came = rowsOf(await diff(1, 2, 'faq')).filter((row) => row.kind === 'moved')
    expect(came[0]).toMatchObject({ right: { line: 5 }, movedTo: { page: 'guide', line: 7 } })
  })

  it('compares a page that moved with itself at its old address', async () => {
    const moved = await diff(1, 2, 'setup/start')
    expect(moved).toMatchObject({ kind: 'moved', from: { page: 'setup/install' }, added: 1 })
  })

  it('knows pages that came or went', async () => {
    expect(await diff(1, 3, 'faq')).toMatchObject({ kind: 'gone', to: null })
    const all = await diff(0, 1, 'faq', '&context=all')
    expect(rowsOf(all)).toHaveLength(3)
    expect((await get(`/diff/${pair(0, 1)}?page=none`)).status).toBe(404)
  })

  it('can be kept as a patch that applies, as Markdown and as HTML', async () => {
    const patch = await get(`/diff/${pair(0, 3)}?page=guide&format=patch`)
    expect(applyPatch(guide(block), patch.text)).toBe(guide('Nothing.\n', 'four'))
    const markdown = await get(`/diff/${pair(0, 1)}?page=faq&format=markdown`)
    expect(markdown.text).toContain('```diff\n--- faq.md\n+++ faq.md\n')
    const html = await get(`/diff/${pair(0, 1)}?page=faq&format=html&view=unified`)
    expect(html.headers.get('content-disposition')).toContain('faq_')
    expect(html.text).toContain('<del>none</del>')
  })

  it('is the same when it is answered from what was kept', async () => {
    expect(await diff(1, 2, 'guide')).toEqual(await diff(1, 2, 'guide'))
  })

  it('takes long texts in a thread', async () => {
    const long = (word: string) =>
      Array.from({ length: 20_000 }, (_, i) => `Line ${i} ${i % 900 === 0 ? word : 'same'}\n`).join(
        '',
      )
    const big = await makeHistory(world.app.runtime, 'acme/cli/big/en')
    const a = await big.at(start, { long: long('old') })
    const b = await big.at(start + day, { long: long('new') })
    const answer = await world.admin(
      'GET',
      `/api/v1/watch/acme/cli/big/en/diff/${a.stamp}/${b.stamp}?page=long`,
    )
    expect(schema.pageDiff.parse(answer.json)).toMatchObject({ added: 23, removed: 23 })
  })

  it('tells where the extraction changed in between', async () => {
    const changed = await makeHistory(world.app.runtime, 'acme/cli/extracted/en')
    const a = await changed.at(start, { page: 'One.\n\nTwo.\n' }, 'html-1')
    const b = await changed.at(start + day, { page: 'One.\n\nThree.\n' }, 'markdown-1')
    const answer = await world.admin(
      'GET',
      `/api/v1/watch/acme/cli/extracted/en/diff/${a.stamp}/${b.stamp}?page=page`,
    )
    expect(answer.json.boundary).toBe(
      'Since 2026-03-02 06:30 UTC this page is extracted by markdown-1, before by html-1. Part of what differs can come from that.',
    )
  })
})

describe('search', () => {
  const find = async (q: string, more = ''): Promise<[string, number | null, boolean][]> => {
    const answer = await get(`/search?q=${encodeURIComponent(q)}${more}`)
    const { items, complete } = schema.searchAnswer.parse(answer.json)
    expect(complete).toBe(true)
    return items.map((hit) => [hit.page, hit.line, hit.disappeared === null])
  }

  it('finds lines of pages as they are', async () => {
    expect(await find('log in')).toEqual([['setup/start', 9, true]])
    expect(await find('sign in')).toEqual([])
    expect(await find('"telling line"')).toEqual([])
  })

  it('finds what ever stood on a page, and when it went', async () => {
    expect(await find('sign in', '&scope=ever')).toEqual([['setup/install', 9, false]])
    const telling = await find('third tell*', '&scope=ever')
    expect(telling.sort()).toEqual([
      ['faq', 7, false],
      ['guide', 9, false],
    ])
    const { items } = (await get('/search?q=%22are+some%22&scope=ever')).json as {
      items: schema.SearchHit[]
    }
    expect(items).toMatchObject([
      { page: 'faq', appeared: { stamp: stamps[1] }, disappeared: { stamp: stamps[3] } },
    ])
  })

  it('pages, and takes any sign for what it is', async () => {
    const all = await find('line', '&scope=ever&limit=500')
    const paged: unknown[] = []
    let cursor = ''
    for (let i = 0; i < 20; i++) {
      const { json } = await get(`/search?q=line&scope=ever&limit=1${cursor}`)
      const answer = schema.searchAnswer.parse(json)
      paged.push(...answer.items.map((hit) => [hit.page, hit.line, hit.disappeared === null]))
      if (answer.next === null) break
      cursor = `&cursor=${answer.next}`
    }
    expect(paged).toEqual(all)
    for (const q of ['"', "'; drop", 'a AND (', '***', '%_'])
      expect((await get(`/search?q=${encodeURIComponent(q)}`)).status).toBe(200)
  })
})

describe('what a member has seen', () => {
  it('goes forth and never back', async () => {
    const cookie = cookieOf(await signIn(world, owner.email, owner.password))
    const see = (stamp: string | undefined) =>
      world.call('POST', `${root}/seen`, { cookie, body: { stamp } })
    expect((await see(stamps[2])).status).toBe(204)
    expect((await see(stamps[1])).status).toBe(204)
    const { json } = await world.call('GET', root, { cookie })
    expect(json.lastSeen).toMatchObject({ stamp: stamps[2] })
    expect((await see('2020-01-01-0000')).status).toBe(404)
  })
})

describe('a step as people are told of it', () => {
  it('holds the largest changes first, with their diffs', async () => {
    const report = await reportOf(history.parts, snapshotIds[2] ?? '', {})
    expect(report).toMatchObject({
      stamp: stamps[2],
      from: stamps[1],
      more: 0,
      link: `/watch/acme/cli/docs/en/${stamps[1] ?? ''}..${stamps[2] ?? ''}`,
    })
    expect(report?.pages.map(({ page }) => page).sort()).toEqual(['faq', 'guide', 'setup/start'])
    expect(report?.pages.at(-1)).toMatchObject({
      page: 'setup/start',
      link: `/watch/acme/cli/docs/en/setup/start/diff/${stamps[1] ?? ''}/${stamps[2] ?? ''}`,
      cut: false,
    })
  })

  it('is bounded in rows and pages', async () => {
    const report = await reportOf(history.parts, snapshotIds[2] ?? '', { maxRows: 2, maxPages: 2 })
    const rows = report?.pages.flatMap(({ diff }) => diff?.hunks.flatMap((h) => h.rows) ?? [])
    expect(rows).toHaveLength(2)
    expect(report).toMatchObject({ more: 1, pages: [{ cut: true }, { cut: true, diff: null }] })
  })

  it('is filtered by page, by what changed lines say, and by formatting', async () => {
    const pages = async (snapshot: number, options: object) =>
      (await reportOf(history.parts, snapshotIds[snapshot] ?? '', options))?.pages.map(
        ({ page }) => page,
      )
    expect(await pages(2, { page: 'faq' })).toEqual(['faq'])
    expect(await pages(2, { term: 'LOG IN' })).toEqual(['setup/start'])
    expect(await pages(2, { term: 'welcome' })).toBeUndefined()
    expect(await pages(1, {})).toEqual(['faq'])
    expect(await pages(1, { formatting: true })).toEqual(['faq', 'guide', 'setup/install'])
    expect(await reportOf(history.parts, 'wsn_none', {})).toBeUndefined()
  })
})
