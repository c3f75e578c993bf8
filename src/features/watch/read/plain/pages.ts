/** The pages themselves: values in, HTML out. */
import { addressesOf } from '../../schema.address.ts'
import type {
  ChangedPage,
  Changes,
  CollectionParams,
  Snapshot,
  SearchHit,
  StepKind,
  Version,
  WatchedPage,
} from '../../schema.ts'
import { markup, trusted, type Markup } from './markup.ts'
import { plain, plural, select, sizeMarkup, timeMarkup, timeText, type Choice } from './frame.ts'

const kindWords: Readonly<Record<StepKind, string>> = {
  new: 'new',
  gone: 'gone',
  moved: 'moved',
  changed: 'changed',
  quiet: 'formatting only',
  flip: 'flipped back',
  boundary: 'extracted anew',
}

export interface ListedCollection {
  readonly path: string
  readonly title: string
  readonly last: Snapshot | undefined
}

export const collectionsPage = (
  collections: readonly ListedCollection[],
  signedIn: boolean,
): Markup => markup`
${collections.length === 0 ? markup`<p>Nothing that you may read is watched here.</p>` : null}
${!signedIn && markup`<p class="note">Only public collections are listed. <a href="/watch">Sign in</a> with JavaScript for the others.</p>`}
<table class="list"><thead><tr><th scope="col">Collection</th><th scope="col">Address</th><th scope="col">Last change</th></tr></thead>
<tbody>${collections.map(
  ({ path, title, last }) => markup`
<tr><td><a href="${plain(`/watch/${path}`)}">${title}</a></td><td>${path}</td><td>${last ? markup`${timeMarkup(last.at)} ${sizeMarkup(last.added, last.removed)}` : 'none yet'}</td></tr>`,
)}</tbody></table>`

export interface CollectionView {
  readonly params: CollectionParams
  readonly snapshots: readonly Snapshot[]
  readonly pages: readonly WatchedPage[]
  readonly more: number
  readonly q: string
}

/** Pickers for any two moments, the timeline, and the pages. */
export function collectionPage({ params, snapshots, pages, more, q }: CollectionView): Markup {
  const at = addressesOf(params)
  return markup`
${snapshots.length > 1 && pickers(at.root, snapshots, snapshots[1]?.stamp, snapshots[0]?.stamp)}
${searchForm(at.root, '', false)}
<h2>Timeline</h2>
${timeline(snapshots, at.step)}
<h2>Pages</h2>
<form action="${at.root}" method="get"><input type="hidden" name="plain" value="1">
<label>Name contains<input name="q" value="${q}"></label><button>Show</button></form>
<table class="list"><thead><tr><th scope="col">Page</th><th scope="col">State</th><th scope="col">Last change</th><th scope="col">Versions</th></tr></thead>
<tbody>${pages.map(
    (page) => markup`
<tr><td><a href="${plain(at.page(page.page))}">${page.title ?? page.page}</a>${page.title !== null && markup`<br><span class="note">${page.page}</span>`}</td><td>${page.state}</td><td>${page.lastChange && markup`${timeMarkup(page.lastChange.at)} ${sizeMarkup(page.lastChange.added, page.lastChange.removed)}`}</td><td>${page.versions}</td></tr>`,
  )}</tbody></table>
${more > 0 && markup`<p class="note">${plural(more, 'more page')}: narrow the name down.</p>`}`
}

function timeline(snapshots: readonly Snapshot[], step: (a: string, b: string) => string): Markup {
  return markup`<table class="list"><thead><tr><th scope="col">When</th><th scope="col">Size</th><th scope="col">Pages</th></tr></thead>
<tbody>${snapshots.map((snapshot, i) => {
    const before = snapshots[i + 1]
    const words = timeMarkup(snapshot.at)
    return markup`
<tr><td>${before ? markup`<a href="${plain(step(before.stamp, snapshot.stamp))}">${words}</a>` : words}</td><td>${sizeMarkup(snapshot.added, snapshot.removed)}</td><td>${stepText(snapshot)}</td></tr>`
  })}</tbody></table>`
}

function stepText(snapshot: Snapshot): string {
  if (snapshot.kind === 'boundary') return snapshot.note ?? 'the extraction changed'
  const parts = [plural(snapshot.pages, 'page')]
  if (snapshot.newPages > 0) parts.push(`${snapshot.newPages} new`)
  if (snapshot.gonePages > 0) parts.push(`${snapshot.gonePages} gone`)
  if (snapshot.quietPages > 0) parts.push(`${snapshot.quietPages} in formatting only`)
  if (snapshot.flippedPages > 0) parts.push(`${snapshot.flippedPages} flipped back`)
  return parts.join(', ')
}

const choices = (
  snapshots: readonly { readonly stamp: string; readonly at: number }[],
): readonly Choice[] => snapshots.map(({ stamp, at }) => ({ value: stamp, label: timeText(at) }))

/** Two moments of any snapshots; `more` are further fields of the form. */
export const pickers = (
  action: string,
  snapshots: readonly { readonly stamp: string; readonly at: number }[],
  from: string | undefined,
  to: string | undefined,
  more: readonly Markup[] = [],
): Markup => markup`<form action="${action}" method="get"><input type="hidden" name="plain" value="1">
${select('from', 'From', choices(snapshots), from)}${select('to', 'To', choices(snapshots), to)}${more}<button>Compare</button></form>`

/** Lines that stand now or ever stood, and when. */
export const searchForm = (root: string, find: string, ever: boolean): Markup =>
  markup`<form action="${root}" method="get" role="search"><input type="hidden" name="plain" value="1">
<label>Find lines with<input name="find" value="${find}"></label>${select(
    'scope',
    'Where',
    [
      { value: 'current', label: 'as it is now' },
      { value: 'ever', label: 'all that ever stood here' },
    ],
    ever ? 'ever' : 'current',
  )}<button>Find</button></form>`

export function searchPage(
  params: CollectionParams,
  hits: readonly SearchHit[],
  form: Markup,
): Markup {
  const at = addressesOf(params)
  return markup`${form}
${hits.length === 0 && markup`<p>No line says that.</p>`}
<table class="list"><thead><tr><th scope="col">Line</th><th scope="col">Page</th><th scope="col">Appeared</th><th scope="col">Went</th></tr></thead>
<tbody>${hits.map(
    (hit) => markup`
<tr><td><code>${hit.text.trim()}</code></td><td><a href="${plain(at.page(hit.page), hit.disappeared === null ? {} : { at: hit.appeared?.stamp })}">${hit.title ?? hit.page}</a></td><td>${hit.appeared && timeMarkup(hit.appeared.at)}</td><td>${hit.disappeared ? timeMarkup(hit.disappeared.at) : 'still there'}</td></tr>`,
  )}</tbody></table>`
}

export interface StepView {
  readonly params: CollectionParams
  readonly snapshots: readonly Snapshot[]
  readonly a: string
  readonly b: string
  readonly changes: Omit<Changes, 'items' | 'next' | 'total'>
  readonly pages: readonly ChangedPage[]
}

export function stepPage({ params, snapshots, a, b, changes, pages }: StepView): Markup {
  const at = addressesOf(params)
  return markup`
${pickers(at.root, snapshots, a, b)}
${neighbours(
  snapshots.map((s) => s.stamp),
  a,
  b,
  at.step,
)}
<p class="facts">${plural(changes.pages, 'page')} changed ${sizeMarkup(changes.added, changes.removed)}
${changes.quietPages > 0 && markup`· ${changes.quietPages} in formatting only`} ${changes.flippedPages > 0 && markup`· ${changes.flippedPages} flipped back`}</p>
${changes.boundary !== null && markup`<p class="boundary">${changes.boundary}</p>`}
<table class="list"><thead><tr><th scope="col">Page</th><th scope="col">What</th><th scope="col">Size</th></tr></thead>
<tbody>${pages.map(
    (page) => markup`
<tr><td><a href="${plain(at.diff(page.page, a, b))}">${page.title ?? page.page}</a>${page.title !== null && markup`<br><span class="note">${page.page}</span>`}</td><td>${kindWords[page.kind]}${page.movedFrom !== null && ` (${page.movedFrom})`}</td><td>${sizeMarkup(page.added, page.removed)}</td></tr>`,
  )}</tbody></table>`
}

/** Links to the step before and the step after, in a list of stamps with the newest first. */
function neighbours(
  stamps: readonly string[],
  a: string,
  b: string,
  link: (a: string, b: string) => string,
): Markup {
  const older = stamps[stamps.indexOf(a) + 1]
  const newer = stamps[stamps.indexOf(b) - 1]
  return markup`<nav aria-label="Steps">
${stamps.includes(a) && older !== undefined && markup`<a rel="prev" href="${plain(link(older, a))}">← Previous step</a>`}
${stamps.includes(b) && newer !== undefined && markup`<a rel="next" href="${plain(link(b, newer))}">Next step →</a>`}
</nav>`
}

export interface TextView {
  readonly params: CollectionParams
  readonly page: string
  readonly url: string
  readonly at: number
  /** Sanitised. */
  readonly html: string
  readonly versions: readonly Version[]
}

export function textPage(view: TextView): Markup {
  const at = addressesOf(view.params)
  const { versions, page } = view
  return markup`
<p class="facts"><span>${page}</span> ${/^https?:/.test(view.url) && markup`<a href="${view.url}" rel="noreferrer noopener nofollow">The page itself</a>`} <span>as of ${timeMarkup(view.at)}</span></p>
${versions.length > 1 && pickers(at.page(page), versions, versions[1]?.stamp, versions[0]?.stamp)}
<article class="text">${trusted(view.html)}</article>
<h2>History</h2>
<table class="list"><thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col">Size</th></tr></thead>
<tbody>${versions.map((version, i) => {
    const before = versions[i + 1]
    const words = timeMarkup(version.at)
    return markup`
<tr><td>${before ? markup`<a href="${plain(at.diff(page, before.stamp, version.stamp))}">${words}</a>` : words} <a href="${plain(at.page(page), { at: version.stamp })}">text</a></td><td>${kindWords[version.kind]}</td><td>${sizeMarkup(version.added, version.removed)}</td></tr>`
  })}</tbody></table>`
}

export interface DiffView {
  readonly params: CollectionParams
  readonly page: string
  readonly a: string
  readonly b: string
  readonly snapshots: readonly Snapshot[]
  /** Of the page itself, newest first. */
  readonly stamps: readonly string[]
  readonly options: Readonly<Record<'view' | 'formatting' | 'context', string>>
  readonly added: number
  readonly removed: number
  readonly boundary: string | null
  /** `diffHtml`, or a sentence where nothing differs. */
  readonly table: Markup
  readonly cut: boolean
}

export function diffPage(view: DiffView): Markup {
  const { options, page, a, b } = view
  const at = addressesOf(view.params)
  const fields = [
    select(
      'view',
      'View',
      [
        { value: 'side', label: 'Side by side' },
        { value: 'unified', label: 'Unified' },
      ],
      options.view,
    ),
    select(
      'formatting',
      'Formatting',
      [
        { value: 'hidden', label: 'hidden' },
        { value: 'shown', label: 'shown' },
      ],
      options.formatting,
    ),
    select(
      'context',
      'Lines around',
      ['0', '3', '10', 'all'].map((value) => ({ value, label: value })),
      options.context,
    ),
  ]
  return markup`
<nav aria-label="This change"><a href="${plain(at.page(page))}">The page</a><a href="${plain(at.step(a, b))}">The whole step</a></nav>
${pickers(at.page(page), view.snapshots, a, b, fields)}
${neighbours(view.stamps, a, b, (x, y) => at.diff(page, x, y))}
<p class="facts">${page} ${sizeMarkup(view.added, view.removed)}</p>
${view.boundary !== null && markup`<p class="boundary">${view.boundary}</p>`}
${view.table}
${view.cut && markup`<p class="note">There is more than one page can show. Show fewer lines around each change, or take the diff from the API.</p>`}`
}
