import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Spool } from './watch-fast-export.ts'

/** Contents in one temporary file, which ends with the process. */
export function openSpool(): Spool & { readonly close: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-import-'))
  const file = openSync(join(folder, 'contents'), 'w+', 0o600)
  const spans: { readonly from: number; readonly size: number }[] = []
  let end = 0
  return {
    write(bytes) {
      for (let done = 0; done < bytes.length;)
        done += writeSync(file, bytes, done, bytes.length - done, end + done)
      spans.push({ from: end, size: bytes.length })
      end += bytes.length
      return spans.length - 1
    },
    read(place) {
      const { from = 0, size = 0 } = spans[place] ?? {}
      const bytes = Buffer.alloc(size)
      for (let done = 0; done < size;) done += readSync(file, bytes, done, size - done, from + done)
      return bytes
    },
    close() {
      closeSync(file)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
