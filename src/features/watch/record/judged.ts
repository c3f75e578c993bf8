/** Judges the steps of a recording in a thread of the pool, pages that moved first. */
import { valueOf } from '#kernel/pool.ts'
import type { WatchParts } from '../parts.ts'
import type { IgnoreRule } from '../schema.ts'
import type { findMoved, judgePages, JudgedStep, PageSteps } from '../noise/task.ts'
import type { KnownPage, Step } from './plan.ts'

const task = new URL('../noise/task.ts', import.meta.url)
/** Gone or new pages of one snapshot that are compared with each other; beyond it a set was moved as a whole. */
const mostMovable = 1000

/** The steps with pages that moved between addresses marked, and compared with the text at the old one. */
export async function withMoves(
  parts: WatchParts,
  steps: readonly Step[],
): Promise<readonly Step[]> {
  const moved = new Map<string, Partial<Step>>()
  for (const snapshot of new Set(steps.map((step) => step.snapshot))) {
    const mine = steps.filter((step) => step.snapshot === snapshot)
    const gone = mine.filter((s) => s.version.text === null && s.before !== null)
    const fresh = mine.filter((s) => s.version.text !== null && s.before === null)
    if (gone.length === 0 || fresh.length === 0) continue
    const found = valueOf(
      await parts.runtime.pool.run<typeof findMoved>(task, 'findMoved', {
        gone: gone
          .slice(0, mostMovable)
          .map((s) => ({ page: s.version.page, text: s.before ?? '' })),
        fresh: fresh
          .slice(0, mostMovable)
          .map((s) => ({ page: s.version.page, text: s.version.text ?? '' })),
      }),
    )
    for (const { from, to } of found) {
      const left = gone.find((s) => s.version.page === from)
      const came = fresh.find((s) => s.version.page === to)
      if (left === undefined || came === undefined) continue
      moved.set(left.id, { moved: to })
      moved.set(came.id, { moved: from, before: left.before })
    }
  }
  return steps.map((step) => ({ ...step, ...moved.get(step.id) }))
}

export type Judged = Step & JudgedStep

export async function judgeSteps(
  parts: WatchParts,
  rules: readonly IgnoreRule[],
  steps: readonly Step[],
  known: ReadonlyMap<string, KnownPage>,
): Promise<readonly Judged[]> {
  const byPage = Map.groupBy(steps, (step) => step.version.pageId)
  const pages = [...byPage].map(([pageId, list]): PageSteps => ({
    page: list[0]?.version.page ?? '',
    earlier: (known.get(pageId)?.versions ?? []).map(({ id, sha256 }) => ({ id, sha256 })),
    texts: list.map(({ id, before, version }) => ({ id, before, text: version.text })),
  }))
  const judged = valueOf(
    await parts.runtime.pool.run<typeof judgePages>(task, 'judgePages', { rules, pages }),
  )
  const results = new Map<string, JudgedStep>()
  for (const [at, list] of [...byPage.values()].entries())
    for (const [n, step] of list.entries()) {
      const result = judged[at]?.[n]
      if (result !== undefined) results.set(step.id, verdict(step, result))
    }
  return steps.flatMap((step) => {
    const result = results.get(step.id)
    return result === undefined ? [] : [{ ...step, ...result }]
  })
}

/** What judging the texts alone cannot know: that a page moved, or that the extractor changed under it. */
function verdict(step: Step, judged: JudgedStep): JudgedStep {
  if (step.boundary) return { ...judged, kind: 'boundary', announced: false }
  if (step.moved === null) return judged
  return step.version.text === null
    ? { ...judged, kind: 'gone', announced: false }
    : { ...judged, kind: 'moved', announced: true }
}

/** What a snapshot says of its steps: sums over what was announced, and how much was not. */
export function sumsOf(steps: readonly Pick<Judged, 'kind' | 'added' | 'removed' | 'moved'>[]) {
  const sums = {
    added: 0,
    removed: 0,
    pages: 0,
    new_pages: 0,
    gone_pages: 0,
    quiet_pages: 0,
    flipped_pages: 0,
  }
  for (const { kind, added, removed, moved } of steps) {
    if (kind === 'quiet') sums.quiet_pages++
    else if (kind === 'flip') sums.flipped_pages++
    else if (kind === 'gone' && moved !== null) continue
    else if (kind !== 'boundary') {
      sums.pages++
      sums.added += added
      sums.removed += removed
      if (kind === 'new') sums.new_pages++
      if (kind === 'gone') sums.gone_pages++
    }
  }
  return sums
}
