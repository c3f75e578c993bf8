import { existsSync } from 'node:fs'
import { Problem } from '#kernel/problem.ts'
import { outageFile } from './outage.ts'

/**
 * What a missing or empty database means: a first start, unless the data folder has served before. Then it is not an empty
 * workspace, which would answer 404 to every client of the company, but a database that was lost.
 */
export function lostDatabase(dataDir: string): Problem | undefined {
  if (!existsSync(outageFile(dataDir))) return undefined
  return new Problem(
    'database_unavailable',
    `The database is missing or empty, but the data folder ${dataDir} has served before.`,
    {
      remedy:
        'Put the database back and Gatehouse goes on by itself; or restore a backup into a new data folder (`gatehouse restore`) and start with that. To begin anew, move the data folder away.',
      retryAfter: 5,
    },
  )
}
