import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { second, type Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import type { Answers, KeyAnswer } from './answers.ts'
import { etagOf } from './bundle.ts'

/**
 * The file from which bundles are served when a process starts while the database is down. It holds hashes of keys, never
 * keys, and the texts of the policies; only the owner of the data folder can read it.
 */
const fileForm = z.object({
  format: z.literal(1),
  revision: z.number(),
  confirmedAt: z.number(),
  /** Body of the answer, by its entity tag. */
  bundles: z.record(z.string(), z.string()),
  keys: z.array(
    z.object({
      hash: z.string(),
      keyId: z.string(),
      prefix: z.string(),
      enrolmentId: z.string(),
      enrolment: z.string(),
      endsAt: z.number().nullable(),
      outcome: z.discriminatedUnion('kind', [
        z.object({
          kind: z.literal('served'),
          etag: z.string(),
          policyId: z.string(),
          versionId: z.string(),
          served: z.string(),
        }),
        z.object({
          kind: z.literal('refused'),
          code: z.enum(['enrolment_revoked', 'surface_off']),
          message: z.string(),
        }),
      ]),
    }),
  ),
})
type OutageFile = z.infer<typeof fileForm>

/** Written beside the file: rewriting all bundles only to move a time would wear the disk for nothing. */
const confirmationForm = z.object({ sha256: z.string(), confirmedAt: z.number() })

/** How often the time of the last confirmation is written down (ms). A restart counts the age from there. */
export const confirmEvery = 30 * second

/** Pure: the answers as a document, in a fixed order so that the same answers are the same bytes. */
export function freeze(answers: Answers, confirmedAt: number): OutageFile {
  const bundles: Record<string, string> = {}
  const keys = [...answers.byHash].map(([hash, answer]) => {
    const { outcome, ...rest } = answer
    if (outcome.kind === 'refused') return { hash, ...rest, outcome }
    const { bundle, ...served } = outcome
    bundles[bundle.etag] = bundle.body
    return { hash, ...rest, outcome: { ...served, etag: bundle.etag } }
  })
  keys.sort((a, b) => (a.hash < b.hash ? -1 : 1))
  return { format: 1, revision: answers.revision, confirmedAt, bundles, keys }
}

/** Pure: the way back. A bundle whose bytes do not have the tag they are filed under is a damaged file. */
export function thaw(file: OutageFile): Answers {
  const bundles = new Map(
    Object.entries(file.bundles).map(([etag, body]) => {
      if (etagOf(body) !== etag) throw new Error('a bundle in it is damaged')
      return [etag, { body, etag }]
    }),
  )
  const byHash = new Map<string, KeyAnswer>()
  for (const { hash, outcome, ...rest } of file.keys) {
    if (outcome.kind === 'refused') {
      byHash.set(hash, { ...rest, outcome })
      continue
    }
    const { etag, ...served } = outcome
    const bundle = bundles.get(etag)
    if (!bundle) throw new Error('a bundle is missing in it')
    byHash.set(hash, { ...rest, outcome: { ...served, bundle } })
  }
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

export function createOutageStore(dataDir: string, clock: Clock, log: Log): OutageStore {
  const path = outageFile(dataDir)
  const confirmation = join(dataDir, 'outage', 'confirmed.json')
  let onDisk: string | undefined
  let writtenAt: number | null = null
  let lastConfirmed = 0
  let failingSince: number | null = null
  let next: (() => Promise<void>) | undefined
  let working: Promise<void> | undefined

  async function work(): Promise<void> {
    while (next) {
      const act = next
      next = undefined
      try {
        await act()
        failingSince = null
      } catch (error) {
        failingSince ??= clock()
        log.error({ err: error, path }, 'the outage file could not be written')
      }
    }
  }
  function queue(act: () => Promise<void>): void {
    next = act
    working ??= work().finally(() => {
      working = undefined
    })
  }

  async function confirmNow(confirmedAt: number): Promise<void> {
    if (onDisk === undefined) return
    lastConfirmed = confirmedAt
    await writeWhole(confirmation, JSON.stringify({ sha256: onDisk, confirmedAt }))
  }

  return {
    path,
    save: (answers, confirmedAt) =>
      queue(async () => {
        const file = freeze(answers, 0)
        // The time is left out of the comparison: the same answers are not written twice.
        const content = sha256(JSON.stringify(file))
        if (content !== onDisk) {
          await writeWhole(path, JSON.stringify({ ...file, confirmedAt }))
          onDisk = content
          writtenAt = clock()
        }
        await confirmNow(confirmedAt)
      }),
    confirm(confirmedAt) {
      if (confirmedAt - lastConfirmed < confirmEvery || working) return
      queue(() => confirmNow(confirmedAt))
    },
    async load() {
      const text = await readIfThere(path)
      if (text === undefined) return undefined
      const file = fileForm.parse(JSON.parse(text))
      const answers = thaw(file)
      const later = confirmationForm.safeParse(
        JSON.parse((await readIfThere(confirmation)) ?? 'null'),
      )
      const same = later.success && later.data.sha256 === sha256(JSON.stringify(freeze(answers, 0)))
      return { answers, confirmedAt: same ? later.data.confirmedAt : file.confirmedAt }
    },
    writtenAt: () => writtenAt,
    failingSince: () => failingSince,
    settled: async () => working,
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** All or nothing: a reader, and a start after a power cut, finds the old content or the new one. */
async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.new`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
