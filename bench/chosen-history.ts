import { readHistory, type HistoryCommit } from './git-history.ts'
import { makeHistory } from './made-history.ts'

/** The options by which a bench is given a history, for `parseArgs`. */
export const historyOptions = {
  history: { type: 'string' },
  folder: { type: 'string' },
  endings: { type: 'string', default: '.md,.mdx,.txt' },
} as const

/** The history of the repository that was named, oldest first; without one, a made one. */
export async function chosenHistory(values: {
  readonly history?: string | undefined
  readonly folder?: string | undefined
  readonly endings: string
}): Promise<readonly HistoryCommit[]> {
  const { history, folder, endings } = values
  if (history === undefined) return [...makeHistory({ pages: 120, commits: 400, changed: 10 })]
  const commits: HistoryCommit[] = []
  for await (const commit of readHistory(history, { folder, endings: endings.split(',') }))
    commits.push(commit)
  return commits
}
