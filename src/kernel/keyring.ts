import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Db } from './db.ts'
import type { Migration } from './migrate.ts'
import { Problem } from './problem.ts'
import { createSecrets, keysFromFile, type Secrets } from './secrets.ts'
import { first, queries, run, type Work } from './work.ts'

/**
 * The key file and the database that belongs to it. A value that was sealed with the key lies in the database: whoever
 * starts with another key is told at once, and not on the day when the first stored secret does not open.
 */
export interface KeyRing {
  /** Usable after `prove()`. */
  readonly secrets: Secrets
  /**
   * Reads the key file (makes it for a database that has none yet) and opens the check value with it. Throws `wrong_state`
   * with the file's name when it is missing, unusable or of another database.
   */
  prove(): Promise<void>
}

interface Tables {
  key_check: { id: number; sealed: string }
}
const q = queries<Tables>()
const context = 'key check'
/** Any constant that nothing else of ours locks: two processes that start at once make one check value. */
const lockKey = 4_711_071

export const keyCheckMigration: Migration = {
  name: 'kernel-003-key-check',
  *up() {
    yield* run(
      q.schema
        .createTable('key_check')
        .addColumn('id', 'bigint', (c) => c.primaryKey())
        .addColumn('sealed', 'text', (c) => c.notNull()),
    )
  },
}

export function createKeyRing(path: string, db: Db): KeyRing {
  let present: Secrets | undefined
  const ready = (): Secrets => {
    if (!present) throw new Problem('not_ready', 'The key file has not been read yet.')
    return present
  }
  return {
    secrets: {
      seal: (plaintext, of) => ready().seal(plaintext, of),
      open: (sealed, of) => ready().open(sealed, of),
      outdated: (sealed) => ready().outdated(sealed),
      derive: (purpose) => ready().derive(purpose),
      get keyId() {
        return ready().keyId
      },
    },
    async prove() {
      const known = await db.read(stored)
      if (known !== undefined && !existsSync(path)) throw missing(path, known)
      const secrets = readKeyFile(path)
      await db.exclusively(lockKey, () => db.tx(() => settle(secrets, path)))
      present = secrets
    },
  }
}

/** What is wrong with the key file for this database; null: nothing. Changes nothing (`gatehouse doctor`). */
export function* keyComplaint(path: string): Work<string | null> {
  const known = yield* stored()
  if (known === undefined) return null
  try {
    if (!existsSync(path)) throw missing(path, known)
    prove(readKeyFile(path), known, path)
    return null
  } catch (error) {
    if (error instanceof Problem) return `${error.message} ${error.extra.remedy ?? ''}`
    throw error
  }
}

function* stored(): Work<string | undefined> {
  return (yield* first(q.selectFrom('key_check').select('sealed')))?.sealed
}

/** Makes the check value where there is none, and seals it anew when a new key was put in front. */
function* settle(secrets: Secrets, path: string): Work<void> {
  const known = yield* stored()
  if (known === undefined) {
    yield* run(q.insertInto('key_check').values({ id: 1, sealed: secrets.seal('', context) }))
    return
  }
  prove(secrets, known, path)
  if (secrets.outdated(known))
    yield* run(q.updateTable('key_check').set({ sealed: secrets.seal('', context) }))
}

function prove(secrets: Secrets, sealed: string, path: string): void {
  try {
    secrets.open(sealed, context)
  } catch (error) {
    throw new Problem(
      'wrong_state',
      `The key file ${path} does not belong to this database: it holds the key ${secrets.keyId}, and the secrets of the database were sealed with ${keyIdOf(sealed)}.`,
      { remedy, cause: error },
    )
  }
}

const remedy =
  'Put the key file of this database there (it is in each backup), or name it with GATEHOUSE_KEY_FILE.'

function missing(path: string, sealed: string): Problem {
  return new Problem(
    'wrong_state',
    `The key file ${path} is missing; the secrets of this database were sealed with the key ${keyIdOf(sealed)}.`,
    { remedy },
  )
}

/** The second part of a sealed text names its key (kernel/secrets.ts). */
const keyIdOf = (sealed: string): string => sealed.split('.')[1] ?? 'of an unknown id'

function readKeyFile(path: string): Secrets {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return createSecrets(keysFromFile(path).keys)
  } catch (error) {
    throw new Problem('wrong_state', (error as Error).message, { cause: error })
  }
}
