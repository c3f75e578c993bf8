import { parseFeed } from 'htmlparser2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { day } from '#kernel/clock.ts'
import { enqueue } from '#kernel/work.ts'
import { htmlPage } from '../watch-site.ts'
import {
  linesOfHunks,
  startToldWorld,
  type Followed,
  type Item,
  type ToldWorld,
} from '../watch-told.ts'

// What is recorded and told to nobody. Each time real news follows, so that silence is known to be silence and not delay.

let told: ToldWorld
beforeAll(async () => {
  told = await startToldWorld()
})
afterAll(() => told.close())

const urls = (...paths: readonly string[]): readonly object[] => [
  { kind: 'urls', urls: paths.map((path) => told.site.origin + path) },
]
const put = (path: string, body: string): void => told.site.put(path, { body })

/** Stamps that reached everybody: the same ones by webhook, mail and feed, each once. */
async function toldOf(docs: Followed, count: number): Promise<readonly string[]> {
  await expect.poll(async () => (await docs.calls()).length).toBeGreaterThanOrEqual(count)
  await expect.poll(() => docs.mails().length).toBeGreaterThanOrEqual(count)
  const stamps = (await docs.calls()).map(({ body }) => String(body['stamp']))
  const feed = parseFeed((await docs.atom()).text, { xmlMode: true })
  const stampOf = (text: string): string =>
    /\.\.(\d{4}-\d{2}-\d{2}-\d{4}(?:-\d+)?)/.exec(text)?.[1] ?? ''
  expect(
    docs
      .mails()
      .map((m) => stampOf(m.text))
      .toSorted(),
  ).toEqual(stamps.toSorted())
  expect(feed?.items.map((i) => stampOf(i.link ?? '')).toSorted()).toEqual(stamps.toSorted())
  const ids = (await docs.calls()).map(({ body }) => String(body['id']))
  expect(new Set(ids).size).toBe(stamps.length)
  return stamps
}
/** The newest first. */
const snapshots = (docs: Followed): Promise<readonly Item[]> => docs.items('snapshots?limit=100')
const newest = async (docs: Followed): Promise<Item> => (await snapshots(docs))[0] ?? {}
const textOf = async (docs: Followed, page: string, at = ''): Promise<string> => {
  const query = at === '' ? '' : `&at=${at}`
  return (await told.world.admin('GET', `${docs.at}/pages/${page}?format=markdown${query}`)).text
}

it('a step of formatting only is recorded, and told to nobody', async () => {
  const page = (table: string): void => put('/table.md', `# Table\n\n${table}\n`)
  page('| a | b |\n| - | - |\n| 1 | 2 |')
  const docs = await told.watch('table', urls('/table.md'))
  await told.tick()
  page('| a   | b   |\n| --- | --- |\n| 1   | 2   |')
  await told.anHourLater()
  expect(await newest(docs)).toMatchObject({ kind: 'run', pages: 0, quietPages: 1, added: 0 })
  expect(await textOf(docs, 'table')).toContain('| 1   | 2   |')
  const [after, before] = await snapshots(docs)
  const diff = `${docs.at}/diff/${String(before?.['stamp'])}/${String(after?.['stamp'])}?page=table`
  const hidden = await told.world.admin('GET', diff)
  expect(hidden.json).toMatchObject({ formattingOnly: true, added: 0, removed: 0, hunks: [] })
  const shown = await told.world.admin('GET', `${diff}&formatting=shown`)
  expect(linesOfHunks(shown.json.hunks as never)).toHaveLength(6)
  // The next real change shows that change only, although the padding of the line differs from the one that was told last.
  page('| a   | b   |\n| --- | --- |\n| 1   | 3   |')
  await told.anHourLater()
  expect(await toldOf(docs, 1)).toEqual([(await newest(docs))['stamp']])
  const [call] = await docs.calls()
  expect(linesOfHunks(call?.body['pages'][0].hunks as never)).toEqual([
    '+| 1   | 3   |',
    '-| 1   | 2   |',
  ])
})

it('a page that flips between two texts is told until each text has come back once, then folded', async () => {
  const page = (text: string): void => put('/flip', htmlPage('Flip', text))
  page('The first text.')
  const docs = await told.watch('flip', urls('/flip'))
  await told.tick()
  for (const text of ['second', 'first', 'second', 'first', 'second', 'first']) {
    page(`The ${text} text.`)
    await told.anHourLater()
  }
  page('The third text.')
  await told.anHourLater()
  const steps = (await snapshots(docs)).toReversed()
  expect(steps.map((s): unknown[] => [s['pages'], s['flippedPages']])).toEqual([
    [1, 0],
    [1, 0],
    // Each text came back for the first time: somebody may have taken a change back.
    [1, 0],
    [1, 0],
    [0, 1],
    [0, 1],
    [0, 1],
    [1, 0],
  ])
  const loud = [1, 2, 3, 7].map((n) => steps[n]?.['stamp'] as string)
  expect((await toldOf(docs, 4)).toSorted()).toEqual(loud)
  const history = await docs.items('history/flip')
  const flips = history.filter((v) => v['kind'] === 'flip')
  expect(flips.map((v) => v['flipOf'] as string)).toEqual(
    [4, 3, 2].map((n) => steps[n]?.['stamp'] as string),
  )
  const quiet = await docs.items('snapshots?quiet=false')
  expect(quiet.map((s) => s['stamp'] as string)).toEqual([
    ...loud.toReversed(),
    steps[0]?.['stamp'],
  ])
})

it('lines that rules ignore are told to nobody, also where the rule came later', async () => {
  const page = (views: number, text: string): void =>
    put('/views.md', `# Views\n\nSeen ${views} times\n\n${text}\n`)
  page(1, 'Text.')
  const docs = await told.watch('views', urls('/views.md'))
  await told.tick()
  page(2, 'Text.')
  await told.anHourLater()
  expect(await toldOf(docs, 1)).toHaveLength(1)
  await docs.change({ ignore: [{ pattern: '^Seen \\d+ times$' }] })
  await expect.poll(() => newest(docs)).toMatchObject({ pages: 0, quietPages: 1 })
  page(3, 'Text.')
  await told.anHourLater()
  expect(await newest(docs)).toMatchObject({ pages: 0, quietPages: 1 })
  page(4, 'Other text.')
  await told.anHourLater()
  await expect.poll(async () => (await docs.calls()).length).toBe(2)
  const [, call] = await docs.calls()
  expect(call?.body['stamp']).toBe((await newest(docs))['stamp'])
  expect(linesOfHunks(call?.body['pages'][0].hunks as never)).toEqual(['+Other text.', '-Text.'])
})

it('a history that is imported is told to nobody, and what was told before stays', async () => {
  const text = (words: string): string => `# Past\n\n${words}\n`
  put('/past.md', text('First seen.'))
  const docs = await told.watch('past', urls('/past.md'))
  await told.tick()
  put('/past.md', text('Second seen.'))
  await told.anHourLater()
  const before = await toldOf(docs, 1)
  const opened = await told.world.admin('POST', `${docs.at}/imports`, { origin: 'test' })
  const one = `${docs.at}/imports/${String(opened.json.id)}`
  const commits = ['Long ago.', 'Less long ago.', 'Lately.'].map((words, n) => ({
    key: `commit ${n}`,
    at: Date.UTC(2025, n, 1),
    files: [{ path: 'past.md', bytes: Buffer.from(text(words)).toString('base64') }],
  }))
  await told.world.admin('POST', `${one}/snapshots`, { after: 0, snapshots: commits })
  await told.world.admin('POST', `${one}/finish`)
  await expect
    .poll(async () => (await told.world.admin('GET', one)).json.state as string)
    .toBe('done')
  // What was the first snapshot is a step now, of something that had happened before anybody looked.
  expect((await snapshots(docs)).map((s): unknown[] => [s['kind'], s['pages']])).toEqual([
    ['run', 1],
    ['run', 1],
    ['import', 1],
    ['import', 1],
    ['first', 1],
  ])
  expect(await toldOf(docs, 1)).toEqual(before)
  put('/past.md', text('Third seen.'))
  await told.anHourLater()
  expect(await toldOf(docs, 2)).toHaveLength(2)
})

describe('another extractor', () => {
  const page = (n: number): string =>
    htmlPage('Guide', `Text ${n}.\n\n<span class="promo">Advertisement ${n}</span>`)

  it('makes history again without a word where the bytes are kept', async () => {
    put('/again', page(1))
    const docs = await told.watch('again', urls('/again'))
    await told.tick()
    for (const n of [2, 3]) {
      put('/again', page(n))
      await told.anHourLater()
    }
    const before = (await snapshots(docs)).map((s) => s['stamp'] as string)
    expect(await toldOf(docs, 2)).toHaveLength(2)
    expect(await textOf(docs, 'again')).toContain('Advertisement 3')
    await docs.change({ extract: { remove: ['.promo'], preferMarkdown: false } })
    const done = { cause: 'extract', state: 'done' }
    await expect.poll(async () => (await docs.items('runs?limit=1'))[0]).toMatchObject(done)
    for (const [n, stamp] of before.toReversed().entries()) {
      const text = await textOf(docs, 'again', stamp)
      expect(text).toContain(`Text ${n + 1}.`)
      expect(text).not.toContain('Advertisement')
    }
    // The same bytes, read by the new extractor: no step. Then news, of which the extractor is no part.
    await told.anHourLater()
    expect((await snapshots(docs)).map((s) => s['stamp'] as string)).toEqual(before)
    put('/again', page(4))
    await told.anHourLater()
    expect(await newest(docs)).toMatchObject({ kind: 'run', pages: 1, added: 1, removed: 1 })
    expect(await toldOf(docs, 3)).toHaveLength(3)
    const [, , call] = await docs.calls()
    expect(linesOfHunks(call?.body['pages'][0].hunks as never)).toEqual(['+Text 4.', '-Text 3.'])
  })

  it('is a boundary in the timeline where they are not, and told to nobody', async () => {
    put('/boundary', page(1))
    const docs = await told.watch('boundary', urls('/boundary'))
    await told.tick()
    put('/boundary', page(2))
    await told.anHourLater()
    expect(await toldOf(docs, 1)).toHaveLength(1)
    await docs.change({ retention: { keepRawDays: 1 }, paused: true })
    told.world.clock.advance(3 * day)
    await told.world.app.runtime.db.tx(() => enqueue({ name: 'watch.upkeep', payload: null }))
    const versions = (): Promise<readonly Item[]> => docs.items('history/boundary')
    const raws = async (): Promise<readonly unknown[]> =>
      (await versions()).map((v) => v['raw'] as boolean)
    // The newest bytes stay: what is fetched next is compared with them.
    await expect.poll(raws).toEqual([true, false])
    await docs.change({ extract: { remove: ['.promo'], preferMarkdown: false }, paused: false })
    await expect
      .poll(async () => (await docs.items('runs?limit=1'))[0])
      .toMatchObject({ cause: 'extract', state: 'done' })
    const [boundary, first] = await snapshots(docs)
    expect(boundary).toMatchObject({ pages: 0, added: 0, removed: 0 })
    expect(boundary?.['note']).toMatch(/extractor changed/)
    const [before, after] = [String(first?.['stamp']), String(boundary?.['stamp'])]
    expect(await textOf(docs, 'boundary', before)).toContain('Advertisement 1')
    expect(await textOf(docs, 'boundary', after)).not.toContain('Advertisement')
    const diff = await told.world.admin('GET', `${docs.at}/diff/${before}/${after}?page=boundary`)
    expect(diff.json).toMatchObject({ kind: 'boundary' })
    expect(diff.json.boundary).toMatch(/is extracted by html-1\+/)
    put('/boundary', page(3))
    await told.anHourLater()
    const next = (await newest(docs))['stamp'] as string
    await expect.poll(async () => (await docs.calls()).length).toBe(2)
    const [, call] = await docs.calls()
    expect(call?.body).toMatchObject({ stamp: next, added: 1, removed: 1 })
    expect(linesOfHunks(call?.body['pages'][0].hunks as never)).toEqual(['+Text 3.', '-Text 2.'])
  })
})
