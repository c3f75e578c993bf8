/** Exported pages and diffs: HTML documents that stand alone. */
import { readFileSync } from 'node:fs'
import { diffHtml, escapeHtml, type HtmlView } from '#history/index.ts'

/** The style sheet of exported diffs and of the pages without JavaScript. */
export const stylesheet = ['../../../history/html.css', './plain/plain.css']
  .map((path) => readFileSync(new URL(path, import.meta.url), 'utf8'))
  .join('')

export interface DiffDocument {
  readonly title: string
  readonly subtitle: string
  readonly labels: { readonly left: string; readonly right: string }
  /** Said where there is no difference to show. */
  readonly nothing: string
  readonly view: HtmlView
}

/** No scripts, nothing loaded from anywhere. */
export function diffDocument(about: DiffDocument): string {
  const { title, labels, nothing, view } = about
  const empty = view.layout.every((part) => part.type === 'gap')
  const table = diffHtml(view, { caption: title, leftLabel: labels.left, rightLabel: labels.right })
  return htmlDocument(about, empty ? `<p>${escapeHtml(nothing)}</p>\n` : table)
}

/** @param about.html sanitised already (extract/render.ts) */
export const pageDocument = (about: {
  readonly title: string
  readonly subtitle: string
  readonly html: string
}): string => htmlDocument(about, `<div class="text">${about.html}</div>\n`)

const htmlDocument = (
  { title, subtitle }: { readonly title: string; readonly subtitle: string },
  body: string,
): string =>
  [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
    `<title>${escapeHtml(title)}</title>\n<style>\n${stylesheet}</style>\n</head>\n<body>\n`,
    `<h1>${escapeHtml(title)}</h1>\n<p class="facts">${escapeHtml(subtitle)}</p>\n`,
    `${body}</body>\n</html>\n`,
  ].join('')
