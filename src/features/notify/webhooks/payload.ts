import type { ReportPage, StepReport } from '#features/watch/index.ts'
import type { TroubleContent } from '../content.ts'
import type { WebhookPayload } from '../schema.ts'

/** Characters of a line in a payload, and of all lines together: receivers often refuse bodies over 256 KB or so. */
const maxLine = 1000
const maxSize = 150_000

type Step = Omit<Extract<WebhookPayload, { type: 'watch.step' }>, 'type' | 'id'>
type Hunks = NonNullable<Step['pages'][number]['hunks']>

export interface Head {
  readonly id: string
  readonly at: number
}

export function stepPayload(id: string, report: StepReport, siteUrl: string): WebhookPayload {
  return { type: 'watch.step', id, ...stepPart(report, siteUrl, maxSize) }
}

export function digestPayload(
  head: Head,
  reports: readonly StepReport[],
  more: number,
  siteUrl: string,
): WebhookPayload {
  const share = Math.floor(maxSize / Math.max(1, reports.length))
  return {
    type: 'watch.digest',
    ...head,
    steps: reports.map((report) => stepPart(report, siteUrl, share)),
    more,
  }
}

export function troublePayload(
  head: Head,
  { collection, failures, more }: TroubleContent,
  siteUrl: string,
): WebhookPayload {
  const link = `${siteUrl}/watch/${collection.path}`
  return {
    type: 'watch.trouble',
    ...head,
    collection: { ...collection, link },
    failures: failures.map(({ page, url, failure, message }) => ({ page, url, failure, message })),
    more,
    link,
  }
}

export const testPayload = (head: Head, endpoint: string): WebhookPayload => ({
  type: 'test',
  ...head,
  message: `Gatehouse can reach the webhook ${endpoint}.`,
})

function stepPart(report: StepReport, siteUrl: string, size: number): Step {
  let left = size
  return {
    at: report.at,
    collection: {
      path: report.collection.path,
      title: report.collection.title,
      link: `${siteUrl}/watch/${report.collection.path}`,
    },
    stamp: report.stamp,
    from: report.from,
    added: report.added,
    removed: report.removed,
    pages: report.pages.map((page) => {
      const { hunks, cut } = bounded(page, left)
      left -= hunks === null ? 0 : sizeOf(hunks)
      const { page: path, title, url, kind, added, removed } = page
      return { page: path, title, url, kind, added, removed, link: siteUrl + page.link, hunks, cut }
    }),
    more: report.more,
    keys: report.keys,
    link: siteUrl + report.link,
  }
}

function bounded(
  page: ReportPage,
  left: number,
): { readonly hunks: Hunks | null; readonly cut: boolean } {
  if (page.diff === null) return { hunks: null, cut: true }
  let cut = page.cut
  const short = <C extends Hunks[number]['rows'][number]['left']>(cell: C): C => {
    if (cell === null || cell.text.length <= maxLine) return cell
    cut = true
    const marks = cell.marks
      .filter(([from]) => from < maxLine)
      .map(([from, to]): [number, number] => [from, Math.min(to, maxLine)])
    return { ...cell, text: cell.text.slice(0, maxLine).toWellFormed(), marks }
  }
  const hunks = page.diff.hunks.map((hunk) => ({
    ...hunk,
    rows: hunk.rows.map((row) => ({ ...row, left: short(row.left), right: short(row.right) })),
  }))
  return sizeOf(hunks) > left ? { hunks: null, cut: true } : { hunks, cut }
}

const sizeOf = (hunks: Hunks): number =>
  hunks.reduce(
    (sum, hunk) =>
      sum +
      hunk.rows.reduce(
        (n, row) => n + 60 + (row.left?.text.length ?? 0) + (row.right?.text.length ?? 0),
        0,
      ),
    0,
  )
