import { join } from 'node:path'
import { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import type { Answers, KeyAnswer } from './answers.ts'
import type { Fragment } from './bundle.ts'
import {
  createConfirmation,
  createWriting,
  readIfThere,
  sha256,
  writeWhole,
} from './outage.file.ts'
import { bundlesForm, freezeOutcome, outcomeForm, thawOutcomes } from './outage.outcomes.ts'

/**
 * The file from which bundles are served when a process starts while the database is down. It holds hashes of keys, never
 * keys, and the texts of the policies; only the owner of the data folder can read it.
 */
const fileForm = z.object({
  format: z.literal(1),
  revision: z.number(),
  confirmedAt: z.number(),
  bundles: bundlesForm,
  keys: z.array(
    z.object({
      hash: z.string(),
      keyId: z.string(),
      prefix: z.string(),
      enrolmentId: z.string(),
      enrolment: z.string(),
      endsAt: z.number().nullable(),
      outcome: outcomeForm(['enrolment_revoked', 'surface_off']),
    }),
  ),
})
type OutageFile = z.infer<typeof fileForm>

/** Pure: the answers as a document, in a fixed order so that the same answers are the same bytes. */
export function freeze(
  answers: Answers,
  confirmedAt: number,
  fragment: Fragment | null = null,
): OutageFile {
  const bundles: Record<string, string> = {}
  const keys = [...answers.byHash].map(([hash, { outcome, ...rest }]) => ({
    hash,
    ...rest,
    outcome: freezeOutcome(outcome, bundles, fragment),
  }))
  keys.sort((a, b) => (a.hash < b.hash ? -1 : 1))
  return { format: 1, revision: answers.revision, confirmedAt, bundles, keys }
}

/** Pure: the way back. Throws for a file that is damaged. */
export function thaw(file: OutageFile): Answers {
  const thawOutcome = thawOutcomes(file.bundles)
  const byHash = new Map<string, KeyAnswer>()
  for (const { hash, outcome, ...rest } of file.keys)
    byHash.set(hash, { ...rest, outcome: thawOutcome(outcome) })
  return { revision: file.revision, byHash }
}

export interface OutageStore {
  readonly path: string
  /** Writes the answers, after what is being written now. Only the newest waits. */
  save(answers: Answers, confirmedAt: number): void
  /** Writes down that the database still confirms what is in the file; seldom, however often it is called. */
  confirm(confirmedAt: number): void
  /** Undefined when there is no file; throws when it is damaged. */
  load(): Promise<{ answers: Answers; confirmedAt: number } | undefined>
  writtenAt(): number | null
  /** Since when it cannot be written (ms); null: it can. */
  failingSince(): number | null
  /** Waits for what is being written. */
  settled(): Promise<void>
}

/** Where the file is. It exists from the first start of a data folder on. */
export const outageFile = (dataDir: string): string => join(dataDir, 'outage', 'bundles.json')

/** `fragment`: what stands behind each policy in the file, beside the policy. */
export function createOutageStore(
  dataDir: string,
  clock: Clock,
  log: Log,
  fragment: () => Fragment | null = () => null,
): OutageStore {
  const path = outageFile(dataDir)
  let writtenAt: number | null = null
  const writing = createWriting(path, clock, log)
  const confirmation = createConfirmation(join(dataDir, 'outage', 'confirmed.json'), writing)

  return {
    path,
    save: (answers, confirmedAt) =>
      writing.queue(async () => {
        const file = freeze(answers, 0, fragment())
        // The time is left out of the comparison: the same answers are not written twice.
        const content = sha256(JSON.stringify(file))
        if (content !== confirmation.content()) {
          await writeWhole(path, JSON.stringify({ ...file, confirmedAt }))
          confirmation.filed(content, confirmedAt)
          writtenAt = clock()
        }
        await confirmation.confirmNow(confirmedAt)
      }),
    confirm: confirmation.confirm,
    async load() {
      const text = await readIfThere(path)
      if (text === undefined) return undefined
      const file = fileForm.parse(JSON.parse(text))
      const answers = thaw(file)
      const later = await confirmation.read(sha256(JSON.stringify(freeze(answers, 0))))
      return { answers, confirmedAt: later ?? file.confirmedAt }
    },
    writtenAt: () => writtenAt,
    failingSince: writing.failingSince,
    settled: writing.settled,
  }
}
