/** What each page without JavaScript needs to know, read and handed to its markup. */
import type { WatchParts } from '../../parts.ts'
import { addressesOf } from '../../schema.address.ts'
import { diffOptions, type CollectionParams } from '../../schema.ts'
import { followedCollections } from '../../followed.ts'
import { readText } from '../../archive/index.ts'
import { changedSet } from '../changes.ts'
import { compareInput } from '../diff.ts'
import { newestSnapshot, pageAt, type CollectionRow } from '../load.ts'
import { htmlOf, pageThen } from '../page.ts'
import { noteOf, pairAt, snapshotPair } from '../pair.ts'
import { sideOf, sumsOf } from '../routes.changes.ts'
import { searchPages } from '../search.ts'
import { changedBetween } from '../store.changes.ts'
import { countPages, listPages, listVersions, type PageFilter } from '../store.pages.ts'
import { boundariesBetween, listSnapshots } from '../store.snapshots.ts'
import { compute } from '../texts.ts'
import { pageView, snapshotView, versionView } from '../views.ts'
import { nothing } from '../written.task.ts'
import { wordsOf } from '../written.ts'
import { plain, timeText, type PlainPage } from './frame.ts'
import { markup, trusted } from './markup.ts'
import {
  collectionPage,
  collectionsPage,
  diffPage,
  searchForm,
  searchPage,
  stepPage,
  textPage,
} from './pages.ts'
import { tableTask, type Table, type TableInput } from './table.task.ts'

export interface Asked {
  readonly parts: WatchParts
  readonly collection: CollectionRow
  readonly params: CollectionParams
  readonly query: URLSearchParams
}

/** Snapshots in a picker or a timeline; a form of ten thousand options serves nobody. */
const mostSnapshots = 1000
const mostPages = 200
const mostVersions = 200
const mostHits = 200

const collections = { label: 'Collections', to: '/watch' }

export async function listScreen(
  { runtime }: WatchParts,
  mayRead: boolean,
  signedIn: boolean,
): Promise<PlainPage> {
  const listed = await runtime.db.read(function* () {
    const found = []
    for (const { id, path, title, visibility } of yield* followedCollections()) {
      if (!mayRead && visibility !== 'public') continue
      const last = yield* newestSnapshot(id)
      found.push({ path, title, last: last && snapshotView(last) })
    }
    return found
  })
  return { title: 'Collections', trail: [collections], body: collectionsPage(listed, signedIn) }
}

export async function collectionScreen(asked: Asked): Promise<PlainPage> {
  const { parts, collection, params, query } = asked
  const q = query.get('q')?.trim() ?? ''
  const { snapshots, items, total } = await parts.runtime.db.read(function* () {
    const filter: PageFilter = {
      collectionId: collection.id,
      text: q.toLowerCase(),
      sort: 'page',
    }
    const { items } = yield* listPages(filter, undefined, mostPages)
    return {
      snapshots: yield* newestSnapshots(collection.id),
      items,
      total: yield* countPages(filter),
    }
  })
  return {
    title: collection.title,
    trail: trailOf(asked),
    body: collectionPage({
      params,
      snapshots: snapshots.map(snapshotView),
      pages: items.map((row) => pageView(row, false)),
      more: total - items.length,
      q,
    }),
  }
}

export async function searchScreen(asked: Asked, find: string): Promise<PlainPage> {
  const { parts, collection, params, query } = asked
  const ever = query.get('scope') === 'ever'
  const { items } = await searchPages(parts, collection.id, {
    q: find.slice(0, 200),
    scope: ever ? 'ever' : 'current',
    limit: mostHits,
  })
  return {
    title: `${collection.title}: ${find}`,
    trail: trailOf(asked),
    body: searchPage(params, items, searchForm(addressesOf(params).root, find, ever)),
  }
}

export async function stepScreen(
  asked: Asked,
  stamps: { readonly a: string; readonly b: string },
): Promise<PlainPage> {
  const { parts, collection, params } = asked
  const found = await parts.runtime.db.read(function* () {
    const { a, b } = yield* snapshotPair(collection.id, stamps)
    const between = [collection.id, a.moment, b.moment] as const
    return {
      a,
      b,
      rows: yield* changedBetween(...between),
      notes: (yield* boundariesBetween(...between)).map(noteOf),
      snapshots: yield* newestSnapshots(collection.id),
    }
  })
  const { a, b, notes } = found
  const how = { formatting: 'hidden', ignored: 'hidden' } as const
  const { pages } = await changedSet(parts, collection, found.rows, how)
  return {
    title: `${collection.title}: ${timeText(a.at)} to ${timeText(b.at)}`,
    trail: trailOf(asked),
    body: stepPage({
      params,
      snapshots: found.snapshots.map(snapshotView),
      a: a.stamp,
      b: b.stamp,
      changes: {
        from: sideOf(a),
        to: sideOf(b),
        ...sumsOf(pages),
        boundary: notes.length === 0 ? null : notes.join(' '),
      },
      pages: pages.filter(({ kind }) => kind !== 'quiet'),
    }),
  }
}

export async function textScreen(asked: Asked, path: string): Promise<PlainPage> {
  const { parts, collection, params, query } = asked
  const { then, rows } = await parts.runtime.db.read(function* () {
    const then = yield* pageThen(collection, path, query.get('at') ?? undefined)
    return { then, ...(yield* listVersions(then.page.id, '', undefined, mostVersions)) }
  })
  const { page, version } = then
  return {
    title: page.title ?? page.path,
    trail: trailOf(asked),
    body: textPage({
      params,
      page: page.path,
      url: page.url,
      at: version.at,
      html: await htmlOf(parts, await readText(parts.runtime, version.text_id)),
      versions: rows.slice(0, mostVersions).map(versionView),
    }),
  }
}

export async function diffScreen(
  asked: Asked,
  place: { readonly page: string; readonly a: string; readonly b: string },
): Promise<PlainPage> {
  const { parts, collection, params, query } = asked
  const options = diffOptions.catch(diffOptions.parse({})).parse(Object.fromEntries(query))
  const found = await parts.runtime.db.read(function* () {
    const page = yield* pageAt(collection.id, place.page)
    return {
      pair: yield* pairAt(collection, place.page, place),
      snapshots: yield* newestSnapshots(collection.id),
      versions: (yield* listVersions(page.id, '', undefined, mostVersions)).rows,
    }
  })
  const { pair } = found
  const words = wordsOf(collection, pair)
  const at = addressesOf(params)
  const shown = {
    view: options.view,
    formatting: options.formatting,
    context: String(options.context),
  }
  const { input, characters } = await compareInput(parts, collection, pair, options)
  const table = await compute<TableInput, Table>(
    parts,
    { run: tableTask, name: 'tableTask', url: new URL('./table.task.ts', import.meta.url) },
    {
      ...input,
      view: options.view,
      caption: words.title,
      labels: words.labels,
      whole: plain(at.diff(place.page, place.a, place.b), { ...shown, context: 'all' }),
      other: [`${at.root}/`, plain(`/diff/${place.a}/${place.b}`)],
    },
    characters,
  )
  return {
    title: words.title,
    trail: trailOf(asked),
    body: diffPage({
      params,
      page: place.page,
      a: place.a,
      b: place.b,
      snapshots: found.snapshots.map(snapshotView),
      stamps: found.versions.map(({ stamp }) => stamp),
      options: shown,
      added: table.added,
      removed: table.removed,
      boundary: pair.boundary,
      table:
        table.html === '' ? markup`<p>${nothing(table.formattingOnly)}</p>` : trusted(table.html),
      cut: table.cut,
    }),
  }
}

const trailOf = ({ collection, params }: Asked): PlainPage['trail'] => [
  collections,
  { label: collection.title, to: addressesOf(params).root },
]

const newestSnapshots = (collectionId: string) =>
  listSnapshots(collectionId, { text: '', quiet: true }, undefined, mostSnapshots)
