import { valueOf, type Pool } from '#kernel/pool.ts'
import type { Document } from '../act.ts'
import type { Change, Side } from '../changeset.ts'
import { readSettings, type Settings } from './settings.ts'

type Policy = NonNullable<Side['policy']>

/** From this many characters together on they are read in a thread: a policy fetch waits for no preview. */
const large = 64 * 1024

/** Reads every policy that a change set names, each text once. */
export async function readPolicies(
  pool: Pool,
  changes: readonly Change[],
): Promise<(policy: Policy) => Settings | undefined> {
  const policies = new Map<string, Policy>()
  for (const { before, after } of changes)
    for (const { policy } of [before, after]) if (policy) policies.set(policy.sha256, policy)
  const documents = [...policies.values()].map(({ text, defaults }) => ({ text, defaults }))
  const length = documents.reduce(
    (sum, { text, defaults }) => sum + text.length + defaults.length,
    0,
  )
  const read =
    length < large
      ? readDocuments(documents)
      : valueOf(
          await pool.run<typeof readDocuments>(
            new URL(import.meta.url),
            'readDocuments',
            documents,
          ),
        )
  const settings = new Map([...policies.keys()].map((sha256, i) => [sha256, read[i]]))
  return ({ sha256 }) => settings.get(sha256)
}

/** What a thread runs. */
export const readDocuments = (documents: readonly Document[]): (Settings | undefined)[] =>
  documents.map(readSettings)
