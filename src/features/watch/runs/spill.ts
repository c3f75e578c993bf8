/** Texts and bytes of a run until they are recorded: in memory while they are few, then on the disk. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Spill {
  readonly put: (bytes: Uint8Array) => Promise<() => Uint8Array>
  readonly clear: () => Promise<void>
}

/** Bytes that a run keeps in memory: a first run over thousands of pages brings hundreds of megabytes. */
const inMemory = 32 * 1024 * 1024

export function createSpill(limit = inMemory): Spill {
  let held = 0
  let count = 0
  let folder: Promise<string> | undefined
  return {
    async put(bytes) {
      if (held + bytes.length <= limit) {
        held += bytes.length
        return () => bytes
      }
      const dir = await (folder ??= mkdtemp(join(tmpdir(), 'gatehouse-run-')))
      const file = join(dir, String(++count))
      await writeFile(file, bytes)
      return () => readFileSync(file)
    },
    async clear() {
      if (folder) await rm(await folder, { recursive: true, force: true })
    },
  }
}

/** Both of a page; where the text is its bytes they are held once. */
export async function spilled(
  spill: Spill,
  text: string,
  bytes: Uint8Array,
): Promise<{ readonly text: () => string; readonly raw: () => Uint8Array }> {
  const raw = await spill.put(bytes)
  const encoded = Buffer.from(text)
  const kept = encoded.equals(bytes) ? raw : await spill.put(encoded)
  return { text: () => Buffer.from(kept()).toString('utf8'), raw }
}
