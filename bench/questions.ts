/**
 * Each question of the analytics over a million and over ten million events of 90 days, in one run: a question reads sums, so ten
 * times the events may not take it ten times as long. The sums are made of events by the product's own functions; single records
 * are left out, because no question reads them.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { sql } from 'kysely'
import { answerTo } from '#features/analytics/answer.ts'
import { questions } from '#features/analytics/questions/index.ts'
import { releaseNext } from '#features/analytics/released/release.ts'
import { sumUp } from '#features/telemetry/rollups/sums.ts'
import { groupSetNumbers, personKey, personNumbers } from '#features/telemetry/store.names.ts'
import { addSums } from '#features/telemetry/store.sums.ts'
import { day } from '#kernel/clock.ts'
import { raw } from '#kernel/work.ts'
import type { App } from '#src/app.ts'
import { factsOfDay, originsOf, random, type Company } from '#test/reported.ts'
import { openWorld } from '#test/world.ts'

const days = 90
const times = 15
/** p95 of a question over ten million events, in ms. */
const limit = 150
/** How much longer than over a million it may take: sums of more events fill more of their rows. */
const growth = 4
const from = Date.UTC(2025, 9, 6)
const sizes = process.argv.includes('--small') ? [10_000, 100_000] : [1_000_000, 10_000_000]

async function filled(events: number): Promise<{ readonly app: App; readonly data: string }> {
  const data = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'))
  const { app } = openWorld({ data })
  await app.migrate()
  const company: Company = { people: 500, groups: 12, from, days, events }
  const { db } = app.runtime
  const origins = originsOf(company, random(1)).map(([origin]) => origin)
  const places = await db.tx(function* () {
    const people = yield* personNumbers(origins)
    const sets = yield* groupSetNumbers(new Set(origins.map((origin) => origin.groups)))
    return new Map(
      origins.map((origin) => [
        origin.principalId,
        { person: people.get(personKey(origin)) ?? 0, groupSet: sets.get(origin.groups) ?? 0 },
      ]),
    )
  })
  for (let n = 0; n < days; n++) {
    const facts = [...factsOfDay(company, from + n * day)]
    const sums = sumUp(
      facts,
      new Set(),
      (o) => places.get(o.principalId) ?? { person: 0, groupSet: 0 },
    )
    await db.tx(() => addSums(sums))
  }
  while (await releaseNext(app.runtime));
  return { app, data }
}

const tables = [
  'telemetry_usage',
  'telemetry_usage_hours',
  'telemetry_days',
  'telemetry_commands',
  'telemetry_command_people',
  'telemetry_histograms',
  'telemetry_failures',
]

async function rowsOf(app: App): Promise<string> {
  const counts: string[] = []
  for (const table of tables) {
    const [row] = await app.runtime.db.read(() =>
      raw<{ n: number }>(sql`select count(*) as n from ${sql.table(table)}`),
    )
    counts.push(`${table.replace('telemetry_', '')} ${row?.n ?? 0}`)
  }
  return counts.join(', ')
}

const shapes = [
  { name: 'as it is shown first', query: {}, persons: true },
  { name: 'split, in New York', query: { zone: 'America/New_York' }, persons: true, split: true },
  { name: 'without persons', query: {}, persons: false },
] as const

async function measured(app: App): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  const range = { from: '2025-10-06', to: '2026-01-03', unit: 'day' as const }
  for (const { key, dimensions, persons } of questions)
    for (const shape of shapes) {
      if (persons === true && !shape.persons) continue
      const by = 'split' in shape ? (dimensions.at(-1) ?? 'none') : dimensions[0]
      const took: number[] = []
      for (let n = 0; n < times; n++) {
        const started = performance.now()
        await app.runtime.db.read(() =>
          answerTo(
            { key, query: { ...range, ...shape.query, by }, persons: shape.persons },
            from + days * day,
          ),
        )
        took.push(performance.now() - started)
      }
      took.sort((a, b) => a - b)
      found.set(`${key}, ${shape.name}`, took[Math.ceil(times * 0.95) - 1] ?? NaN)
    }
  return found
}

const results: Map<string, number>[] = []
for (const events of sizes) {
  const started = performance.now()
  const { app, data } = await filled(events)
  console.log(
    `${events.toLocaleString('en')} events of 500 people in ${days} days, summed up in ${Math.round((performance.now() - started) / 1000)} s`,
  )
  console.log(`  rows: ${await rowsOf(app)}`)
  results.push(await measured(app))
  await app.stop()
  rmSync(data, { recursive: true, force: true })
}
const [few, many] = results
console.log(
  `\np95 of ${times}, in ms: ${sizes.map((n) => n.toLocaleString('en')).join(' and ')} events`,
)
let worst = 0
let steepest = 0
for (const [name, ms] of many ?? []) {
  const before = few?.get(name) ?? NaN
  worst = Math.max(worst, ms)
  // Below a few milliseconds the clock decides.
  steepest = Math.max(steepest, ms / Math.max(before, 5))
  console.log(`  ${name.padEnd(48)} ${before.toFixed(1).padStart(7)} ${ms.toFixed(1).padStart(7)}`)
}
console.log(
  `slowest ${worst.toFixed(0)} ms (at most ${limit}), steepest ${steepest.toFixed(1)} times for ten times the events (at most ${growth})`,
)
if (worst > limit || steepest > growth) process.exitCode = 1
