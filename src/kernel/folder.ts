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
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = new DatabaseSync(join(folder, 'server.lock'))
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    throw new Problem('wrong_state', `Another Gatehouse is running on the data folder ${folder}.`, {
      remedy: 'Stop it first, or give this one a folder of its own with GATEHOUSE_DATA.',
      cause: error,
    })
  }
  return { release: () => lock.close() }
}

/** Whether a server runs on the folder now. */
export function isFolderLocked(folder: string): boolean {
  try {
    lockFolder(folder).release()
    return false
  } catch (error) {
    if (error instanceof Problem) return true
    throw error
  }
}
