import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { FileRow } from './store.files.ts'
import type { ComplianceTables } from './tables.ts'

const q = queries<ComplianceTables>()

export type DestinationRow = ComplianceTables['compliance_destinations']

export function* insertDestination(row: DestinationRow): Work<void> {
  yield* run(q.insertInto('compliance_destinations').values(row))
}

export function* destinationById(id: string): Work<DestinationRow | undefined> {
  return yield* first(q.selectFrom('compliance_destinations').selectAll().where('id', '=', id))
}

/** By name. */
export function* allDestinations(): Work<readonly DestinationRow[]> {
  return yield* all(q.selectFrom('compliance_destinations').selectAll().orderBy('name_key'))
}

/** Those that a new file is sent to now; one that fails is tried again at its own time. */
export function* waitingDestinations(): Work<readonly string[]> {
  const rows = yield* all(
    q
      .selectFrom('compliance_destinations')
      .select('id')
      .where('paused', '=', 0)
      .where('failing_since', 'is', null),
  )
  return rows.map(({ id }) => id)
}

export function* setDestination(id: string, change: Partial<DestinationRow>): Work<void> {
  yield* run(q.updateTable('compliance_destinations').set(change).where('id', '=', id))
}

/** Takes it under a name of its own until `until`; false while another one works on it. */
export function* takeDestination(
  id: string,
  by: string,
  now: number,
  until: number,
): Work<boolean> {
  const taken = yield* run(
    q
      .updateTable('compliance_destinations')
      .set({ busy_until: until, busy_by: by })
      .where('id', '=', id)
      .where('busy_until', '<=', now),
  )
  return taken === 1
}

/** Changes it while it is taken under this name; false when another one has taken it over. */
export function* setTaken(id: string, by: string, change: Partial<DestinationRow>): Work<boolean> {
  const changed = yield* run(
    q
      .updateTable('compliance_destinations')
      .set(change)
      .where('id', '=', id)
      .where('busy_by', '=', by),
  )
  return changed === 1
}

const wantedBy = ({ kind, event_types: types, delivered }: DestinationRow) => {
  const wanted = JSON.parse(types) as readonly string[]
  let query = q.selectFrom('compliance_files').where('number', '>', delivered)
  if (wanted.length > 0) query = query.where('event_type', 'in', wanted)
  // An archive is told that a file was emptied, so that none seems to be missing there.
  return archives(kind) ? query : query.where('deleted_at', 'is', null)
}

export const archives = (kind: DestinationRow['kind']): boolean =>
  kind === 'folder' || kind === 's3'

/** The next file that it is to get. */
export function* nextWanted(row: DestinationRow): Work<FileRow | undefined> {
  return yield* first(wantedBy(row).selectAll().orderBy('number').limit(1))
}

/** How many files it has not got, counted so far. */
export function* countWanted(row: DestinationRow, atMost: number): Work<number> {
  const counted = yield* first(
    q
      .selectFrom(wantedBy(row).select('number').limit(atMost).as('wanted'))
      .select((e) => e.fn.countAll<number>().as('n')),
  )
  return counted?.n ?? 0
}

export function* deleteDestination(id: string): Work<void> {
  yield* run(q.deleteFrom('compliance_destinations').where('id', '=', id))
}
