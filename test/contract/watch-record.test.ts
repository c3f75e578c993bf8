import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createIds } from '#kernel/ids.ts'
import { createLog } from '#kernel/log.ts'
import { createPool } from '#kernel/pool.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { all, queries, run } from '#kernel/work.ts'
import {
  archiveMigrations,
  readRaw,
  readText,
  sizes,
  verifyArchive,
} from '#src/features/watch/archive/index.ts'
import type { WatchEvent } from '#src/features/watch/event.ts'
import { freshPage } from '#src/features/watch/fresh.ts'
import { watchMigrations } from '#src/features/watch/migrations.ts'
import type { WatchParts } from '#src/features/watch/parts.ts'
import { extractAgain } from '#src/features/watch/record/again.ts'
import { derive } from '#src/features/watch/record/extractor.ts'
import { sumsOf } from '#src/features/watch/record/judged.ts'
import {
  recordSnapshot,
  recordSnapshots,
  type NewSnapshot,
  type NewVersion,
} from '#src/features/watch/record/record.ts'
import { retain } from '#src/features/watch/record/retain.ts'
import { settle } from '#src/features/watch/record/settle.ts'
import type { ExtractSettings } from '#src/features/watch/schema.ts'
import type { WatchTables } from '#src/features/watch/tables.ts'
import { openEngine } from '../engine.ts'

const q = queries<WatchTables>()
const noon = Date.UTC(2026, 3, 1, 12)
const minute = 60_000

let engine: Awaited<ReturnType<typeof openEngine>>
let parts: WatchParts
const told: WatchEvent[] = []
const pool = createPool({ size: 2 })
let made = 0
let collectionId = ''

beforeAll(async () => {
  engine = await openEngine([...archiveMigrations, ...watchMigrations])
  const tidy = { name: 'watch.tidy', handle: () => Promise.resolve() }
  await engine.jobs.start([tidy], [])
  const clock = () => noon
  const runtime: Runtime = {
    db: engine.db,
    clock,
    ids: createIds(clock),
    log: createLog('silent'),
    secrets: undefined as never,
    pool,
    publicUrl: 'https://gatehouse.acme.example',
  }
  parts = {
    runtime,
    *announce(event) {
      told.push(event)
    },
    *publishedPolicies() {
      return []
    },
    fixedExceptions: [],
    chromium: undefined,
    version: '0.0.0',
  }
})
afterAll(async () => {
  await engine.jobs.stop(1000)
  await pool.close()
  await engine.close()
})
beforeEach(async () => {
  told.length = 0
  collectionId = await newCollection({})
})

async function newCollection(settings: object): Promise<string> {
  const id = `wco_${++made}`
  await engine.db.tx(() =>
    run(
      q.insertInto('watch_collections').values({
        id,
        vendor: 'acme',
        product: 'cli',
        set_name: 'docs',
        language: `l${made}`,
        path: `acme/cli/docs/l${made}`,
        title: 'Docs',
        settings: JSON.stringify({ sources: [], ...settings }),
        revision: 1,
        paused: 0,
        visibility: 'members',
        policy_documentation: 0,
        created_at: noon,
        created_by: 'owner',
        next_run_at: null,
        last_run_at: null,
        deleted_at: null,
      }),
    ),
  )
  return id
}

async function newPage(path: string): Promise<string> {
  const id = `wpg_${collectionId}_${path}`
  await engine.db.tx(() =>
    run(
      q
        .insertInto('watch_pages')
        .values(
          freshPage({
            id,
            collectionId,
            path,
            url: `https://docs.acme.example/${path}`,
            title: null,
            sourceId: null,
            at: noon,
          }),
        )
        .onConflict((c) => c.doNothing()),
    ),
  )
  return id
}

async function versions(pages: Readonly<Record<string, string | null>>): Promise<NewVersion[]> {
  const list: NewVersion[] = []
  for (const [page, text] of Object.entries(pages))
    list.push({
      pageId: await newPage(page),
      page,
      text,
      raw: text === null ? null : Buffer.from(text),
      contentType: text === null ? null : 'text/markdown',
      extractor: 'markdown-1',
    })
  return list
}

const snapshot = async (
  at: number,
  pages: Readonly<Record<string, string | null>>,
  kind: NewSnapshot['kind'] = 'run',
): Promise<NewSnapshot> => ({
  collectionId,
  at,
  kind,
  runId: null,
  importKey: kind === 'import' ? `key ${at}` : null,
  versions: await versions(pages),
  announce: kind === 'run',
})

/** A snapshot whose recording died. */
const unfinished = {
  at: 0,
  state: 'writing' as const,
  kind: 'run' as const,
  run_id: null,
  import_key: null,
  note: null,
  told: 0,
  ...sumsOf([]),
}

const take = async (at: number, pages: Readonly<Record<string, string | null>>) =>
  recordSnapshot(parts, await snapshot(at, pages))

const kept = async () => ({
  snapshots: await engine.db.read(() =>
    all(
      q
        .selectFrom('watch_snapshots')
        .selectAll()
        .where('collection_id', '=', collectionId)
        .orderBy('moment'),
    ),
  ),
  versions: await engine.db.read(() =>
    all(
      q
        .selectFrom('watch_versions')
        .innerJoin('watch_pages', 'watch_pages.id', 'watch_versions.page_id')
        .selectAll('watch_versions')
        .select('watch_pages.path as page')
        .where('watch_versions.collection_id', '=', collectionId)
        .orderBy('watch_versions.moment')
        .orderBy('watch_pages.path'),
    ),
  ),
  pages: await engine.db.read(() =>
    all(
      q
        .selectFrom('watch_pages')
        .selectAll()
        .where('collection_id', '=', collectionId)
        .orderBy('path'),
    ),
  ),
})
const kinds = async () =>
  (await kept()).versions.map((v) => `${v.page} ${v.kind} +${v.added} -${v.removed}`)

describe('recording a snapshot', () => {
  it('keeps what differs, and makes the first one no news', async () => {
    const first = await take(noon, { a: 'one\ntwo\n', b: 'b\n' })
    expect(first).toMatchObject({ stamp: '2026-04-01-1200', announced: 0, versions: 2 })
    expect(await take(noon + minute, { a: 'one\ntwo\n', b: 'b\n' })).toBeNull()
    const second = await take(noon + 2 * minute, { a: 'one\nthree\n', b: 'b\n' })
    expect(second).toMatchObject({ stamp: '2026-04-01-1202', announced: 1, versions: 1 })
    const { snapshots, versions: rows, pages } = await kept()
    expect(
      snapshots.map((s) => [s.kind, s.state, s.pages, s.new_pages, s.added, s.removed]),
    ).toEqual([
      ['first', 'done', 2, 2, 3, 0],
      ['run', 'done', 1, 0, 1, 1],
    ])
    expect(pages.map((p) => p.state)).toEqual(['present', 'present'])
    expect(await readText(parts.runtime, rows[2]?.text_id ?? '')).toBe('one\nthree\n')
    expect(told).toEqual([
      {
        kind: 'step',
        collectionId,
        snapshotId: second?.snapshotId,
        stamp: '2026-04-01-1202',
        at: noon + 2 * minute,
        pages: [{ pageId: rows[2]?.page_id, page: 'a', kind: 'changed', added: 1, removed: 1 }],
      },
    ])
  })

  it('counts snapshots of one minute on, and never stands before a known one', async () => {
    const stamps = []
    for (const [at, text] of [
      [noon + 1, 'a'],
      [noon + 2, 'b'],
      [noon - minute, 'c'],
    ] as const)
      stamps.push((await take(at, { a: `${text}\n` }))?.stamp)
    expect(stamps).toEqual(['2026-04-01-1200', '2026-04-01-1200-2', '2026-04-01-1200-3'])
    expect((await kept()).versions.map((v) => v.moment - noon * 1000)).toEqual([1001, 2002, 2003])
  })

  it('goes on in the next minute when one is full', async () => {
    const first = await take(noon + 1, { a: 'a\n' })
    const full = { stamp: '2026-04-01-1200-999', moment: (noon + 1) * 1000 + 999 }
    const id = first?.snapshotId ?? ''
    await engine.db.tx(function* () {
      yield* run(q.updateTable('watch_snapshots').set(full).where('id', '=', id))
      const { moment } = full
      yield* run(q.updateTable('watch_versions').set({ moment }).where('snapshot_id', '=', id))
    })
    expect((await take(noon + 2, { a: 'b\n' }))?.stamp).toBe('2026-04-01-1201')
    expect((await take(noon + 3, { a: 'c\n' }))?.stamp).toBe('2026-04-01-1201-2')
    expect((await kept()).versions.map((v) => v.moment - noon * 1000)).toEqual([
      1999, 60_000_001, 60_000_002,
    ])
  })

  it('records formatting without telling anybody', async () => {
    await take(noon, { a: '| a | b |\n| - | - |\n| 1 | 2 |\n' })
    const quiet = await take(noon + minute, { a: '| a  | b |\n| -- | - |\n| 1  | 2 |\n' })
    expect(quiet).toMatchObject({ announced: 0, versions: 1 })
    expect(told).toEqual([])
    const { snapshots } = await kept()
    expect(snapshots.at(-1)).toMatchObject({ pages: 0, quiet_pages: 1, added: 0, removed: 0 })
  })

  it('tells of a text that comes back once, not of a page that flips', async () => {
    for (const [n, text] of ['A', 'B', 'A', 'B', 'A', 'B', 'C'].entries())
      await take(noon + n * minute, { a: `${text}\n` })
    const rows = (await kept()).versions
    expect(rows.map((v) => v.kind)).toEqual([
      'new',
      'changed',
      'changed',
      'changed',
      'flip',
      'flip',
      'changed',
    ])
    expect(rows.map((v) => rows.findIndex((r) => r.id === v.flip_of))).toEqual([
      -1, -1, 0, 1, 2, 3, -1,
    ])
    expect(told.length).toBe(4)
    expect((await kept()).snapshots[4]).toMatchObject({ pages: 0, flipped_pages: 1 })
  })

  it('leaves ignored lines out', async () => {
    collectionId = await newCollection({ ignore: [{ pattern: '^Last updated', page: 'a*' }] })
    await take(noon, { ab: 'text\nLast updated Monday\n', b: 'Last updated Monday\n' })
    await take(noon + minute, { ab: 'text\nLast updated Friday\n', b: 'Last updated Friday\n' })
    await take(noon + 2 * minute, { ab: 'text 2\nLast updated Sunday\n' })
    expect((await kinds()).slice(2)).toEqual([
      'ab quiet +0 -0',
      'b changed +1 -1',
      'ab changed +1 -1',
    ])
  })

  it('knows gone pages, pages that came back, and pages that moved', async () => {
    const long = Array.from({ length: 20 }, (_, n) => `line ${n}\n`).join('')
    await take(noon, { old: long, other: 'other\n' })
    await take(noon + minute, { old: null, other: null, 'new/place': `${long}one more\n` })
    await take(noon + 2 * minute, { other: 'other\n' })
    const { versions: rows, snapshots, pages } = await kept()
    expect((await kinds()).slice(2)).toEqual([
      'new/place moved +1 -0',
      'old gone +0 -20',
      'other gone +0 -1',
      'other new +1 -0',
    ])
    expect(rows.slice(2).map((r) => r.moved)).toEqual(['old', 'new/place', null, null])
    expect(snapshots[1]).toMatchObject({
      pages: 2,
      gone_pages: 1,
      new_pages: 0,
      added: 1,
      removed: 1,
    })
    expect(pages.map((p) => [p.path, p.state])).toEqual([
      ['new/place', 'present'],
      ['old', 'gone'],
      ['other', 'present'],
    ])
    expect(rows[5]?.flip_of).toBe(rows[1]?.id)
  })

  it('records many pages in slices that nobody sees before the end', async () => {
    const pages = Object.fromEntries(
      Array.from({ length: 400 }, (_, n) => [`p${n}`, `page ${n}\n`]),
    )
    expect(await take(noon, pages)).toMatchObject({ versions: 400 })
    const changed = Object.fromEntries(Object.keys(pages).map((p) => [p, `${p} is another\n`]))
    expect(await take(noon + minute, changed)).toMatchObject({ versions: 400, announced: 400 })
    expect((await kept()).snapshots.map((s) => [s.state, s.pages])).toEqual([
      ['done', 400],
      ['done', 400],
    ])
    expect(await take(noon + 2 * minute, changed)).toBeNull()
    expect((await kept()).snapshots.length).toBe(2)
  })

  it('sweeps away what a recording that died had written', async () => {
    await take(noon, { a: 'a\n' })
    await engine.db.tx(() =>
      run(
        q.insertInto('watch_snapshots').values({
          ...unfinished,
          id: 'wsn_000000000000700000000000000000ff',
          collection_id: collectionId,
          moment: 1,
          stamp: '1970-01-01-0000',
        }),
      ),
    )
    await take(noon + minute, { a: 'b\n' })
    expect((await kept()).snapshots.map((s) => s.stamp)).toEqual([
      '2026-04-01-1200',
      '2026-04-01-1201',
    ])
  })

  it('keeps two at once in order', async () => {
    const all20 = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        take(noon + n * minute, { a: `${n}\n`, [`p${n}`]: 'x\n' }),
      ),
    )
    expect(all20.filter((r) => r !== null).length).toBe(20)
    const rows = (await kept()).versions.filter((v) => v.page === 'a')
    expect(rows.length).toBe(20)
    expect(new Set(rows.map((r) => r.text_id)).size).toBe(20)
  })

  it('settles the versions that stand after imported ones', async () => {
    await take(noon, { a: 'three\n', b: 'b\n' })
    await take(noon + minute, { a: 'four\n', b: 'b\n' })
    const hour = 60 * minute
    const imported = await recordSnapshots(parts, [
      await snapshot(noon - 3 * hour, { a: 'one\n' }, 'import'),
      await snapshot(noon - 2 * hour, { a: 'two\n', b: 'b\n' }, 'import'),
      await snapshot(noon - hour, { a: 'three\n' }, 'import'),
    ])
    expect(imported.map((r) => r?.announced)).toEqual([0, 0, 0])
    expect(
      await settle(
        parts,
        collectionId,
        (await kept()).pages.map((p) => p.id),
      ),
    ).toEqual({ changed: 0, dropped: 2 })
    const { snapshots } = await kept()
    expect(snapshots.map((s) => [s.kind, s.stamp.slice(11), s.pages, s.added])).toEqual([
      ['first', '0900', 1, 1],
      ['import', '1000', 2, 2],
      ['import', '1100', 1, 1],
      ['run', '1200', 0, 0],
      ['run', '1201', 1, 1],
    ])
    expect((await kept()).pages.map((p) => p.state)).toEqual(['present', 'present'])
    expect(told.length).toBe(1)
  })
})

const html = (nav: string, text: string) =>
  `<html><body><main><p class="nav">${nav}</p><p>${text}</p></main></body></html>`

describe('another extractor', () => {
  const page = async (at: number, nav: string, text: string, settings: ExtractSettings) => {
    const raw = Buffer.from(html(nav, text))
    const source = { bytes: raw, contentType: 'text/html', url: 'https://docs.acme.example/a' }
    const derived = await derive(parts, source, settings)
    if (derived === null) throw new Error('nothing extracted')
    const { extractor, text: made } = derived
    const pageId = await newPage('a')
    const version = { pageId, page: 'a', text: made, raw, contentType: 'text/html', extractor }
    return recordSnapshot(parts, { ...(await snapshot(at, {})), versions: [version] })
  }
  const before: ExtractSettings = {
    keep: [],
    remove: [],
    absoluteLinks: true,
    preferMarkdown: true,
  }
  const after: ExtractSettings = { ...before, remove: ['.nav'] }
  const use = (extract: ExtractSettings) =>
    engine.db.tx(() =>
      run(
        q
          .updateTable('watch_collections')
          .set({ settings: JSON.stringify({ sources: [], extract }) })
          .where('id', '=', collectionId),
      ),
    )
  const texts = async () =>
    Promise.all(
      (await kept()).versions.map(async (v) =>
        (await readText(parts.runtime, v.text_id ?? '')).replaceAll(/\s+/g, ' ').trim(),
      ),
    )

  it('makes history again without news, and can be taken back', async () => {
    await page(noon, 'one', 'text', before)
    await page(noon + minute, 'two', 'text', before)
    await page(noon + 2 * minute, 'two', 'other', before)
    told.length = 0
    await use(after)
    const id = (await kept()).pages[0]?.id ?? ''
    expect(await extractAgain(parts, collectionId, id)).toBe(3)
    expect(await texts()).toEqual(['text', 'text', 'other'])
    expect(await kinds()).toEqual(['a new +1 -0', 'a quiet +0 -0', 'a changed +1 -1'])
    expect((await kept()).snapshots.map((s) => [s.kind, s.pages, s.note])).toEqual([
      ['first', 1, null],
      ['run', 0, null],
      ['run', 1, null],
    ])
    expect(await extractAgain(parts, collectionId, id)).toBe(0)
    await use(before)
    expect(await extractAgain(parts, collectionId, id)).toBe(3)
    expect(await texts()).toEqual(['one text', 'two text', 'two other'])
    expect((await kept()).snapshots.map((s) => s.pages)).toEqual([1, 1, 1])
    expect(told).toEqual([])
  })

  it('is no news in the next run, made again or not', async () => {
    await page(noon, 'one', 'text', before)
    await use(after)
    expect(await page(noon + minute, 'one', 'text', after)).toBeNull()
    expect(await page(noon + 2 * minute, 'one', 'other', after)).toMatchObject({ announced: 1 })
    expect((await kinds())[1]).toBe('a changed +1 -1')
  })

  it('leaves a boundary where the old bytes are gone', async () => {
    await page(noon, 'one', 'text', before)
    await page(noon + minute, 'two', 'text', before)
    await engine.db.tx(() =>
      run(
        q
          .updateTable('watch_versions')
          .set({ raw_id: null })
          .where('collection_id', '=', collectionId),
      ),
    )
    told.length = 0
    await use(after)
    expect(await page(noon + 2 * minute, 'two', 'text', after)).toMatchObject({ announced: 0 })
    const { snapshots, versions: rows } = await kept()
    expect(rows.map((v) => v.kind)).toEqual(['new', 'changed', 'boundary'])
    expect(snapshots.at(-1)).toMatchObject({ kind: 'boundary', pages: 0 })
    expect(snapshots.at(-1)?.note).toMatch(/extractor changed/)
    expect(told).toEqual([])
  })
})

describe('retention', () => {
  const day = 24 * 60 * minute

  it('folds old snapshots into the newest of them', async () => {
    await take(noon - 9 * day, { a: 'a1\n', b: 'b1\n', c: 'c1\n' })
    await take(noon - 8 * day, { a: 'a2\n', c: null })
    await take(noon - 7 * day, { a: 'a3\n' })
    await take(noon - day, { a: 'a4\n' })
    const none = { keepDays: null, keepRawDays: null, quotaBytes: null }
    expect(await retain(parts, collectionId, none)).toEqual({ snapshots: 0, raws: 0 })
    const week = { ...none, keepDays: 7 }
    expect(await retain(parts, collectionId, week)).toEqual({ snapshots: 2, raws: 0 })
    const { snapshots, versions: rows } = await kept()
    expect(snapshots.map((s) => [s.kind, s.pages, s.added, s.removed])).toEqual([
      ['first', 2, 2, 0],
      ['run', 1, 1, 1],
    ])
    expect(await kinds()).toEqual(['a new +1 -0', 'b new +1 -0', 'a changed +1 -1'])
    const read = await Promise.all(rows.map((v) => readText(parts.runtime, v.text_id ?? '')))
    expect(read).toEqual(['a3\n', 'b1\n', 'a4\n'])
    expect(await sizes(parts.runtime, collectionId)).toMatchObject({ versions: 3 })
    expect(await retain(parts, collectionId, week)).toEqual({ snapshots: 0, raws: 0 })
    expect((await verifyArchive(parts.runtime, collectionId)).damaged).toEqual([])
  })

  it('lets old bytes go, but never the newest of a page', async () => {
    const bytes = (n: number) => Buffer.from(`<p>${'x'.repeat(2000)}${n}`)
    for (const n of [9, 8, 7, 1]) {
      const [version] = await versions({ a: `${n}\n` })
      if (version)
        await recordSnapshot(parts, {
          ...(await snapshot(noon - n * day, {})),
          versions: [{ ...version, raw: bytes(n) }],
        })
    }
    const raws = async () => (await kept()).versions.map((v) => v.raw_id !== null)
    const none = { keepDays: null, keepRawDays: null, quotaBytes: null }
    await retain(parts, collectionId, { ...none, keepRawDays: 8 })
    expect(await raws()).toEqual([false, true, true, true])
    expect(await retain(parts, collectionId, { ...none, quotaBytes: 1 })).toMatchObject({ raws: 2 })
    expect(await raws()).toEqual([false, false, false, true])
    const last = (await kept()).versions.at(-1)?.raw_id ?? ''
    expect(await readRaw(parts.runtime, last)).toEqual(bytes(1))
  })
})
