/** Comparing as a task for a thread of the pool: texts in, what the API answers out. */
import { compare, comparedPage, type ComparedPage, type CompareInput } from './compare.ts'

/** The hunks as JSON: they are kept and sent as they are. */
export interface ComparedJson extends Omit<ComparedPage, 'hunks'> {
  readonly hunks: string
}

export function compareTask(
  input: CompareInput & { readonly rows?: number | undefined },
): ComparedJson {
  const { hunks, ...sums } = comparedPage(
    input.page,
    compare(input),
    input.options.context,
    input.rows,
  )
  return { ...sums, hunks: JSON.stringify(hunks) }
}

export interface CountInput {
  readonly pairs: readonly CountedPair[]
}
export type CountedPair = Pick<CompareInput, 'page' | 'left' | 'right' | 'rules' | 'options'>
export interface Count {
  readonly added: number
  readonly removed: number
  readonly formattingOnly: boolean
}

/** Sizes only, of many pages. */
export const countTask = ({ pairs }: CountInput): readonly Count[] =>
  pairs.map((pair) => {
    const { added, removed, formattingOnly } = compare({ ...pair, others: [] })
    return { added, removed, formattingOnly }
  })
