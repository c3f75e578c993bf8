import { allGroups } from '#features/access/index.ts'
import { day } from '#kernel/clock.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { releasedValues } from './released/reading.ts'
import { ripeUntil } from './released/ripe.ts'
import type { Choices } from './schema.ts'
import { theSettings } from './store.settings.ts'
import { firstDayOf, seenSince } from './store.sums.ts'

/** How long ago something was seen that can be filtered by. */
const lately = 90 * day

function* choices(persons: boolean, now: number): Work<Choices> {
  const settings = yield* theSettings()
  const first = yield* firstDayOf()
  const groups = (yield* allGroups()).map(({ id, name }) => ({ id, name }))
  const seen = persons ? yield* everySeen(now) : yield* released(now, settings.k)
  return {
    ...seen,
    groups: groups.filter(({ id }) => seen.groups === undefined || seen.groups.has(id)),
    persons,
    settings,
    // Not today: on a quiet day that would say that somebody is there.
    firstDay: persons || (first !== null && first < ripeUntil(now)) ? first : null,
  }
}

interface Seen {
  /** Undefined: all. */
  readonly groups: ReadonlySet<string> | undefined
  readonly surfaces: string[]
  readonly models: string[]
  readonly clients: string[]
}

function* everySeen(now: number): Work<Seen> {
  const seen = yield* seenSince(now - lately)
  const values = (key: 'surface' | 'originator' | 'model') =>
    [...new Set(seen.map((row) => row[key]))].filter((value) => value !== '').sort()
  return {
    groups: undefined,
    surfaces: values('surface'),
    models: values('model'),
    clients: values('originator'),
  }
}

/** A client names itself and its model: whoever may not see persons sees names that enough people had on some day. */
function* released(now: number, k: number): Work<Seen> {
  const values = function* (dimension: 'group' | 'surface' | 'model' | 'client') {
    const found = yield* releasedValues(dimension, now - lately, k)
    return found.filter((value) => value !== '')
  }
  return {
    groups: new Set(yield* values('group')),
    surfaces: yield* values('surface'),
    models: yield* values('model'),
    clients: yield* values('client'),
  }
}

/** Beside the thread that answers requests (kernel/aside.ts). */
export const choicesAside = (
  runtime: Runtime,
  { persons }: { readonly persons: boolean },
): Promise<Choices> => runtime.db.read(() => choices(persons, runtime.clock()))

export const choicesPlace = new URL(import.meta.url)
