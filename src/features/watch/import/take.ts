/** Takes a batch of an uploaded history in: files → pages → snapshots with their true times. */
import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { parseSettings, type Settings } from '../collections/settings.ts'
import { EXTRACTORS } from '../extract/index.ts'
import type { WatchParts } from '../parts.ts'
import type { CollectionRow } from '../read/load.ts'
import { derive } from '../record/extractor.ts'
import { recordInTurn, type NewSnapshot, type NewVersion } from '../record/record.ts'
import type { ImportBatch } from '../schema.ts'
import { createPlaces, fileKind, pageOfFile, type FileKind } from './paths.ts'
import {
  advanceImport,
  filesOf,
  importById,
  insertPage,
  pagesByPath,
  saveFile,
  titlePage,
  type ImportRow,
  type PageIds,
} from './store.ts'
import { titleOf } from './title.ts'

type UploadedFile = ImportBatch['snapshots'][number]['files'][number]

/** What one uploaded snapshot becomes. */
interface Taken {
  readonly snapshot: NewSnapshot
  readonly key: string
  readonly leftOut: number
  /** Files whose page or presence changed with it. */
  readonly files: readonly {
    readonly file: string
    readonly page: string
    readonly present: boolean
  }[]
  readonly titles: ReadonlyMap<string, string>
}

/**
 * Records the batch. Each transaction notes how far the import is, so whatever ends in the middle goes on from there.
 * Throws `edited_meanwhile` with the true number when the batch does not start where the import stands. The caller has the
 * collection's turn (record/turn.ts).
 */
export async function takeBatch(
  parts: WatchParts,
  collection: CollectionRow,
  row: ImportRow,
  batch: ImportBatch,
): Promise<ImportRow> {
  if (batch.after !== row.received) throw elsewhere(row.received)
  const settings = parseSettings(collection)
  const names = namesIn(batch)
  const places = createPlaces(await knownPlaces(parts, collection.id, names))
  const pages = createPages(parts, collection, settings)
  const taken: Taken[] = []
  const now = parts.runtime.clock()
  let at = row.last_at ?? 0
  for (const uploaded of batch.snapshots) {
    // Commits need not stand in the order of their times, but history has one order: theirs. What a wrong clock dated after
    // today was not true then: it would stand before everything that is still to be seen.
    at = Math.max(at, Math.min(uploaded.at, now))
    taken.push(
      await takeSnapshot(parts, settings, { ...uploaded, at }, places, pages, collection.id),
    )
  }
  await recordInTurn(
    parts,
    taken.map(({ snapshot }) => snapshot),
    { alongside: (done) => note(collection.id, row, taken, done) },
  )
  return found(await parts.runtime.db.read(() => importById(collection.id, row.id)), 'import')
}

/** In the transaction of the snapshots: how far the import is, and which files its pages are by now. */
function* note(
  collectionId: string,
  row: ImportRow,
  taken: readonly Taken[],
  { from, to, versions }: { from: number; to: number; versions: number },
): Work<void> {
  const mine = taken.slice(from, to)
  const last = mine.at(-1)
  if (last === undefined) return
  const advanced = yield* advanceImport(row.id, row.received + from, {
    received: row.received + to,
    versions,
    leftOut: mine.reduce((n, t) => n + t.leftOut, 0),
    lastKey: last.key,
    lastAt: last.snapshot.at,
  })
  if (!advanced) throw elsewhere((yield* importById(collectionId, row.id))?.received ?? 0)
  for (const { files, titles } of mine) {
    for (const { file, page, present } of files)
      yield* saveFile({ collection_id: collectionId, file, page, present: present ? 1 : 0 })
    for (const [pageId, title] of titles) yield* titlePage(pageId, title)
  }
}

const elsewhere = (received: number): Problem =>
  new Problem('edited_meanwhile', `The import stands at ${received} snapshots.`, {
    remedy: 'Go on after that many.',
    data: { received },
  })

const namesIn = ({ snapshots }: ImportBatch): readonly string[] => [
  ...new Set(snapshots.flatMap((s) => s.files.map((f) => f.path)).filter(isPage)),
]
const isPage = (path: string): boolean => fileKind(path) !== undefined

async function knownPlaces(parts: WatchParts, collectionId: string, names: readonly string[]) {
  const rows = await parts.runtime.db.read(function* () {
    // A file may have to stand beside another one, on a page that keeps its ending.
    const pages = names.flatMap((name) => [pageOfFile(name), pageOfFile(`${name}.md`)])
    const mine = yield* filesOf(collectionId, names, pages)
    const further = mine.map((row) => row.page)
    return [...mine, ...(yield* filesOf(collectionId, [], further))]
  })
  return rows.map(({ file, page, present }) => ({ file, page, present: present === 1 }))
}

type Pages = ReturnType<typeof createPages>

/** The rows of pages by path, made where there is none. */
function createPages(parts: WatchParts, collection: CollectionRow, settings: Settings) {
  const { runtime } = parts
  const known = new Map<string, PageIds>()
  const base = settings.sources.flatMap((s) =>
    'prefix' in s && s.prefix !== undefined ? [s.prefix] : [],
  )[0]
  return {
    /** Where relative links of imported HTML lead; undefined: nobody knows. */
    base,
    async ensure(paths: readonly string[]): Promise<void> {
      const wanted = paths.filter((path) => !known.has(path))
      for (let at = 0; at < wanted.length; at += 200) {
        const some = wanted.slice(at, at + 200)
        const rows = await runtime.db.tx(function* () {
          const there = new Set((yield* pagesByPath(collection.id, some)).map((r) => r.path))
          for (const path of some.filter((p) => !there.has(p)))
            yield* insertPage({
              id: runtime.ids('wpg'),
              path,
              url: base === undefined ? '' : new URL(path, base).href,
              collectionId: collection.id,
              at: runtime.clock(),
            })
          return yield* pagesByPath(collection.id, some)
        })
        for (const row of rows) known.set(row.path, row)
      }
    },
    of: (path: string): PageIds => known.get(path) as PageIds,
  }
}

async function takeSnapshot(
  parts: WatchParts,
  settings: Settings,
  { key, at, files }: { key: string; at: number; files: readonly UploadedFile[] },
  places: ReturnType<typeof createPlaces>,
  pages: Pages,
  collectionId: string,
): Promise<Taken> {
  const changes = new Map<string, { file: string; page: string; present: boolean }>()
  const versions = new Map<string, NewVersion>()
  const titles = new Map<string, string>()
  const inOrder = [...files].sort((x, y) => (x.path < y.path ? -1 : 1))
  const gone: string[] = []
  for (const { path } of inOrder.filter((f) => f.bytes === null)) {
    const page = places.leave(path)
    if (page === undefined) continue
    changes.set(path, { file: path, page, present: false })
    gone.push(page)
  }
  const there = inOrder.flatMap((f) => {
    const kind = fileKind(f.path)
    return f.bytes === null || kind === undefined
      ? []
      : [{ kind, bytes: Buffer.from(f.bytes, 'base64'), ...places.take(f.path) }]
  })
  await pages.ensure([...gone, ...there.map((f) => f.page)])
  let leftOut = inOrder.filter((f) => f.bytes !== null).length - there.length
  for (const { kind, bytes, file, page } of there) {
    changes.set(file, { file, page, present: true })
    const { id, url } = pages.of(page)
    const made = await textOf(parts, settings, kind, bytes, pages.base === undefined ? '' : url)
    if (made === null) leftOut++
    else {
      const { text, extractor, contentType, title } = made
      versions.set(id, { pageId: id, page, text, raw: bytes, contentType, extractor })
      if (title !== null) titles.set(id, title)
    }
  }
  for (const page of gone) {
    const { id } = pages.of(page)
    if (places.holder(page) === undefined)
      versions.set(id, {
        pageId: id,
        page,
        text: null,
        raw: null,
        contentType: null,
        extractor: '',
      })
  }
  return {
    snapshot: {
      collectionId,
      at,
      kind: 'import',
      runId: null,
      importKey: key,
      versions: [...versions.values()],
      announce: false,
    },
    key,
    leftOut,
    files: [...changes.values()],
    titles,
  }
}

interface Made {
  readonly text: string
  readonly extractor: string
  readonly contentType: string
  readonly title: string | null
}

/** Markdown and plain text stay as they are; HTML goes through the collection's extraction. Null: nothing can be made of it. */
async function textOf(
  parts: WatchParts,
  settings: Settings,
  kind: FileKind,
  bytes: Buffer,
  url: string,
): Promise<Made | null> {
  if (kind === 'html') {
    const contentType = 'text/html'
    const derived = await derive(parts, { bytes, contentType, url }, settings.extract)
    return derived === null ? null : { ...derived, contentType }
  }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  return {
    text,
    extractor: EXTRACTORS[kind],
    contentType: kind === 'markdown' ? 'text/markdown; charset=utf-8' : 'text/plain; charset=utf-8',
    title: kind === 'markdown' ? titleOf(text) : null,
  }
}
