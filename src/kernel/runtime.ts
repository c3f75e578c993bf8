import type { Clock } from './clock.ts'
import type { Db } from './db.ts'
import type { Ids } from './ids.ts'
import type { Log } from './log.ts'
import type { Migration } from './migrate.ts'
import type { Route } from './route.ts'
import type { Job, Schedule } from './jobs.ts'

/** What every feature is given: the few things that are not values. */
export interface Runtime {
  readonly db: Db
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** The address people and clients use, without a trailing slash. */
  readonly publicUrl: string
}

/** What a feature gives to `app.ts`. */
export interface Feature {
  readonly name: string
  readonly migrations: readonly Migration[]
  readonly routes: readonly Route[]
  readonly jobs?: readonly Job[]
  readonly schedules?: readonly Schedule[]
  /** After migrations, before the listeners open. */
  readonly start?: () => Promise<void>
  /** After the listeners have closed. */
  readonly stop?: () => Promise<void>
}
