import type { StepReport } from '#features/watch/index.ts'
import type { StepKind } from '../watch/schema.history.ts'

/** `openai/codex/docs/en` as people call it: `openai/codex docs`; the language only where it is not English. */
export function shortName(path: string): string {
  const [vendor = '', product = '', set = '', language = ''] = path.split('/')
  return `${vendor}/${product} ${set}${language === 'en' ? '' : ` (${language})`}`
}

export const pagesWords = (n: number): string => (n === 1 ? '1 page' : `${n} pages`)

const kinds: Readonly<Record<StepKind, string>> = {
  new: 'new',
  gone: 'gone',
  moved: 'moved',
  changed: 'changed',
  quiet: 'formatting only',
  flip: 'back to an earlier text',
  boundary: 'extracted anew',
}
export const kindWords = (kind: StepKind): string => kinds[kind]

const sizeWords = (added: number, removed: number): string => `+${added} −${removed}`

/** `managed-configuration changed +41 −7`, or `3 pages changed +41 −7`. */
export function stepWords(report: StepReport): string {
  const [page] = report.pages
  const size = sizeWords(report.added, report.removed)
  if (report.pages.length === 1 && report.more === 0 && page)
    return `${page.title ?? page.page} ${kindWords(page.kind)} ${size}`
  return `${pagesWords(report.pages.length + report.more)} changed ${size}`
}

export const stepSubject = (report: StepReport): string =>
  `${shortName(report.collection.path)}: ${stepWords(report)}`

export function digestSubject(reports: readonly StepReport[], more: number): string {
  const names = [...new Set(reports.map((report) => shortName(report.collection.path)))]
  const steps = reports.length + more
  const where = names.length === 1 ? (names[0] ?? '') : `${names.length} collections`
  const added = reports.reduce((n, report) => n + report.added, 0)
  const removed = reports.reduce((n, report) => n + report.removed, 0)
  return `${where}: ${steps === 1 ? '1 step' : `${steps} steps`} ${sizeWords(added, removed)}`
}

export function troubleSubject(path: string, failures: number): string {
  return `${shortName(path)}: ${failures === 1 ? '1 address cannot' : `${failures} addresses cannot`} be fetched`
}
