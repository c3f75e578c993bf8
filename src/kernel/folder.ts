import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Problem } from './problem.ts'

/**
 * One server per data folder. The lock is held by the operating system (an exclusive lock on a file of its own, taken
 * through SQLite, since Node has no flock), so it is gone with the process, however that ends; and because it is not on
 * the database file, backup, doctor and readers still open that one.
 */
export function lockFolder(folder: string): { readonly release: () => void } {
  let lock: DatabaseSync | undefined
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    lock = new DatabaseSync(join(folder, 'server.lock'))
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    lock?.close()
    if (isBusy(error))
      throw new Problem(
        'wrong_state',
        `Another Gatehouse is running on the data folder ${folder}.`,
        {
          remedy: 'Stop it first, or give this one a folder of its own with GATEHOUSE_DATA.',
          cause: error,
        },
      )
    throw new Problem(
      'wrong_state',
      `The data folder ${folder} cannot be used: ${(error as Error).message}.`,
      { remedy: 'Look at its permissions and the free space of its disk.', cause: error },
    )
  }
  return { release: () => lock.close() }
}

/** SQLITE_BUSY (sqlite.org/rescode.html). */
const isBusy = (error: unknown): boolean => (error as { errcode?: number }).errcode === 5

/** Whether a server runs on the folder now. */
export function isFolderLocked(folder: string): boolean {
  try {
    lockFolder(folder).release()
    return false
  } catch (error) {
    if (error instanceof Problem && isBusy(error.cause)) return true
    throw error
  }
}
