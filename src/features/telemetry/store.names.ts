import { sql } from 'kysely'
import { insertMany } from '#kernel/insert-many.ts'
import { all, first, type Work } from '#kernel/work.ts'
import { q, type OriginRow, type PersonRow, type TelemetryTables } from './tables.ts'
import type { Origin } from './facts/index.ts'

/** Values of one `in (…)`. */
const atOnce = 500

/** Takes this many numbers of a kind; the first of them. */
export function* takeNumbers(name: string, count: number): Work<number> {
  const row = yield* first(
    q
      .insertInto('telemetry_counters')
      .values({ name, next: count + 1 })
      .onConflict((c) =>
        c.column('name').doUpdateSet({ next: sql`telemetry_counters.next + ${count}` }),
      )
      .returning('next'),
  )
  if (!row) throw new Error(`There are no numbers of ${name}.`)
  return row.next - count
}

/** Those that are not known yet get numbers. */
export function* numbered<Row extends { readonly id: number }>(
  table: keyof TelemetryTables,
  keys: readonly string[],
  known: (keys: readonly string[]) => Work<readonly (readonly [key: string, id: number])[]>,
  insert: (rows: readonly Row[]) => Work<void>,
  make: (key: string, id: number) => Row,
): Work<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  for (let from = 0; from < keys.length; from += atOnce)
    for (const [key, id] of yield* known(keys.slice(from, from + atOnce))) found.set(key, id)
  const missing = keys.filter((key) => !found.has(key)).sort()
  if (missing.length === 0) return found
  const next = yield* takeNumbers(table, missing.length)
  yield* insert(missing.map((key, index) => make(key, next + index)))
  for (const [index, key] of missing.entries()) found.set(key, next + index)
  return found
}

/** Texts that this process has read; they are never changed and never taken away. */
export type KnownTexts = Map<string, number>
const textsKept = 50_000

const insertTexts = insertMany<TelemetryTables['telemetry_texts']>(['id', 'text'], (places) =>
  q.insertInto('telemetry_texts').values(places),
)

/**
 * Numbers of texts. Only what was read is remembered: what is inserted here is gone again when the transaction fails. Therefore
 * once in a transaction.
 */
export function* textNumbers(
  texts: ReadonlySet<string>,
  remembered: KnownTexts,
): Work<ReadonlyMap<string, number>> {
  const unknown = [...texts].filter((text) => !remembered.has(text))
  if (unknown.length === 0) return remembered
  if (remembered.size > textsKept) remembered.clear()
  const found = new Map<string, number>()
  for (const text of texts) {
    const id = remembered.get(text)
    if (id !== undefined) found.set(text, id)
  }
  const added = yield* numbered(
    'telemetry_texts',
    [...texts].filter((text) => !found.has(text)),
    function* (keys) {
      const rows = yield* all(
        q.selectFrom('telemetry_texts').select(['id', 'text']).where('text', 'in', keys),
      )
      for (const { id, text } of rows) remembered.set(text, id)
      return rows.map(({ id, text }) => [text, id] as const)
    },
    insertTexts,
    (text, id) => ({ id, text }),
  )
  for (const [text, id] of added) found.set(text, id)
  return found
}

const insertGroupSets = insertMany<TelemetryTables['telemetry_group_sets']>(
  ['id', 'key'],
  (places) => q.insertInto('telemetry_group_sets').values(places),
)
const insertGroupSetMembers = insertMany<TelemetryTables['telemetry_group_set_members']>(
  ['set_id', 'group_id'],
  (places) => q.insertInto('telemetry_group_set_members').values(places),
)

/** Numbers of sets of groups, by their ids with a space between; the empty one is 0. */
export function* groupSetNumbers(sets: ReadonlySet<string>): Work<ReadonlyMap<string, number>> {
  const found = yield* numbered<TelemetryTables['telemetry_group_sets']>(
    'telemetry_group_sets',
    [...sets].filter((key) => key !== ''),
    function* (keys) {
      const rows = yield* all(
        q.selectFrom('telemetry_group_sets').select(['id', 'key']).where('key', 'in', keys),
      )
      return rows.map(({ id, key }) => [key, id] as const)
    },
    function* (rows) {
      yield* insertGroupSets(rows)
      yield* insertGroupSetMembers(
        rows.flatMap(({ id, key }) => key.split(' ').map((group_id) => ({ set_id: id, group_id }))),
      )
    },
    (key, id) => ({ id, key }),
  )
  return new Map([...found, ['', 0]])
}

const insertPeople = insertMany<PersonRow>(['id', 'kind', 'principal_id', 'host'], (places) =>
  q.insertInto('telemetry_people').values(places),
)

/** An enrolment is shared by machines, which only tell themselves apart by their host names. */
export const hostOf = (origin: Origin): string =>
  origin.personKind === 'enrolment' ? origin.host : ''

export const personKey = (origin: Origin): string => `${origin.principalId} ${hostOf(origin)}`

/** Numbers of the people behind origins, by `personKey`. */
export function* personNumbers(origins: readonly Origin[]): Work<ReadonlyMap<string, number>> {
  const byKey = new Map(origins.map((origin) => [personKey(origin), origin]))
  return yield* numbered<PersonRow>(
    'telemetry_people',
    [...byKey.keys()],
    function* (keys) {
      const wanted = keys.flatMap((key) => byKey.get(key) ?? [])
      // The hosts as well: an enrolment may have a hundred thousand machines.
      const rows = yield* all(
        q
          .selectFrom('telemetry_people')
          .selectAll()
          .where('principal_id', 'in', [...new Set(wanted.map((of) => of.principalId))])
          .where('host', 'in', [...new Set(wanted.map(hostOf))]),
      )
      return rows.map((row) => [`${row.principal_id} ${row.host}`, row.id] as const)
    },
    insertPeople,
    (key, id) => {
      const origin = byKey.get(key)
      if (!origin) throw new Error('A person without an origin.')
      const { personKind, principalId } = origin
      return { id, kind: personKind, principal_id: principalId, host: hostOf(origin) }
    },
  )
}

const insertOrigins = insertMany<OriginRow>(
  [
    'id',
    'key',
    'person',
    'client_kind',
    'client_id',
    'host',
    'originator',
    'version',
    'surface',
    'group_set',
    'policy_version',
    'first_at',
  ],
  (places) => q.insertInto('telemetry_origins').values(places),
)

/** Numbers of origins. */
export function* originNumbers(
  origins: readonly Origin[],
  placeOf: (origin: Origin) => { readonly groupSet: number; readonly person: number },
  receivedAt: number,
): Work<ReadonlyMap<Origin, number>> {
  const keyOf = (origin: Origin): string => {
    const { clientKind, clientId, host, originator, version, policyVersion } = origin
    const { person, groupSet } = placeOf(origin)
    return JSON.stringify([
      person,
      clientKind,
      clientId,
      host,
      originator,
      version,
      groupSet,
      policyVersion,
    ])
  }
  const byKey = new Map(origins.map((origin) => [keyOf(origin), origin]))
  const numbers = yield* numbered<OriginRow>(
    'telemetry_origins',
    [...byKey.keys()],
    function* (keys) {
      const rows = yield* all(
        q.selectFrom('telemetry_origins').select(['id', 'key']).where('key', 'in', keys),
      )
      return rows.map(({ id, key }) => [key, id] as const)
    },
    insertOrigins,
    (key, id) => {
      const origin = byKey.get(key)
      if (!origin) throw new Error('An origin without its key.')
      const { person, groupSet } = placeOf(origin)
      return {
        id,
        key,
        person,
        client_kind: origin.clientKind,
        client_id: origin.clientId,
        host: origin.host,
        originator: origin.originator,
        version: origin.version,
        surface: origin.surface,
        group_set: groupSet,
        policy_version: origin.policyVersion,
        first_at: receivedAt,
      }
    },
  )
  return new Map(origins.map((origin) => [origin, numbers.get(keyOf(origin)) ?? 0]))
}
