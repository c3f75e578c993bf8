import { all, first, queries, run, type Work } from '#kernel/work.ts'
import type { PolicyTables } from './migrations.ts'
import type { SnapshotPolicy } from './snapshot.ts'

const q = queries<PolicyTables>()

export type VersionRow = PolicyTables['policy_versions']
/** A version as lists show it. */
export type VersionHead = Omit<VersionRow, 'text' | 'defaults' | 'alone'> & {
  readonly bytes: number
}

/** What a version says is never updated or deleted: no function here does. */
export function* insertVersion(version: VersionRow): Work<void> {
  yield* run(q.insertInto('policy_versions').values(version))
}

export function* setPublished(policyId: string, versionId: string): Work<void> {
  yield* run(q.updateTable('policies').set({ published_id: versionId }).where('id', '=', policyId))
}

/** A second person has decided that this version is served. */
export function* setDecided(policyId: string, number: number): Work<void> {
  yield* run(
    q
      .updateTable('policy_versions')
      .set({ alone: 0 })
      .where('policy_id', '=', policyId)
      .where('number', '=', number)
      .where('alone', '=', 1),
  )
}

/** Those that nobody published alone, under the four-eyes rule, to nobody. */
export function* decidedNumbers(policyId: string): Work<readonly number[]> {
  const rows = yield* all(
    q
      .selectFrom('policy_versions')
      .select('number')
      .where('policy_id', '=', policyId)
      .where('alone', '=', 0),
  )
  return rows.map(({ number }) => number)
}

export function* versionOf(policyId: string, number: number): Work<VersionRow | undefined> {
  return yield* first(
    q
      .selectFrom('policy_versions')
      .selectAll()
      .where('policy_id', '=', policyId)
      .where('number', '=', number),
  )
}

export function* publishedVersion(policyId: string): Work<VersionRow | undefined> {
  return yield* first(
    q
      .selectFrom('policy_versions')
      .innerJoin('policies', 'policies.published_id', 'policy_versions.id')
      .selectAll('policy_versions')
      .where('policies.id', '=', policyId),
  )
}

export function* newestNumber(policyId: string): Work<number> {
  const row = yield* first(
    q
      .selectFrom('policy_versions')
      .select((e) => e.fn.max('number').as('number'))
      .where('policy_id', '=', policyId),
  )
  return row?.number ?? 0
}

/** Newest first, at most `limit`, older than the number given. */
export function* versionHeads(
  policyId: string,
  limit: number,
  before?: number,
): Work<readonly VersionHead[]> {
  let query = q
    .selectFrom('policy_versions')
    .select([
      'id',
      'policy_id',
      'number',
      'sha256',
      'message',
      'put_back',
      'author_id',
      'author',
      'at',
      'complaints',
      'check_version',
      // SQLite and PostgreSQL both count characters here; the screens call it so.
      (e) => e.fn<number>('length', ['text']).as('bytes'),
    ])
    .where('policy_id', '=', policyId)
    .orderBy('number', 'desc')
    .limit(limit)
  if (before !== undefined) query = query.where('number', '<', before)
  return yield* all(query)
}

export function* versionCount(policyId: string): Work<number> {
  const row = yield* first(
    q
      .selectFrom('policy_versions')
      .select((e) => e.fn.countAll<number>().as('count'))
      .where('policy_id', '=', policyId),
  )
  return row?.count ?? 0
}

/** Where a version stands: its policy, and which one it is of that. */
export interface VersionPlace {
  readonly policyId: string
  readonly policyName: string
  readonly number: number
}

export function* versionPlaces(ids: readonly string[]): Work<ReadonlyMap<string, VersionPlace>> {
  if (ids.length === 0) return new Map()
  const rows = yield* all(
    q
      .selectFrom('policy_versions')
      .innerJoin('policies', 'policies.id', 'policy_versions.policy_id')
      .where('policy_versions.id', 'in', ids)
      .select(['policy_versions.id', 'policies.id as policyId', 'policies.name as policyName'])
      .select('policy_versions.number'),
  )
  return new Map(rows.map(({ id, ...place }) => [id, place]))
}

/** What each of these versions is called: `Baseline v3`. */
export function* versionNames(ids: readonly string[]): Work<ReadonlyMap<string, string>> {
  const places = yield* versionPlaces(ids)
  return new Map(
    [...places].map(([id, { policyName, number }]) => [id, `${policyName} v${number}`]),
  )
}

/** requirements.toml of a version, by the version's id. */
export function* versionText(id: string): Work<string | undefined> {
  const row = yield* first(q.selectFrom('policy_versions').select('text').where('id', '=', id))
  return row?.text
}

/** What every published policy serves now. */
export function* servedPolicies(): Work<readonly SnapshotPolicy[]> {
  return yield* all(
    q
      .selectFrom('policies')
      .innerJoin('policy_versions', 'policy_versions.id', 'policies.published_id')
      .select([
        'policies.id as id',
        'policies.name as name',
        'policy_versions.id as versionId',
        'policy_versions.number as version',
        'policy_versions.text as text',
        'policy_versions.defaults as defaults',
        'policy_versions.sha256 as sha256',
      ]),
  )
}
