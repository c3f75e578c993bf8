import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  archiveMigrations,
  dropArchive,
  encodeRaw,
  encodeTexts,
  forget,
  indexLines,
  isOutdated,
  readLines,
  readManyIds,
  readRaw,
  readText,
  searchLines,
  sizes,
  squeeze,
  storeTexts,
  verifyArchive,
  whereLines,
  writeRaw,
  writeTexts,
} from '#features/watch/archive/index.ts'
import { systemClock } from '#kernel/clock.ts'
import { createIds } from '#kernel/ids.ts'
import { createLog } from '#kernel/log.ts'
import { createPool } from '#kernel/pool.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { queries, run } from '#kernel/work.ts'
import type { ArchiveTables } from '#features/watch/archive/tables.ts'
import { openEngine } from '../engine.ts'

const q = queries<ArchiveTables>()
let engine: Awaited<ReturnType<typeof openEngine>>
let runtime: Runtime
beforeEach(async () => {
  engine = await openEngine(archiveMigrations)
  runtime = {
    db: engine.db,
    clock: systemClock,
    ids: createIds(systemClock),
    log: createLog('silent'),
    pool: createPool({ size: 2 }),
  } as Runtime
})
afterEach(async () => {
  await runtime.pool.close()
  await engine.close()
})

const collection = 'col_one'
const store = async (pageKey: string, ...versions: string[]): Promise<readonly string[]> => {
  const [page] = await storeTexts(
    runtime,
    collection,
    [{ pageKey, versions }],
    function* (written) {
      return written
    },
  )
  return page?.textIds ?? []
}
/** A page whose versions differ by a line each. */
const versionsOf = (count: number, lines = 200): string[] => {
  const page = Array.from({ length: lines }, (_, i) => `line ${i} of the page\n`)
  return Array.from({ length: count }, (_, version) => {
    page[version % lines] = `line changed by version ${version}\n`
    return page.join('')
  })
}

describe('the archive', () => {
  it('gives every version back byte for byte, whatever its line ends are', async () => {
    const texts = [
      '',
      '\n',
      'a',
      'a\n',
      'a\r\nb\rc',
      'ü😀\n\n',
      '\u{feff}a\nb',
      'a\nb\nc\n',
      'c\nb\na',
    ]
    const ids = await store('p', ...texts)
    for (const [i, text] of texts.entries()) expect(await readText(runtime, ids[i]!)).toBe(text)
    const { lines, ids: numbers } = await readLines(runtime, ids[4]!)
    expect(lines).toEqual(['a\r\n', 'b\rc'])
    expect(numbers).toHaveLength(2)
    expect(await readManyIds(runtime, [ids[4]!, ids[0]!])).toEqual([numbers, new Int32Array(0)])
  })

  it('numbers equal lines equally in all pages, and tells a last line without its line feed apart', async () => {
    const [one] = await store('p', 'a\nb\nb')
    const [two] = await store('q', 'b\na\nb\n')
    const [first, second] = await readManyIds(runtime, [one!, two!])
    expect(first?.[0]).toBe(second?.[1])
    expect(first?.[1]).toBe(second?.[0])
    expect(first?.[2]).not.toBe(second?.[2])
  })

  it('gives the same text of a page the same id, in one batch and in another', async () => {
    const [a, b, again] = await store('p', 'a\n', 'b\n', 'a\n')
    expect(again).toBe(a)
    expect(await store('p', 'b\n', 'a\n')).toEqual([b, a])
    expect(await store('q', 'a\n')).not.toEqual([a])
  })

  it('keeps hundreds of versions that differ by a line in little more than one', async () => {
    const versions = versionsOf(300)
    const ids: string[] = []
    for (let at = 0; at < versions.length; at += 50)
      ids.push(...(await store('p', ...versions.slice(at, at + 50))))
    for (const at of [0, 1, 63, 64, 65, 150, 299])
      expect(await readText(runtime, ids[at]!)).toBe(versions[at])
    const { textBytes, versions: count } = await sizes(runtime, collection)
    expect(count).toBe(300)
    expect(textBytes).toBeLessThan(30_000)
  })

  it('lets no two writers number lines alike: who comes second encodes again', async () => {
    const a = await encodeTexts(runtime, collection, [{ pageKey: 'p', versions: ['one\n'] }])
    const b = await encodeTexts(runtime, collection, [{ pageKey: 'q', versions: ['two\n'] }])
    await runtime.db.tx(() => writeTexts(a))
    const late = await runtime.db.tx(() => writeTexts(b)).catch((error: unknown) => error)
    expect(isOutdated(late)).toBe(true)
    const many = await Promise.all(
      Array.from({ length: 8 }, (_, i) => store(`page ${i}`, `own ${i}\nshared\n`, `own ${i}\n`)),
    )
    for (const [i, [first, second]] of many.entries()) {
      expect(await readText(runtime, first!)).toBe(`own ${i}\nshared\n`)
      expect(await readText(runtime, second!)).toBe(`own ${i}\n`)
    }
  })

  it('keeps nothing of a transaction that failed, and goes on from what is stored', async () => {
    await store('p', 'a\n')
    const failing = storeTexts(
      runtime,
      collection,
      [{ pageKey: 'p', versions: ['lost\n'] }],
      function* () {
        throw new Error('no')
      },
    )
    await expect(failing).rejects.toThrow('no')
    const [id] = await store('p', 'kept\nlost\n')
    expect(await readText(runtime, id!)).toBe('kept\nlost\n')
    expect((await sizes(runtime, collection)).versions).toBe(2)
  })

  it('reads what was packed better, and what grew over several chunks', async () => {
    const texts = Array.from({ length: 4 }, (_, page) =>
      Array.from({ length: 6000 }, (_, i) => `${page} ${i} ${'some words '.repeat(8)}\n`).join(''),
    )
    const ids: string[] = []
    for (const text of texts) ids.push(...(await store('p', text)))
    expect((await squeeze(runtime, collection, 60_000)).done).toBe(true)
    for (const [i, text] of texts.entries()) expect(await readText(runtime, ids[i]!)).toBe(text)
    expect(await verifyArchive(runtime, collection)).toEqual({ checked: 4, damaged: [] })
  })

  it('finds what is damaged, and hands none of it out', async () => {
    const [good] = await store('p', 'good\n')
    const [bad] = await store('p', 'bad\nbad\n')
    await runtime.db.tx(() =>
      run(
        q
          .updateTable('watch_texts')
          .set({ sha256: Buffer.alloc(32) })
          .where('id', '=', bad!),
      ),
    )
    await expect(readText(runtime, bad!)).rejects.toMatchObject({ code: 'internal' })
    expect(await readText(runtime, good!)).toBe('good\n')
    expect(await verifyArchive(runtime, collection)).toEqual({
      checked: 2,
      damaged: [{ kind: 'text', id: bad, pageKey: 'p' }],
    })
    await runtime.db.tx(() =>
      run(q.updateTable('watch_line_chunks').set({ data: Buffer.from('no zstd') })),
    )
    expect((await verifyArchive(runtime, collection)).damaged).toHaveLength(2)
  })
})

const keep = async (bytes: Buffer, text?: string, textId?: string): Promise<string> => {
  const encoded = await encodeRaw(runtime, collection, {
    pageKey: 'p',
    bytes,
    ...(text !== undefined && { text }),
  })
  return runtime.db.tx(() => writeRaw(encoded, textId))
}

describe('raw bytes', () => {
  it('come back as they were, page after page, in less and less', async () => {
    const words = Array.from({ length: 4000 }, (_, i) => `<p>paragraph ${i * 7919} of it</p>`)
    const pages = Array.from({ length: 20 }, (_, version) => {
      words[version * 10] = `<p>changed ${version}</p>`
      return Buffer.from(words.join(''))
    })
    const ids: string[] = []
    for (const page of pages) ids.push(await keep(page))
    for (const [i, page] of pages.entries())
      expect((await readRaw(runtime, ids[i]!)).equals(page)).toBe(true)
    const { rawBytes } = await sizes(runtime, collection)
    expect(rawBytes).toBeLessThan(pages[0]!.length)
    expect(await keep(pages[3]!)).toBe(ids[3])
  })

  it('are not stored twice where they are a text already', async () => {
    const text = 'a page as the vendor serves it\n'
    const [textId] = await store('p', text)
    const id = await keep(Buffer.from(text), text, textId)
    expect((await readRaw(runtime, id)).toString()).toBe(text)
    expect((await sizes(runtime, collection)).rawBytes).toBe(0)
    const odd = Buffer.from([0xff, 0x00, 0x61])
    expect(await readRaw(runtime, await keep(odd, '\ufffda', textId))).toEqual(odd)
  })
})

describe('lines that ever existed', () => {
  const index = async () => {
    while (!(await indexLines(runtime, collection, 5)).done);
  }
  const find = async (query: string, cursor?: number, limit = 10) =>
    searchLines(runtime, collection, query, { limit, ...(cursor !== undefined && { cursor }) })

  it('are found with the pages and texts that have them, also when no page has them any more', async () => {
    const [first, second] = await store(
      'p',
      '# Title\n\nOld setting `a.b`\n',
      '# Title\n\nNew one\n',
    )
    const [other] = await store('q', 'Old setting `a.b`\n')
    await storeTexts(
      runtime,
      'col_two',
      [{ pageKey: 'x', versions: ['Old setting\n'] }],
      function* () {
        return undefined
      },
    )
    expect((await find('old')).items).toEqual([])
    await index()
    const { items, next } = await find('"setting a.b"')
    expect(items.map((item) => item.text)).toEqual(['Old setting `a.b`\n'])
    expect(next).toBeNull()
    expect(await whereLines(runtime, collection, [items[0]!.lineId])).toEqual([
      { lineId: items[0]!.lineId, pageKey: 'p', textIds: [first] },
      { lineId: items[0]!.lineId, pageKey: 'q', textIds: [other] },
    ])
    const title = (await find('title')).items[0]!
    expect((await whereLines(runtime, collection, [title.lineId]))[0]?.textIds).toEqual([
      first,
      second,
    ])
  })

  it('come page by page, the last first', async () => {
    await store('p', Array.from({ length: 700 }, (_, i) => `entry ${i}\n`).join(''))
    await index()
    const seen: string[] = []
    let cursor: number | undefined
    do {
      const { items, next } = await find('entry', cursor, 300)
      seen.push(...items.map((item) => item.text))
      cursor = next ?? undefined
    } while (cursor !== undefined)
    expect(seen).toEqual(Array.from({ length: 700 }, (_, i) => `entry ${699 - i}\n`))
  })
})

describe('forgetting', () => {
  const only = (texts: readonly string[], raws: readonly string[] = []) => ({
    *texts(ids: readonly string[]) {
      return new Set(ids.filter((id) => texts.includes(id)))
    },
    *raws(ids: readonly string[]) {
      return new Set(ids.filter((id) => raws.includes(id)))
    },
  })

  it('takes away what is not in use, and every other version reads as before', async () => {
    const versions = versionsOf(100)
    const ids = await store('p', ...versions)
    const [secret, calm] = await store('q', 'the password is tulip\nrest\n', 'rest\n')
    await indexLines(runtime, collection, 10_000)
    const left = [...ids.filter((_, i) => i >= 40 && i % 3 !== 0), calm!]
    const gone = await forget(runtime, collection, only(left))
    expect(gone.texts).toBe(102 - left.length)
    expect(gone.lines).toBeGreaterThan(40)
    await expect(readText(runtime, secret!)).rejects.toMatchObject({ code: 'not_found' })
    expect((await searchLines(runtime, collection, 'tulip', { limit: 5 })).items).toEqual([])
    expect(await verifyArchive(runtime, collection)).toEqual({ checked: left.length, damaged: [] })
    for (const id of left.slice(0, -1))
      expect(await readText(runtime, id)).toBe(versions[ids.indexOf(id)])
    // Who stored before goes on: the lines that are gone get other numbers when they come back.
    const [again] = await store('p', `${versions[0]!}the password is tulip\n`)
    expect(await readText(runtime, again!)).toBe(`${versions[0]!}the password is tulip\n`)
    expect(await forget(runtime, collection, only([...left, again!]))).toEqual({
      texts: 0,
      raws: 0,
      lines: 0,
    })
  })

  it('leaves what came to be used meanwhile', async () => {
    const [a] = await store('p', 'a\n', 'b\n')
    let asked = 0
    const changing = {
      ...only([]),
      *texts(ids: readonly string[]) {
        // Nothing at the first look; in the transaction one of them is.
        return new Set(asked++ === 0 ? [] : ids.filter((id) => id === a))
      },
    }
    expect((await forget(runtime, collection, changing)).texts).toBe(1)
    expect(await readText(runtime, a!)).toBe('a\n')
  })

  it('takes away raw bytes, and what rests on them stands alone', async () => {
    const pages = Array.from({ length: 12 }, (_, i) =>
      Buffer.from(`${'<p>page</p>'.repeat(50)}${i}`),
    )
    const ids: string[] = []
    for (const page of pages) ids.push(await keep(page))
    const text = 'text\n'
    const [textId] = await store('p', text)
    const asText = await keep(Buffer.from(text), text, textId)
    const left = [...ids.filter((_, i) => i % 4 === 3), asText]
    expect(await forget(runtime, collection, only([], left))).toMatchObject({ raws: 9, texts: 0 })
    for (const id of left.slice(0, -1))
      expect(await readRaw(runtime, id)).toEqual(pages[ids.indexOf(id)])
    expect((await readRaw(runtime, asText)).toString()).toBe(text)
  })

  it('takes a whole archive away, and another begins with nothing', async () => {
    await store('p', 'a tulip\n')
    await keep(Buffer.from('raw'))
    await indexLines(runtime, collection, 10_000)
    await dropArchive(runtime, collection)
    expect(await sizes(runtime, collection)).toEqual({
      textBytes: 0,
      rawBytes: 0,
      indexBytes: 0,
      versions: 0,
    })
    const [id] = await store('p', 'another\n')
    await indexLines(runtime, collection, 10_000)
    expect(await readText(runtime, id!)).toBe('another\n')
    expect((await searchLines(runtime, collection, 'tulip', { limit: 5 })).items).toEqual([])
  })
})
