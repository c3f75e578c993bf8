/**
 * A layout as an HTML table: what the server answers where there is no JavaScript, and what pages,
 * feeds and exports embed. Class names, no styles, so that it stands under a strict
 * Content-Security-Policy. Whatever the texts hold comes out as text.
 */
import type { Place } from './moves.ts'
import type { Cell, Gap, Layout, Row, UnifiedRow } from './rows.ts'
import type { Mark } from './words.ts'

export type HtmlOptions = {
  /** What the table shows, for those who cannot see that it is a diff: "admin-setup, 2 to 5 May". */
  readonly caption: string
  readonly leftLabel: string
  readonly rightLabel: string
  /**
   * Put before the ids `L12` and `R15` of the line numbers, where one document holds several tables.
   * `''` when left out.
   */
  readonly idPrefix?: string
  /** Where a line number leads; `#L12` and `#R15` with the prefix when left out. */
  readonly lineHref?: (side: 'left' | 'right', line: number) => string
  /** Where a gap's link leads, by its number from 0; without it a gap is no link. */
  readonly gapHref?: (gap: number) => string
  /** Makes each gap a button with its number in `data-gap`, for a script to listen to. */
  readonly gapButtons?: boolean
  /** Where the place of a moved line leads, when it is on another page. No link when left out. */
  readonly placeHref?: (place: Place, side: 'left' | 'right') => string
}

/** `split` for a layout of `sideBySide`, `unified` for one of `unified`. */
export type HtmlView =
  | { readonly view: 'split'; readonly layout: Layout<Row> }
  | { readonly view: 'unified'; readonly layout: Layout<UnifiedRow> }

type Side = 'left' | 'right'
type Tone = 'same' | 'removed' | 'added' | 'none'

/**
 * The table. Each line stands in a cell `td.gh-diff-text` whose `data-side` says `same`, `removed`,
 * `added` or `none`, after a hidden word that says the same to a screen reader; changed words are
 * `<del>` and `<ins>`. Numbers are links to themselves and carry the ids.
 */
export function diffHtml({ view, layout }: HtmlView, options: HtmlOptions): string {
  const split = view === 'split'
  const head = split
    ? `<th scope="col" colspan="2">${escapeHtml(options.leftLabel)}</th>` +
      `<th scope="col" colspan="2">${escapeHtml(options.rightLabel)}</th>`
    : `<th scope="col" colspan="3">${escapeHtml(options.leftLabel)} → ${escapeHtml(options.rightLabel)}</th>`
  const parts = [
    `<table class="gh-diff-table ${split ? 'gh-diff-split' : 'gh-diff-one'}">`,
    `<caption>${escapeHtml(options.caption)}</caption><thead><tr>${head}</tr></thead><tbody>\n`,
  ]
  let gap = 0
  let above: Row | UnifiedRow | undefined
  const sections: Layout<Row | UnifiedRow> = layout
  sections.forEach((part, index) => {
    if (part.type === 'hunk') {
      for (const row of part.rows) {
        const place = beginsMove(row, above) ? placeOf(row) : undefined
        parts.push('text' in row ? unifiedRow(row, place, options) : splitRow(row, place, options))
        above = row
      }
      return
    }
    const next = sections[index + 1]
    const section = next?.type === 'hunk' ? next.section : null
    parts.push(gapRow(part, gap++, section, split ? 4 : 3, options))
  })
  parts.push('</tbody></table>\n')
  return parts.join('')
}

const placeOf = (row: Row | UnifiedRow): Place | undefined =>
  ('movedTo' in row ? row.movedTo : undefined) ?? ('movedFrom' in row ? row.movedFrom : undefined)

/** Where a block went is said at its first line, not at each. */
function beginsMove(row: Row | UnifiedRow, above: Row | UnifiedRow | undefined): boolean {
  const place = placeOf(row)
  const before = above === undefined ? undefined : placeOf(above)
  const goesOn = place?.page === before?.page && place?.line === (before?.line ?? 0) + 1
  return !goesOn || above === undefined || (row.left === null) !== (above.left === null)
}

function splitRow(row: Row, place: Place | undefined, options: HtmlOptions): string {
  const left = toneOf(row.kind, row.left, 'removed')
  const right = toneOf(row.kind, row.right, 'added')
  const { kind } = row
  return [
    `<tr class="gh-diff-row" data-kind="${kind}">`,
    numberCell('left', row.left?.line ?? null, left, options),
    textCell(row.left, { kind, tone: left, side: 'left', place }, options),
    numberCell('right', row.right?.line ?? null, right, options),
    textCell(row.right, { kind, tone: right, side: 'right', place }, options),
    '</tr>\n',
  ].join('')
}

function toneOf(kind: Row['kind'], cell: Cell | null, changed: Tone): Tone {
  if (cell === null) return 'none'
  return kind === 'same' ? 'same' : changed
}

function unifiedRow(row: UnifiedRow, place: Place | undefined, options: HtmlOptions): string {
  const { kind } = row
  const gone = row.right === null
  const tone: Tone = kind === 'moved' ? (gone ? 'removed' : 'added') : kind
  return [
    `<tr class="gh-diff-row" data-kind="${kind}">`,
    numberCell('left', row.left, tone, options),
    numberCell('right', row.right, tone, options),
    textCell(row, { kind, tone, side: gone ? 'left' : 'right', place }, options),
    '</tr>\n',
  ].join('')
}

function numberCell(side: Side, line: number | null, tone: Tone, options: HtmlOptions): string {
  if (line === null) return `<td class="gh-diff-number" data-side="${tone}"></td>`
  const id = `${escapeHtml(options.idPrefix ?? '')}${side === 'left' ? 'L' : 'R'}${line}`
  const href = options.lineHref === undefined ? `#${id}` : escapeHtml(options.lineHref(side, line))
  const said = `${side === 'left' ? 'old' : 'new'} line ${line}`
  return (
    `<td class="gh-diff-number" data-side="${tone}" id="${id}">` +
    // Ten thousand stops of the Tab key would be in the way; the changes have keys of their own.
    `<a href="${href}" tabindex="-1" aria-label="${said}">${line}</a></td>`
  )
}

type Shown = {
  readonly kind: Row['kind']
  readonly tone: Tone
  readonly side: Side
  /** Where the block that begins here stands on the other side. */
  readonly place: Place | undefined
}

function textCell(
  cell: Pick<Cell, 'text' | 'marks' | 'ended'> | null,
  { kind, tone, side, place }: Shown,
  options: HtmlOptions,
): string {
  if (cell === null) return '<td class="gh-diff-text" data-side="none"></td>'
  const changed = tone === 'removed' || tone === 'added'
  return [
    `<td class="gh-diff-text" data-side="${tone}">`,
    changed ? `<span class="gh-diff-said">${kind === 'moved' ? kind : tone}: </span>` : '',
    markedHtml(cell.text, cell.marks, tone === 'removed' ? 'del' : 'ins'),
    cell.ended || !changed ? '' : '<span class="gh-diff-note">no line feed at the end</span>',
    place === undefined ? '' : placeHtml(place, side, options),
    '</td>',
  ].join('')
}

/** The text of a line with its changed words in elements of that name. */
function markedHtml(text: string, marks: readonly Mark[], name: 'del' | 'ins'): string {
  if (marks.length === 0) return escapeHtml(text)
  const parts: string[] = []
  let at = 0
  for (const [from, to] of marks) {
    parts.push(escapeHtml(text.slice(at, from)))
    parts.push(`<${name}>${escapeHtml(text.slice(from, to))}</${name}>`)
    at = to
  }
  parts.push(escapeHtml(text.slice(at)))
  return parts.join('')
}

function placeHtml(place: Place, side: Side, options: HtmlOptions): string {
  const way = side === 'left' ? 'moved to' : 'moved from'
  const where = place.page === null ? `line ${place.line}` : `${place.page}, line ${place.line}`
  const words = escapeHtml(`${way} ${where}`)
  // On the same page the other half of the move is a row of this table.
  const id = `${options.idPrefix ?? ''}${side === 'left' ? 'R' : 'L'}${place.line}`
  const href = place.page === null ? `#${id}` : options.placeHref?.(place, side)
  const inner = href === undefined ? words : `<a href="${escapeHtml(href)}">${words}</a>`
  return `<span class="gh-diff-note">${inner}</span>`
}

function gapRow(
  { lines }: Gap,
  number: number,
  section: string | null,
  columns: number,
  { gapHref, gapButtons = false }: HtmlOptions,
): string {
  const words = `${lines} unchanged ${lines === 1 ? 'line' : 'lines'}`
  const gap = `data-gap="${number}"`
  const inner =
    gapHref !== undefined
      ? `<a ${gap} href="${escapeHtml(gapHref(number))}">${words}</a>`
      : gapButtons
        ? `<button type="button" ${gap}>${words}</button>`
        : `<span ${gap}>${words}</span>`
  const head = section === null ? '' : ` <code>${escapeHtml(section)}</code>`
  return `<tr class="gh-diff-gap"><td colspan="${columns}">${inner}${head}</td></tr>\n`
}

const SPECIAL = /["&'<>\r\0]/g
const ENTITIES: Readonly<Record<string, string>> = {
  '"': '&quot;',
  '&': '&amp;',
  "'": '&#39;',
  '<': '&lt;',
  '>': '&gt;',
  // A parser would read a carriage return as a line feed, and must not meet U+0000 (HTML, 13.2.3.5).
  '\r': '&#13;',
  '\0': '\uFFFD',
}

/** Text as HTML, for element content and for attributes in quotes. */
export function escapeHtml(text: string): string {
  return text.replace(SPECIAL, (sign) => ENTITIES[sign] ?? '')
}
