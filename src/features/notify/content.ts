import type { ReportOptions, ReportPage, StepReport } from '#features/watch/index.ts'

/** What one subscription wants of a step, as it was when the step was seen. */
export interface Ask {
  readonly subscriptionId: string
  readonly page: string | null
  readonly term: string | null
  readonly formatting: boolean
}

export interface StepContent {
  readonly snapshotId: string
  readonly asks: readonly Ask[]
}

/** What a mail or a delivery tells. JSON: it is kept with it, and read again at every attempt. */
export type Content =
  | {
      readonly kind: 'steps'
      readonly digest: boolean
      readonly steps: readonly StepContent[]
      /** Steps beyond those listed. */
      readonly more: number
    }
  | TroubleContent

export interface TroubleContent {
  readonly kind: 'trouble'
  readonly collection: { readonly path: string; readonly title: string }
  readonly subscriptionIds: readonly string[]
  readonly failures: readonly Failure[]
  readonly more: number
}

export interface Failure {
  readonly page: string | null
  readonly url: string
  readonly failure: string
  readonly message: string
}

export type Report = (snapshotId: string, options: ReportOptions) => Promise<StepReport | undefined>

/** The ids of the subscriptions that caused it. */
export function subscriptionsOf(content: Content): readonly string[] {
  const ids =
    content.kind === 'trouble'
      ? content.subscriptionIds
      : content.steps.flatMap((step) => step.asks.map((ask) => ask.subscriptionId))
  return [...new Set(ids)]
}

/** A step as all its asks together want it: each page once. Undefined when nothing of it is left. */
export async function reportFor(
  report: Report,
  { snapshotId, asks }: StepContent,
  bounds: Pick<ReportOptions, 'maxRows' | 'maxPages'>,
): Promise<StepReport | undefined> {
  const reports: StepReport[] = []
  for (const options of distinct(asks)) {
    const one = await report(snapshotId, { ...options, ...bounds })
    if (one) reports.push(one)
  }
  return mergeReports(reports)
}

export const optionsOf = ({ page, term, formatting }: Ask): ReportOptions => ({
  ...(page === null ? {} : { page }),
  ...(term === null ? {} : { term }),
  ...(formatting ? { formatting } : {}),
})

/** Each question once; one about the whole step answers all the others that want no more than it. */
function distinct(asks: readonly Ask[]): readonly ReportOptions[] {
  const whole = asks.filter((ask) => ask.page === null && ask.term === null)
  const widest = whole.find((ask) => ask.formatting) ?? whole[0]
  const rest = asks.filter((ask) => !widest || (ask.formatting && !widest.formatting))
  const chosen = widest ? [widest, ...rest] : rest
  const byKey = new Map(chosen.map((ask) => [JSON.stringify(optionsOf(ask)), optionsOf(ask)]))
  return [...byKey.values()]
}

/** Reports of one step in one: pages by their id, the largest changes first. */
export function mergeReports(reports: readonly StepReport[]): StepReport | undefined {
  const [head, ...others] = reports
  if (!head || others.length === 0) return head
  const pages = new Map<string, ReportPage>()
  for (const { pages: some } of reports)
    for (const page of some) {
      const known = pages.get(page.pageId)
      if (!known || (known.diff === null && page.diff !== null)) pages.set(page.pageId, page)
    }
  const size = (page: ReportPage): number => page.added + page.removed
  const merged = [...pages.values()].toSorted((a, b) => size(b) - size(a))
  const sum = (of: (page: ReportPage) => number): number => merged.reduce((n, p) => n + of(p), 0)
  return {
    ...head,
    pages: merged,
    added: Math.max(
      head.added,
      sum((p) => p.added),
    ),
    removed: Math.max(
      head.removed,
      sum((p) => p.removed),
    ),
    more: Math.max(...reports.map((r) => r.more)),
    keys: reports.map((r) => r.keys).find((keys) => keys !== null) ?? null,
  }
}
