import type { ReportPage, StepReport } from '#features/watch/index.ts'
import type { PageDiff } from '../watch/schema.history.ts'
import { clip, hunkHead, unifiedLines, type UnifiedLine } from './unified.ts'
import { kindWords, pagesWords } from './words.ts'

/**
 * The diff as HTML for mails and feeds. Every text is escaped and nothing of a watched page is markup here. Mail clients
 * drop style sheets and feed readers drop styles, so colours are inline, and signs, `del` and `ins` say the same without them.
 */
export interface MarkupOptions {
  /** Before the links, without a trailing slash. */
  readonly siteUrl: string
  /** Characters of a line; longer ones are cut. */
  readonly maxLine: number
  /** Characters of the whole; pages that do not fit are named without their diff. Some mail clients cut at 102 KB. */
  readonly maxSize: number
}

/** Escapes text for HTML; characters that XML cannot hold are left out, since feeds are XML. */
export function escapeHtml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

export const linkHtml = (href: string, text: string): string =>
  /^https?:/.test(href) ? `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>` : escapeHtml(text)

/** All pages of a step, each with its diff as far as there is room. */
export function stepHtml(report: StepReport, options: MarkupOptions): string {
  const parts: string[] = []
  if (report.keys !== null) parts.push(`<p><strong>${escapeHtml(report.keys)}</strong></p>`)
  let size = 0
  for (const page of report.pages) {
    const whole = pageHtml(page, options)
    const part = size + whole.length > options.maxSize ? headHtml(page, options) : whole
    size += part.length
    parts.push(part)
  }
  if (report.more > 0)
    parts.push(
      `<p>${linkHtml(options.siteUrl + report.link, `and ${pagesWords(report.more)} more`)}</p>`,
    )
  return parts.join('\n')
}

function headHtml(page: ReportPage, { siteUrl }: MarkupOptions): string {
  const size = `${escapeHtml(kindWords(page.kind))} +${page.added} −${page.removed}`
  return `<h3>${linkHtml(siteUrl + page.link, page.title ?? page.page)} <small>${size}</small></h3>
<p><small>${linkHtml(page.url, page.url)}</small></p>`
}

function pageHtml(page: ReportPage, options: MarkupOptions): string {
  const head = headHtml(page, options)
  if (page.diff === null) return head
  const more = page.cut
    ? `<p>${linkHtml(options.siteUrl + page.link, 'The rest of this change')}</p>`
    : ''
  return `${head}\n${diffTable(page.diff, options.maxLine)}${more}`
}

const style = {
  table: 'border-collapse:collapse;width:100%;font:12px/1.5 ui-monospace,Menlo,Consolas,monospace',
  number: 'padding:0 6px;color:#656d76',
  text: 'padding:0 6px;white-space:pre-wrap;word-break:break-word',
  '-': 'background:#ffebe9;color:#1f2328',
  '+': 'background:#e6ffec;color:#1f2328',
  del: 'background:#ffb3ad;text-decoration:none',
  ins: 'background:#9bebaf;text-decoration:none',
} as const

/** One page's diff as a table: two columns of line numbers, the sign, the line. */
export function diffTable(diff: PageDiff, maxLine: number): string {
  const rows = diff.hunks.flatMap((hunk) => [
    `<tr><td colspan="4" style="${style.number}">${escapeHtml(hunkHead(hunk))}</td></tr>`,
    ...unifiedLines(hunk.rows).map((line) => rowHtml(clip(line, maxLine))),
  ])
  return `<table style="${style.table}" cellpadding="0" cellspacing="0">\n${rows.join('\n')}\n</table>`
}

function rowHtml(line: UnifiedLine): string {
  const number = (n: number | null): string =>
    `<td align="right" valign="top" style="${style.number}">${n ?? ''}</td>`
  const look = line.sign === ' ' ? '' : ` style="${style[line.sign]}"`
  const sign = { ' ': '&nbsp;', '-': '−', '+': '+' }[line.sign]
  const moved = line.moved ? ' <small>(moved)</small>' : ''
  return `<tr${look}>${number(line.left)}${number(line.right)}<td valign="top">${sign}</td><td style="${style.text}">${markedHtml(line)}${moved}</td></tr>`
}

function markedHtml({ sign, text, marks }: UnifiedLine): string {
  if (sign === ' ' || marks.length === 0) return escapeHtml(text)
  const tag = sign === '-' ? 'del' : 'ins'
  let html = ''
  let at = 0
  for (const [from, to] of marks) {
    html += escapeHtml(text.slice(at, from))
    html += `<${tag} style="${style[tag]}">${escapeHtml(text.slice(from, to))}</${tag}>`
    at = to
  }
  return html + escapeHtml(text.slice(at))
}
