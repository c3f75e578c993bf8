import type { RecordedCommand } from '#requirements/index.ts'
import { all, type Work } from '#kernel/work.ts'
import { sql } from 'kysely'
import { q } from './tables.ts'

/**
 * Commands that agents ran lately, newest first, where the content policy keeps them. Nobody's name stands beside: who may try a
 * policy need not see who ran what.
 */
export function* recordedCommands(most: number): Work<readonly RecordedCommand[]> {
  const rows = yield* all(
    q
      .selectFrom('telemetry_facts')
      .select(['at', 'content'])
      // As the index has it (keep/migrations.ts).
      .where(sql<boolean>`content is not null and program is not null`)
      .orderBy('id', 'desc')
      .limit(most),
  )
  return rows.flatMap(({ at, content }) => {
    const { command } = JSON.parse(content ?? '{}') as { readonly command?: string }
    return command === undefined ? [] : [{ command: commandOf(command), at }]
  })
}

/** A list of words is kept as JSON (facts/command.ts). */
function commandOf(text: string): string | readonly string[] {
  if (!text.startsWith('["')) return text
  try {
    return JSON.parse(text) as readonly string[]
  } catch {
    return text
  }
}
