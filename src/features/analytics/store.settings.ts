import { day } from '#kernel/clock.ts'
import { all, first, queries, run, type Work } from '#kernel/work.ts'
import { dateText } from './calendar.ts'
import type { AnalyticsTables } from './migrations.ts'
import type { Price } from './prices.ts'
import type { PriceEntry, Settings } from './schema.ts'

const q = queries<AnalyticsTables>()
const micro = 1_000_000

type PriceRow = AnalyticsTables['analytics_prices']

const asPrice = (row: PriceRow): Price => ({
  model: row.model,
  validFrom: row.valid_from,
  input: row.input,
  cachedInput: row.cached_input,
  output: row.output,
})

const asEntry = (row: PriceRow): PriceEntry => ({
  id: row.id,
  model: row.model,
  from: dateText(row.valid_from / day),
  input: row.input / micro,
  cachedInput: row.cached_input / micro,
  output: row.output / micro,
})

function* rows(): Work<readonly PriceRow[]> {
  return yield* all(
    q.selectFrom('analytics_prices').selectAll().orderBy('model').orderBy('valid_from', 'desc'),
  )
}

export function* allPrices(): Work<readonly Price[]> {
  return (yield* rows()).map(asPrice)
}

export function* priceEntries(): Work<readonly PriceEntry[]> {
  return (yield* rows()).map(asEntry)
}

export function* priceById(id: string): Work<PriceEntry | undefined> {
  const row = yield* first(q.selectFrom('analytics_prices').selectAll().where('id', '=', id))
  return row && asEntry(row)
}

/** Throws `already_exists` where the model has a price from that day on already. */
export function* insertPrice(entry: PriceEntry): Work<void> {
  yield* run(
    q.insertInto('analytics_prices').values({
      id: entry.id,
      model: entry.model,
      valid_from: Date.parse(`${entry.from}T00:00:00Z`),
      input: Math.round(entry.input * micro),
      cached_input: Math.round(entry.cachedInput * micro),
      output: Math.round(entry.output * micro),
    }),
  )
}

export function* deletePrice(id: string): Work<void> {
  yield* run(q.deleteFrom('analytics_prices').where('id', '=', id))
}

const initial: Settings = { zone: 'UTC', currency: 'USD', k: 5 }

export function* theSettings(): Work<Settings> {
  const row = yield* first(q.selectFrom('analytics_settings').select(['zone', 'currency', 'k']))
  return row ?? initial
}

export function* setSettings(settings: Settings): Work<void> {
  yield* run(
    q
      .insertInto('analytics_settings')
      .values({ id: 'settings', ...settings })
      .onConflict((c) => c.column('id').doUpdateSet(settings)),
  )
}
