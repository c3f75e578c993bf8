/** The CPU of judging, as tasks for a thread of the pool. */
import { judgeStep, textHash, type EarlierVersion, type Judgement } from './judge.ts'
import { movedPages, type MovablePage, type MovedPage } from './moved.ts'
import { compileRules, type CompiledRule, type Rule } from './rules.ts'

export interface PageSteps {
  readonly page: string
  /** Versions before the first of `texts`, newest first. */
  readonly earlier: readonly EarlierVersion[]
  /** Oldest first, each with what it is compared with; null: the page was, or is, gone. */
  readonly texts: readonly {
    readonly id: string
    readonly before: string | null
    readonly text: string | null
  }[]
}

export interface JudgedStep extends Judgement {
  readonly sha256: string | null
  readonly lines: number
  readonly bytes: number
}

export interface JudgeInput {
  readonly rules: readonly Rule[]
  readonly pages: readonly PageSteps[]
}

/** For each page, its steps in order. */
export function judgePages({ rules, pages }: JudgeInput): readonly (readonly JudgedStep[])[] {
  return pages.map((page) => judgePage(page, compileRules(rules, page.page)))
}

function judgePage(page: PageSteps, rules: readonly CompiledRule[]): readonly JudgedStep[] {
  const steps: JudgedStep[] = []
  let earlier = page.earlier
  for (const { id, before, text } of page.texts) {
    const sha256 = text === null ? null : textHash(text)
    const step = judgeStep({ before, after: text, earlier, rules })
    steps.push({
      ...step,
      sha256,
      lines: text === null ? 0 : countLines(text),
      bytes: text === null ? 0 : Buffer.byteLength(text),
    })
    earlier = [{ id, sha256 }, ...earlier.slice(0, 7)]
  }
  return steps
}

/** Lines as an editor numbers them: a last one without a line feed counts. */
export function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++
  return text === '' || text.endsWith('\n') ? lines : lines + 1
}

export const findMoved = (input: {
  readonly gone: readonly MovablePage[]
  readonly fresh: readonly MovablePage[]
}): readonly MovedPage[] => movedPages(input.gone, input.fresh)
