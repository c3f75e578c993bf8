import { day, hour, minute } from '#kernel/clock.ts'
import { changes, type Edit } from './changes.ts'
import { firstDay } from './pages.ts'

/** One moment of the invented documentation, in the form in which a history is imported. */
export interface DocsSnapshot {
  readonly key: string
  readonly at: number
  readonly files: readonly { readonly path: string; readonly bytes: string | null }[]
}

const bytesOf = (text: string): string => Buffer.from(text).toString('base64')

/** The whole history, oldest first; `begin` is midnight (UTC) of the first day. */
export function docsHistory(begin: number): readonly DocsSnapshot[] {
  const pages = new Map(Object.entries(firstDay))
  const first = [...pages].map(([page, text]) => ({ path: `${page}.md`, bytes: bytesOf(text) }))
  return [
    { key: 'first', at: begin + 20 * hour + 37 * minute, files: first },
    ...changes.map(({ day: n, at: [hours, minutes], edits }) => ({
      key: `day ${n}, ${hours}:${minutes}`,
      at: begin + n * day + hours * hour + minutes * minute,
      files: [...new Set(edits.map((edit) => apply(pages, edit)))].map((page) => {
        const text = pages.get(page)
        return { path: `${page}.md`, bytes: text === undefined ? null : bytesOf(text) }
      }),
    })),
  ]
}

/** An edit that finds nothing to change is a mistake of the demo, and says so. */
function apply(pages: Map<string, string>, edit: Edit): string {
  const { page } = edit
  if ('text' in edit) {
    if (edit.text === null) pages.delete(page)
    else pages.set(page, edit.text)
    return page
  }
  const text = pages.get(page) ?? ''
  if (!text.includes(edit.from)) throw new Error(`The page ${page} does not say “${edit.from}”.`)
  pages.set(
    page,
    text.replace(edit.from, () => edit.to),
  )
  return page
}
