/** The table of a diff for a page without JavaScript, as a task for a thread of the pool. */
import { diffHtml, type Layout } from '#history/index.ts'
import { compare, htmlView, type CompareInput } from '../compare.ts'
import type { DiffOptions } from '../../schema.ts'

export interface TableInput extends CompareInput {
  readonly view: DiffOptions['view']
  readonly caption: string
  readonly labels: { readonly left: string; readonly right: string }
  /** Where a gap leads: the same diff with everything around it. */
  readonly whole: string
  /** Before and behind the path of another page, where moved text stands. */
  readonly other: readonly [before: string, behind: string]
}

export interface Table {
  /** Empty where nothing differs. */
  readonly html: string
  readonly added: number
  readonly removed: number
  readonly formattingOnly: boolean
  /** There are more rows. */
  readonly cut: boolean
}

/** Rows of one page: a browser lays out ten thousand in about a second. */
const mostRows = 10_000

export function tableTask(input: TableInput): Table {
  const found = compare(input)
  const view = htmlView(input.view, found, input.options.context)
  const { added, removed, formattingOnly } = found
  const sums = { added, removed, formattingOnly }
  if (view.layout.every((part) => part.type === 'gap')) return { ...sums, html: '', cut: false }
  const options = {
    caption: input.caption,
    leftLabel: input.labels.left,
    rightLabel: input.labels.right,
    gapHref: () => input.whole,
    placeHref: ({ page }: { readonly page: string | null }) =>
      input.other.join((page ?? '').split('/').map(encodeURIComponent).join('/')),
  }
  if (view.view === 'split') {
    const { layout, cut } = firstRows(view.layout)
    return { ...sums, html: diffHtml({ view: 'split', layout }, options), cut }
  }
  const { layout, cut } = firstRows(view.layout)
  return { ...sums, html: diffHtml({ view: 'unified', layout }, options), cut }
}

function firstRows<R>(layout: Layout<R>): { readonly layout: Layout<R>; readonly cut: boolean } {
  const parts: Layout<R>[number][] = []
  let left = mostRows
  for (const part of layout) {
    if (left <= 0) return { layout: parts, cut: true }
    if (part.type === 'gap') {
      parts.push(part)
      continue
    }
    const { rows } = part
    parts.push(rows.length > left ? { ...part, rows: rows.slice(0, left) } : part)
    if (rows.length > left) return { layout: parts, cut: true }
    left -= rows.length
  }
  return { layout: parts, cut: false }
}
