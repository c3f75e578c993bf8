import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'

/**
 * Waits for nobody, and nobody waits for it. `mode=rw`: a file that was moved away meanwhile must not be made anew
 * (sqlite.org/uri.html).
 */
export function checkpoint(path: string): void {
  const url = pathToFileURL(path)
  url.search = '?mode=rw'
  const raw = new DatabaseSync(url)
  try {
    raw.exec('PRAGMA wal_checkpoint(PASSIVE)')
  } finally {
    raw.close()
  }
}
