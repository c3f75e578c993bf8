import { day, hour } from '#kernel/clock.ts'
import type { Fact, Origin } from '../facts/index.ts'
import type {
  CommandPeopleRow,
  CommandsRow,
  DayRow,
  FailurePeopleRow,
  FailureRow,
  HistogramDayRow,
  HistogramMeasure,
  HistogramRow,
  UsageRow,
} from '../tables.ts'
import { boundFor } from './histogram.ts'
import { addFact, addSum, counts, noSum, type Sum } from './measures.ts'
import { join, quarter, quarterBit, startOf } from './presence.ts'

/** The numbers under which the store knows the groups and the person of an origin. */
export interface Place {
  readonly groupSet: number
  readonly person: number
}

/** Rows to be added to what is stored. */
export interface Sums {
  readonly usage: readonly UsageRow[]
  readonly usageHours: readonly UsageRow[]
  readonly usageDays: readonly UsageRow[]
  readonly days: readonly DayRow[]
  readonly commands: readonly CommandsRow[]
  readonly commandPeople: readonly CommandPeopleRow[]
  readonly histograms: readonly HistogramRow[]
  readonly histogramDays: readonly HistogramDayRow[]
  readonly failures: readonly FailureRow[]
  readonly failurePeople: readonly FailurePeopleRow[]
}

interface Cell {
  readonly origin: Origin
  readonly model: string
  readonly bucket: number
  readonly sum: Sum
}

/**
 * Sums facts up. Pure: what is stored is added to elsewhere.
 * @param begins the facts in which a conversation begins, to be counted as one
 */
export function sumUp(
  facts: readonly Fact[],
  begins: ReadonlySet<Fact>,
  placeOf: (origin: Origin) => Place,
): Sums {
  const cells = cellsOf(facts, begins)
  const usage = table<UsageRow>()
  const usageHours = table<UsageRow>()
  const usageDays = table<UsageRow>()
  const days = table<DayRow>()
  for (const { origin, model, bucket, sum } of cells) {
    const { groupSet, person } = placeOf(origin)
    const { surface, originator, version, policyVersion } = origin
    const place = { group_set: groupSet, surface, originator, model }
    for (const [rows, start] of [
      [usage, bucket],
      [usageHours, startOf(bucket, hour)],
      [usageDays, startOf(bucket, day)],
    ] as const)
      addSum(
        rows.at([start, groupSet, originator, model], () => ({
          bucket: start,
          ...place,
          ...noSum(),
        })),
        sum,
      )
    const start = startOf(bucket, day)
    const row = days.at(
      [start, person, groupSet, originator, model, version, policyVersion],
      () => ({
        day: start,
        person,
        ...place,
        version,
        policy_version: policyVersion,
        quarters_am: 0,
        quarters_pm: 0,
        ...noSum(),
      }),
    )
    const { am, pm } = quarterBit(bucket)
    row.quarters_am = join(row.quarters_am, am)
    row.quarters_pm = join(row.quarters_pm, pm)
    addSum(row, sum)
  }
  return {
    usage: usage.rows(),
    usageHours: usageHours.rows(),
    usageDays: usageDays.rows(),
    days: days.rows(),
    ...callsOf(facts, placeOf),
    ...histogramsOf(facts, placeOf),
    ...failuresOf(facts, placeOf),
  }
}

/** Facts that come together mostly belong together: the cell of the one before is tried first. */
function cellsOf(facts: readonly Fact[], begins: ReadonlySet<Fact>): readonly Cell[] {
  const cells = new Map<Origin, Map<string, Cell>>()
  const all: Cell[] = []
  let last: Cell | undefined
  for (const fact of facts) {
    if (!counts(fact)) continue
    const { origin, model, at } = fact
    if (
      last?.origin !== origin ||
      last.model !== model ||
      at < last.bucket ||
      at >= last.bucket + quarter
    ) {
      const bucket = startOf(at, quarter)
      let own = cells.get(origin)
      if (!own) cells.set(origin, (own = new Map<string, Cell>()))
      const key = `${bucket} ${model}`
      last = own.get(key)
      if (!last) {
        last = { origin, model, bucket, sum: noSum() }
        own.set(key, last)
        all.push(last)
      }
    }
    addFact(last.sum, fact, begins.has(fact))
  }
  return all
}

function callsOf(
  facts: readonly Fact[],
  placeOf: (origin: Origin) => Place,
): Pick<Sums, 'commands' | 'commandPeople'> {
  const commands = table<CommandsRow>()
  const people = table<CommandPeopleRow>()
  for (const fact of facts) {
    if (fact.kind !== 'tool_result' || fact.outcome === null) continue
    const { origin, tool, program, outcome, decision, decidedBy, rule, ruleDecision } = fact
    const { groupSet, person } = placeOf(origin)
    const policyVersion = rule === '' ? '' : origin.policyVersion
    const call = { group_set: groupSet, tool, program, outcome, rule, rule_decision: ruleDecision }
    const start = startOf(fact.at, hour)
    const row = commands.at(
      [
        start,
        groupSet,
        tool,
        program,
        outcome,
        decision,
        decidedBy,
        rule,
        policyVersion,
        ruleDecision,
      ],
      () => ({
        hour: start,
        ...call,
        decision,
        decided_by: decidedBy,
        policy_version: policyVersion,
        count: 0,
        duration_ms: 0,
      }),
    )
    row.count += 1
    row.duration_ms += fact.durationMs ?? 0
    const dayStart = startOf(fact.at, day)
    people.at([dayStart, person, groupSet, tool, program, outcome, rule, ruleDecision], () => ({
      day: dayStart,
      person,
      ...call,
      count: 0,
    })).count += 1
  }
  return { commands: commands.rows(), commandPeople: people.rows() }
}

function histogramsOf(
  facts: readonly Fact[],
  placeOf: (origin: Origin) => Place,
): Pick<Sums, 'histograms' | 'histogramDays'> {
  const hours = table<HistogramRow>()
  const days = table<HistogramDayRow>()
  for (const fact of facts) {
    const measured = measureOf(fact)
    if (measured?.value == null) continue
    const { measure, value } = measured
    const start = startOf(fact.at, hour)
    const { groupSet } = placeOf(fact.origin)
    const bound = boundFor(value)
    const { surface, originator } = fact.origin
    const { model } = fact
    const binned = { group_set: groupSet, surface, originator, model, measure, bound, count: 0 }
    hours.at([start, groupSet, originator, model, measure, bound], () => ({
      hour: start,
      ...binned,
    })).count += 1
    const dayStart = startOf(start, day)
    days.at([measure, dayStart, groupSet, originator, model, bound], () => ({
      day: dayStart,
      ...binned,
    })).count += 1
  }
  return { histograms: hours.rows(), histogramDays: days.rows() }
}

function measureOf(
  fact: Fact,
): { readonly measure: HistogramMeasure; readonly value: number | null } | undefined {
  switch (fact.kind) {
    case 'first_token':
      return { measure: 'first_token', value: fact.durationMs }
    case 'api_request':
      return { measure: 'api_request', value: fact.durationMs }
    case 'prompt':
      return { measure: 'prompt', value: fact.length }
    case 'tool_result':
      return fact.outcome === 'denied'
        ? undefined
        : { measure: 'tool_call', value: fact.durationMs }
    default:
      return undefined
  }
}

function failuresOf(
  facts: readonly Fact[],
  placeOf: (origin: Origin) => Place,
): Pick<Sums, 'failures' | 'failurePeople'> {
  const hours = table<FailureRow>()
  const people = table<FailurePeopleRow>()
  for (const fact of facts) {
    const failure = failureOf(fact)
    if (!failure) continue
    const [kind, what] = failure
    const start = startOf(fact.at, hour)
    const { groupSet, person } = placeOf(fact.origin)
    const { surface, originator } = fact.origin
    hours.at([start, groupSet, originator, fact.model, kind, what], () => ({
      hour: start,
      group_set: groupSet,
      surface,
      originator,
      model: fact.model,
      kind,
      what,
      count: 0,
    })).count += 1
    const dayStart = startOf(start, day)
    people.at([dayStart, person, kind, what], () => ({
      day: dayStart,
      person,
      kind,
      what,
      count: 0,
    })).count += 1
  }
  return { failures: hours.rows(), failurePeople: people.rows() }
}

/** What kind of failure a fact is, and which; undefined: none. A denied call has not failed. */
function failureOf(fact: Fact): readonly [kind: string, what: string] | undefined {
  if (fact.success !== 0) return undefined
  switch (fact.kind) {
    case 'api_request':
      return ['api', fact.status === null ? 'no answer' : String(fact.status)]
    case 'stream':
      return ['stream', fact.tool]
    case 'tool_result':
      return fact.outcome === 'failed' ? ['tool', fact.tool] : undefined
    default:
      return undefined
  }
}

/** Rows found by their keys, made when they are first asked for. */
function table<Row>() {
  const rows = new Map<string, { -readonly [Key in keyof Row]: Row[Key] }>()
  return {
    at(key: readonly (string | number)[], make: () => Row) {
      const name = key.join('\0')
      let row = rows.get(name)
      if (!row) rows.set(name, (row = make()))
      return row
    },
    /** In the order of their keys, so that two processes that add to the same rows wait instead of deadlocking. */
    rows: (): readonly Row[] => [...rows.keys()].sort().flatMap((key) => rows.get(key) ?? []),
  }
}
