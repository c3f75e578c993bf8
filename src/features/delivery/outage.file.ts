import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { second, type Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'

/** How often the time of the last confirmation is written down (ms). A restart counts the age from there. */
export const confirmEvery = 30 * second

/** Written beside a file: rewriting all of it only to move a time would wear the disk for nothing. */
const confirmationForm = z.object({ sha256: z.string(), confirmedAt: z.number() })

/** One act of writing after the other; of those that wait, only the newest is done. */
export interface Writing {
  readonly queue: (act: () => Promise<void>) => void
  readonly busy: () => boolean
  /** Since when it fails (ms); null: it does not. */
  readonly failingSince: () => number | null
  /** Waits for what is being written. */
  readonly settled: () => Promise<void>
}

export function createWriting(path: string, clock: Clock, log: Log): Writing {
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
  return {
    queue(act) {
      next = act
      working ??= work().finally(() => {
        working = undefined
      })
    },
    busy: () => working !== undefined,
    failingSince: () => failingSince,
    settled: async () => working,
  }
}

/** When the content of a file, told by its SHA-256, was confirmed last. */
export interface Confirmation {
  /** The content that is in the file now; undefined: none that this process knows of. */
  readonly content: () => string | undefined
  /** This is in the file now, with that time in it. */
  readonly filed: (content: string, confirmedAt: number) => void
  /** Writes the time down, unless that was done lately or the file is being written. */
  readonly confirm: (confirmedAt: number) => void
  /** Within an act of writing. */
  readonly confirmNow: (confirmedAt: number) => Promise<void>
  /** What was noted about this content; undefined: nothing. */
  readonly read: (content: string) => Promise<number | undefined>
}

export function createConfirmation(path: string, writing: Writing): Confirmation {
  let onDisk: string | undefined
  let last = 0

  async function confirmNow(confirmedAt: number): Promise<void> {
    if (onDisk === undefined) return
    last = confirmedAt
    await writeWhole(path, JSON.stringify({ sha256: onDisk, confirmedAt }))
  }
  return {
    content: () => onDisk,
    filed(content, confirmedAt) {
      onDisk = content
      last = confirmedAt
    },
    confirm(confirmedAt) {
      if (confirmedAt - last < confirmEvery || writing.busy()) return
      writing.queue(() => confirmNow(confirmedAt))
    },
    confirmNow,
    async read(content) {
      const read = confirmationForm.safeParse(JSON.parse((await readIfThere(path)) ?? 'null'))
      return read.success && read.data.sha256 === content ? read.data.confirmedAt : undefined
    },
  }
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export const writeWhole = (path: string, text: string): Promise<void> =>
  writeParts(path, async (file) => {
    await file.writeFile(text)
  })

/** All or nothing: a reader, and a start after a power cut, finds the old content or the new one. */
export async function writeParts(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.new`
  const file = await open(draft, 'w', 0o600)
  try {
    await write(file)
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
