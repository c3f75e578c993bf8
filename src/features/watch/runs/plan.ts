/** Which pages a run checks: what the sources name now, and what is known from before. Pure. */
import type { KnownSource } from '../collections/settings.ts'
import type { WatchTables } from '../tables.ts'
import type { Checked } from './check.ts'
import type { Failure } from './checking.ts'
import { fitting, type Listed, type SourceList } from './listing.ts'

export type PageRow = WatchTables['watch_pages']

export interface Target {
  /** Null: the page is new to the collection. */
  readonly row: PageRow | null
  readonly path: string
  readonly url: string
  readonly title: string | null
  readonly sourceId: string
  readonly within: string
  /** Its source names it now. */
  readonly listed: boolean
  /** Found out already: while its source was read. */
  readonly checked?: Checked
}

export interface SourceTrouble {
  readonly source: KnownSource
  readonly failure: Failure
}

export interface Plan {
  readonly targets: readonly Target[]
  readonly troubles: readonly SourceTrouble[]
}

/** Below this many known pages a list that shrinks is believed. */
const enoughToJudge = 3

/**
 * @param lists what each source answered, in the order of the sources; the first source that names a path has it
 *
 * Pages that their source no longer names are still checked, so that only a 404 makes them gone. A list that names nothing,
 * or less than half of the pages known from it, is a failure of the source: its pages are checked as if it named them.
 */
export function planRun(
  lists: readonly { readonly source: KnownSource; readonly list: SourceList }[],
  rows: readonly PageRow[],
): Plan {
  const known = new Map(rows.map((row) => [row.path, row]))
  const targets = new Map<string, Target>()
  const troubles: SourceTrouble[] = []
  const unlisted: { readonly source: KnownSource; readonly listed: boolean }[] = []
  for (const { source, list } of lists) {
    const mine = rows.filter((row) => row.source_id === source.id && isWatched(row))
    if (!list.ok) {
      troubles.push({ source, failure: list.failure })
      unlisted.push({ source, listed: true })
      continue
    }
    for (const page of list.pages) take(targets, known, page)
    const shrunk = shrinkage(source, list.pages, mine)
    if (shrunk) troubles.push({ source, failure: shrunk })
    unlisted.push({ source, listed: shrunk !== undefined })
  }
  for (const { source, listed } of unlisted)
    for (const target of remaining(source, listed, rows))
      if (!targets.has(target.path)) targets.set(target.path, target)
  return { targets: [...targets.values()], troubles }
}

/** Once there and not gone, or failing: it is looked at in each run. */
const isWatched = ({ state }: PageRow): boolean => state === 'present' || state === 'failing'

/** Of several addresses for one path the known one counts, else the first. */
function take(
  targets: Map<string, Target>,
  known: ReadonlyMap<string, PageRow>,
  page: Listed,
): void {
  const { path } = page
  const row = known.get(path) ?? null
  const before = targets.get(path)
  if (before !== undefined && !(row?.url === page.url && before.sourceId === page.sourceId)) return
  targets.set(path, { ...page, row, listed: true })
}

function shrinkage(
  source: KnownSource,
  pages: readonly Listed[],
  mine: readonly PageRow[],
): Failure | undefined {
  const url = 'url' in source ? source.url : (source.urls[0] ?? '')
  if (pages.length === 0)
    return {
      kind: 'empty',
      url,
      status: null,
      message: 'The source names no page of this collection.',
      remedy: 'Look at the list in a browser; check the prefix and the globs of the source.',
    }
  // A feed holds the newest entries only, and a list of addresses is what an admin wrote.
  if (source.kind === 'feed' || source.kind === 'urls' || mine.length < enoughToJudge)
    return undefined
  const named = new Set(pages.map((page) => page.path))
  const lost = mine.filter((row) => !named.has(row.path)).length
  if (lost * 2 <= mine.length) return undefined
  return {
    kind: 'empty',
    url,
    status: null,
    message: `The source leaves out ${lost} of its ${mine.length} known pages at once.`,
    remedy:
      'Look at the list in a browser. Pages that are really gone are noted as soon as they answer 404.',
  }
}

function* remaining(
  source: KnownSource,
  listed: boolean,
  rows: readonly PageRow[],
): Generator<Target> {
  const fits = fitting(source)
  // Addresses that an admin took out of the list are no longer watched.
  if (source.kind === 'urls') return
  for (const row of rows) {
    if (row.source_id !== source.id || !isWatched(row) || !fits(row)) continue
    // A repository that cannot be read says nothing of its files; one that was read says that they are gone.
    if (source.kind === 'git' && listed) continue
    yield {
      row,
      path: row.path,
      url: row.url,
      title: row.title,
      sourceId: source.id,
      within: withinOf(source, row.url),
      listed,
      ...(source.kind === 'git' ? { checked: { is: 'failed', failure: notInBranch(row) } } : {}),
    }
  }
}

const withinOf = (source: KnownSource, url: string): string =>
  ('prefix' in source ? source.prefix : undefined) ?? `${new URL(url).origin}/`

const notInBranch = ({ url }: PageRow): Failure => ({
  kind: 'gone',
  url,
  status: null,
  message: 'The file is not in the branch any more.',
  remedy: 'Nothing needs to be done; its history stays.',
})
