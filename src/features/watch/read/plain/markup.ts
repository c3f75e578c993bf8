/** HTML that is put together without forgetting to escape. */
import { escapeHtml } from '#history/index.ts'

/** HTML as it goes out. */
export interface Markup {
  readonly html: string
}

export type Part = string | number | Markup | readonly Markup[] | null | undefined | false

/** Text in the holes is escaped, for content and for quoted attributes alike; markup stays what it is. */
export const markup = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup => ({
  html: strings.map((text, i) => (i === 0 ? text : `${written(parts[i - 1])}${text}`)).join(''),
})

/** HTML that was made, or sanitised, elsewhere. */
export const trusted = (html: string): Markup => ({ html })

function written(part: Part): string {
  if (part === null || part === undefined || part === false) return ''
  if (typeof part === 'string') return escapeHtml(part)
  if (typeof part === 'number') return String(part)
  return 'html' in part ? part.html : part.map(({ html }) => html).join('')
}
