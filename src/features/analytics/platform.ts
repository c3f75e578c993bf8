/** The vendor's analytics API for organisations, answered from our own sums, so that programs made for it go on working. */
import type { Measures, TelemetryTables } from '#features/telemetry/index.ts'
import { day, second } from '#kernel/clock.ts'
import { decodeCursor, encodeCursor } from '#kernel/page.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { invalid, mostDays } from './ask.ts'
import { nextPeriod, periodOf } from './calendar.ts'
import { tokensOf } from './cells.ts'
import { personNames, type Named } from './names.ts'
import { costOf, meanPrice, priceAt, type Price } from './prices.ts'
import { releasedCells } from './released/reading.ts'
import { ripeUntil } from './released/ripe.ts'
import type { PlatformQuery, UsageRow } from './schema.platform.ts'
import { allPrices, theSettings } from './store.settings.ts'
import {
  peopleOf,
  principalsIn,
  principalSums,
  workspaceSums,
  type BucketSum,
} from './store.persons.ts'

export interface UsageAsk {
  readonly query: PlatformQuery
  readonly persons: boolean
}

export interface UsagePage {
  readonly object: 'page'
  readonly data: readonly UsageRow[]
  readonly has_more: boolean
  readonly next_page: string | null
}

const summed = ['conversations', 'turns', 'tokens_input', 'tokens_cached', 'tokens_output'] as const

type Person = TelemetryTables['telemetry_people']

/** Beside the thread that answers requests (kernel/aside.ts). */
export const usageAside = (runtime: Runtime, ask: UsageAsk): Promise<UsagePage> =>
  runtime.db.read(() => usage(ask, runtime.clock()))

export const usagePlace = new URL(import.meta.url)

/** Adds up rows of one bucket after the other, until a page is full. */
function* usage({ query, persons }: UsageAsk, now: number): Work<UsagePage> {
  const [start, end] = rangeOf(query, persons, now)
  const cursor = query.page === undefined ? undefined : decodeCursor(query.page)
  const unit = query.group_by
  const from = Math.max(start, Number(cursor?.[0] ?? 0))
  const adding = createAdding(yield* allPrices(), (utc) => periodOf(utc / day, unit) * day)
  if (from < end)
    if (query.group !== 'workspace') yield* addUsers({ adding, from, end, query, cursor })
    else if (persons) adding.everywhere(yield* workspaceSums({ from, until: end }, summed))
    else yield* addReleased(adding, { from, until: end })
  const all = adding.rows(unit).filter(([bucket, id]) => isAfter(cursor, bucket, id))
  const data = all.slice(0, query.limit)
  const last = data.at(-1)
  const more = all.length > data.length && last !== undefined
  return {
    object: 'page',
    data: data.map(([, , row]) => row),
    has_more: more,
    next_page: more ? encodeCursor([last[0], last[1]]) : null,
  }
}

interface Users {
  readonly adding: ReturnType<typeof createAdding>
  readonly from: number
  readonly end: number
  readonly query: PlatformQuery
  readonly cursor: readonly (string | number)[] | undefined
}

/** One user more than the page has, so that it is known whether there is a next one. */
function* addUsers({ adding, from, end, query, cursor }: Users): Work<void> {
  const unit = query.group_by
  const ids = new Set<string>()
  let left = query.limit + 1
  for (let at = from; at < end && left > 0;) {
    const bucket = periodOf(at / day, unit) * day
    const until = Math.min(nextPeriod(at / day, unit) * day, end)
    const after = cursor && Number(cursor[0]) === bucket ? String(cursor[1]) : ''
    // Where a page ends within a week, the week begins with the first day that was asked for.
    const range = { from: Math.max(bucket, rangeStart(query)), until }
    const users = yield* principalsIn(range, after, left)
    adding.everywhere(yield* principalSums(range, users, summed))
    for (const id of users) ids.add(id)
    left -= users.length
    at = until
  }
  adding.know(yield* peopleOf([...ids]), yield* personNames())
}

/** The workspace as whoever may not see persons sees it: nothing where the whole of a day is not shown. */
function* addReleased(
  adding: ReturnType<typeof createAdding>,
  range: { readonly from: number; readonly until: number },
): Work<void> {
  const { k } = yield* theSettings()
  const shown = (dimension: 'none' | 'client' | 'model') =>
    releasedCells({ ...range, k, unit: 'day', dimension, only: undefined })
  const models = (yield* shown('model')).cells
  const clients = (yield* shown('client')).cells
  const byDay = Map.groupBy(models, (cell) => cell.start)
  for (const whole of (yield* shown('none')).cells) {
    const ofDay = byDay.get(whole.start) ?? []
    const price = adding.meanOf(ofDay, whole.start)
    const at = { id: '', day: whole.start }
    adding.total({ ...whole, ...at }, price)
    for (const cell of clients)
      if (cell.start === whole.start) adding.client({ ...cell, ...at }, cell.value, price)
    for (const cell of ofDay) adding.model({ ...cell, ...at }, cell.value)
  }
}

const rangeStart = (query: PlatformQuery): number =>
  Math.floor((query.start_time * second) / day) * day

/** Whole days of UTC; for whoever may not see persons, released ones. */
function rangeOf(query: PlatformQuery, persons: boolean, now: number): [number, number] {
  const start = rangeStart(query)
  const asked = Math.ceil(((query.end_time ?? now / second) * second) / day) * day
  const end = Math.min(asked, persons ? now + day : ripeUntil(now))
  if (asked < start) throw invalid('start_time', 'start_time is after end_time.')
  if (asked - start > mostDays * day)
    throw invalid('start_time', `At most ${mostDays} days at a time.`)
  return [start, end]
}

const isAfter = (
  cursor: readonly (string | number)[] | undefined,
  bucket: number,
  id: string,
): boolean =>
  cursor === undefined ||
  bucket > Number(cursor[0]) ||
  (bucket === Number(cursor[0]) && id > String(cursor[1]))

interface Sums {
  conversations: number
  turns: number
  credits: number
  tokens_input: number
  tokens_cached: number
  tokens_output: number
}
interface Bucket {
  readonly start: number
  readonly id: string
  readonly total: Sums
  readonly clients: Map<string, Sums>
  readonly models: Map<string, Sums>
}
const none = (): Sums => ({
  conversations: 0,
  turns: 0,
  credits: 0,
  tokens_input: 0,
  tokens_cached: 0,
  tokens_output: 0,
})

/** Sums of one user or of everybody, on one day. */
interface DaySum extends Partial<Measures> {
  readonly id: string
  readonly day: number
}

function createAdding(prices: readonly Price[], bucketOf: (utcDay: number) => number) {
  const buckets = new Map<string, Bucket>()
  let who: ReadonlyMap<string, Person> = new Map()
  let nameOf: ((person: Person) => Named) | undefined
  const bucket = ({ id, day: at }: DaySum): Bucket => {
    const start = bucketOf(at)
    const key = `${start} ${id}`
    const known = buckets.get(key)
    if (known) return known
    const made = { start, id, total: none(), clients: new Map(), models: new Map() }
    buckets.set(key, made)
    return made
  }
  const add = (sums: Sums, row: DaySum, price: Price | undefined): void => {
    for (const measure of summed) sums[measure] += row[measure] ?? 0
    sums.credits += costOf(price, tokensOf(row)) ?? 0
  }
  const into = (sums: Map<string, Sums>, key: string, row: DaySum, price: Price | undefined) => {
    const known = sums.get(key) ?? none()
    sums.set(key, known)
    add(known, row, price)
  }
  const adding = {
    total: (row: DaySum, price: Price | undefined) => add(bucket(row).total, row, price),
    client: (row: DaySum, client: string, price: Price | undefined) =>
      into(bucket(row).clients, client, row, price),
    model: (row: DaySum, model: string) =>
      into(bucket(row).models, model, row, priceAt(prices, model, row.day)),
    everywhere(rows: readonly BucketSum[]): void {
      for (const row of rows) {
        const price = priceAt(prices, row.model, row.day)
        adding.total(row, price)
        adding.client(row, row.originator, price)
        adding.model(row, row.model)
      }
    },
    /** What a token cost in the mean of these models; one without a price costs nothing. */
    meanOf: (models: readonly (Partial<Measures> & { readonly value: string })[], at: number) =>
      meanPrice(
        models.map((cell) => ({
          price: priceAt(prices, cell.value, at) ?? free,
          tokens: tokensOf(cell),
        })),
      ),
    know(people: readonly Person[], names: (person: Person) => Named) {
      who = new Map(people.map((person) => [person.principal_id, person]))
      nameOf = names
    },
    rows: (unit: 'day' | 'week'): readonly (readonly [number, string, UsageRow])[] =>
      [...buckets.values()]
        .sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1))
        .map((b) => [b.start, b.id, rowOf(b, unit, who.get(b.id), nameOf)]),
  }
  return adding
}

const free: Price = { model: '*', validFrom: 0, input: 0, cachedInput: 0, output: 0 }

const actorType = { member: 'user', service_account: 'service_account', enrolment: 'enrolment' }

function rowOf(
  bucket: Bucket,
  unit: 'day' | 'week',
  person: Person | undefined,
  nameOf: ((person: Person) => Named) | undefined,
): UsageRow {
  const { start, id, total, clients, models } = bucket
  const email = person && nameOf ? nameOf(person).email : null
  return {
    object: 'codex.usage',
    start_time: start / second,
    end_time: (nextPeriod(start / day, unit) * day) / second,
    user_id: id === '' ? null : id,
    ...(person === undefined
      ? {}
      : { actor: { type: actorType[person.kind], user_id: id, email } }),
    email,
    totals: totalsOf(total),
    clients: [...clients].map(([client_id, sums]) => ({
      client_id,
      ...totalsOf(sums),
      uncached_text_input_tokens: Math.max(0, sums.tokens_input - sums.tokens_cached),
      cached_text_input_tokens: sums.tokens_cached,
      text_output_tokens: sums.tokens_output,
      text_total_tokens: sums.tokens_input + sums.tokens_output,
    })),
    models: [...models].map(([model, { credits }]) => ({ model, credits: rounded(credits) })),
  }
}

const totalsOf = ({ conversations, turns, credits }: Sums) => ({
  threads: conversations,
  turns,
  credits: rounded(credits),
})

const rounded = (credits: number): number => Math.round(credits * 1e6) / 1e6
