import { access, constants, mkdir, open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { noteOf, placeOf } from '../line.ts'
import type { Arrival, Shipment } from './shipment.ts'

/** Writes the file and its note. A file has its name when it is whole and safe on the disk, not before. */
export async function toFolder(folder: string, { file, text }: Shipment): Promise<Arrival> {
  const path = join(folder, placeOf(file))
  return orWhyNot(async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    if (file.deleted_at === null) await writeWhole(`${path}.jsonl`, text)
    await writeWhole(`${path}.json`, noteOf(file))
  })
}

/** Writes one text at a path below the folder. */
export const textToFolder = (folder: string, path: string, text: string): Promise<Arrival> =>
  orWhyNot(async () => {
    const place = join(folder, path)
    await mkdir(dirname(place), { recursive: true, mode: 0o700 })
    await writeWhole(place, text)
  })

/** Makes the folder where it is not there, and sees whether it takes files. */
export const mayWrite = (folder: string): Promise<Arrival> =>
  orWhyNot(async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await access(folder, constants.W_OK)
  })

async function orWhyNot(write: () => Promise<void>): Promise<Arrival> {
  try {
    await write()
    return { ok: true }
  } catch (error) {
    return { ok: false, message: `It cannot be written: ${(error as Error).message}.` }
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.unfinished`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
}
