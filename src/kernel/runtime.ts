import type { z } from 'zod'
import type { Clock } from './clock.ts'
import type { Db } from './db.ts'
import type { Ids } from './ids.ts'
import type { Job, Schedule } from './jobs.ts'
import type { Log } from './log.ts'
import type { Migration } from './migrate.ts'
import type { Pool } from './pool.ts'
import type { Route } from './route.ts'
import type { Secrets } from './secrets.ts'
import type { Work } from './work.ts'

/** What every feature is given: the few things that are not values. */
export interface Runtime {
  readonly db: Db
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** Seals what must be read back. Usable from `start()` on. */
  readonly secrets: Secrets
  /** Threads for what would keep the event loop, and with it every bundle, waiting. */
  readonly pool: Pool
  /** The address people and clients use, without a trailing slash. */
  readonly publicUrl: string
}

/** What a feature gives to `wiring.ts`, the only place that knows them all. */
export interface Feature {
  readonly name: string
  readonly migrations: readonly Migration[]
  readonly routes: readonly Route[]
  readonly jobs?: readonly Job[]
  readonly schedules?: readonly Schedule[]
  /** What it sends to addresses that others choose, for the OpenAPI document. */
  readonly webhooks?: readonly WebhookDoc[]
  /** After migrations, before the listeners open. */
  readonly start?: () => Promise<void>
  /** After the listeners have closed. */
  readonly stop?: () => Promise<void>
  /** Its lines of the overview, in order. */
  readonly checklist?: () => Work<readonly ChecklistLine[]>
  readonly figures?: () => Work<readonly Figure[]>
  /** What an operator must see at once. Takes no database, so that it can speak while there is none. */
  readonly alarms?: () => readonly Alarm[]
  /** What the command palette finds of it by name. */
  readonly finders?: readonly Finder[]
}

export interface Finder {
  /** That seeing these objects needs. */
  readonly permission: string
  /** Those whose name contains the text (lower case); at most a handful. */
  readonly find: (text: string) => Work<readonly Hit[]>
}

/** A message that goes out, described as a route is. */
export interface WebhookDoc {
  readonly name: string
  readonly summary: string
  readonly body: z.ZodType
}

export interface ChecklistLine {
  readonly key: string
  readonly title: string
  readonly detail: string
  readonly done: boolean
  readonly link: string
}

export interface Figure {
  readonly key: string
  readonly title: string
  readonly value: number
  readonly link: string
}

export interface Alarm {
  readonly key: string
  readonly severity: 'warning' | 'error'
  readonly message: string
  readonly remedy: string
  readonly since: number | null
}

export interface Hit {
  readonly kind: string
  readonly id: string
  readonly label: string
  readonly detail: string
  readonly link: string
}
