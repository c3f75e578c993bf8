import { route } from '#features/workspace/index.ts'
import { Problem } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import type { WatchParts } from '../parts.ts'
import { collectionAt, collectionByPath } from '../read/load.ts'
import * as schema from '../schema.ts'
import { admins, collectionTarget } from './admins.ts'
import { refuseReserved, refuseUnusable } from './check.ts'
import { removeJob } from './remove.ts'
import { nextRun } from './schedule.ts'
import { parseSettings, type Settings } from './settings.ts'
import {
  endRuns,
  forgetFetchAddresses,
  insertCollection,
  updateCollection,
  type CollectionRow,
} from './store.ts'
import { collectionView } from './view.ts'

type Change = Omit<schema.CollectionChange, 'revision'>

export const changeRoutes = (parts: WatchParts): readonly Route[] => [
  createRoute(parts),
  changeRoute(parts),
  deleteRoute,
]

const createRoute = ({ runtime }: WatchParts): Route =>
  route({
    ...admins,
    id: 'watch.create-collection',
    method: 'POST',
    path: '/api/v1/watch/collections',
    summary: 'Watch a set of pages',
    description: 'With a schedule and at least one source the first run is due at once.',
    body: schema.newCollection,
    output: schema.collection,
    status: 201,
    audit: 'collection.create',
    handle: async (call, { body }) => {
      refuseReserved(body.vendor)
      await refuseUnusable(body)
      const id = runtime.ids('col')
      const path = `${body.vendor}/${body.product}/${body.set}/${body.language}`
      await call.write(function* (record) {
        if (yield* collectionByPath(path))
          throw new Problem('already_exists', `${path} is watched already.`, {
            remedy: 'Open it, or choose another set or language.',
            errors: [{ field: 'set', message: 'This collection exists.' }],
          })
        const row: CollectionRow = {
          id,
          vendor: body.vendor,
          product: body.product,
          set_name: body.set,
          language: body.language,
          path,
          ...columnsOf(body, runtime.ids),
          revision: 1,
          created_at: call.now,
          created_by: call.actor.label,
          next_run_at: dueAtOnce(body) ? call.now : null,
          last_run_at: null,
          deleted_at: null,
        }
        yield* insertCollection(row)
        yield* record({ target: collectionTarget(row), after: told(body) })
      })
      return collectionView(runtime, id, call.actor.id)
    },
  })

const changeRoute = ({ runtime }: WatchParts): Route =>
  route({
    ...admins,
    id: 'watch.change-collection',
    method: 'PATCH',
    path: '/api/v1/watch/{v}/{p}/{s}/{l}',
    summary: 'Change the settings of a collection',
    params: schema.collectionParams,
    body: schema.collectionChange,
    output: schema.collection,
    audit: 'collection.change',
    handle: async (call, { params, body }) => {
      await refuseUnusable(body)
      const id = await call.write(function* (record) {
        const before = yield* collectionAt(params)
        const settings = parseSettings(before)
        if (before.revision !== body.revision)
          throw new Problem('edited_meanwhile', `${before.path} has other settings by now.`, {
            remedy: 'Look at the present settings, then change them again.',
            data: { current: { revision: before.revision } },
          })
        const after = columnsOf(body, runtime.ids)
        yield* updateCollection(before.id, {
          ...after,
          revision: before.revision + 1,
          next_run_at: nextAfterChange(before, settings, body, call.now),
        })
        yield* consequences(before, settings, parseSettings(after))
        yield* record({
          target: collectionTarget(before),
          ...differences(told({ ...shown(before), ...settings }), told(body)),
        })
        return before.id
      })
      return collectionView(runtime, id, call.actor.id)
    },
  })

const deleteRoute: Route = route({
  ...admins,
  id: 'watch.delete-collection',
  method: 'DELETE',
  path: '/api/v1/watch/{v}/{p}/{s}/{l}',
  summary: 'Delete a collection with its whole history',
  description: 'It is gone at once and for good; its rows are cleared away after the answer.',
  params: schema.collectionParams,
  output: null,
  audit: 'collection.delete',
  handle: (call, { params }) =>
    call.write(function* (record) {
      const row = yield* collectionAt(params)
      yield* updateCollection(row.id, {
        path: `deleted/${row.id}`,
        paused: 1,
        visibility: 'members',
        next_run_at: null,
        deleted_at: call.now,
      })
      yield* endRuns(row.id, call.now)
      yield* enqueue({ name: removeJob, payload: row.id, dedupeKey: row.id })
      yield* record({
        target: collectionTarget(row),
        before: told({ ...shown(row), ...parseSettings(row) }),
      })
    }),
})

/** The columns that hold settings. Sources and rules without an id get one. */
const columnsOf = (body: Change, ids: (prefix: string) => string) => ({
  title: body.title,
  settings: JSON.stringify({
    sources: body.sources.map((s) => ({ ...s, id: s.id ?? ids('src') })),
    schedule: body.schedule,
    extract: body.extract,
    fetch: body.fetch,
    ignore: body.ignore.map((r) => ({ ...r, id: r.id ?? ids('ign') })),
    retention: body.retention,
  }),
  paused: body.paused ? 1 : 0,
  visibility: body.visibility,
  policy_documentation: body.policyDocumentation ? 1 : 0,
})

const shown = (row: CollectionRow) => ({
  title: row.title,
  paused: row.paused === 1,
  visibility: row.visibility,
  policyDocumentation: row.policy_documentation === 1,
})

/** Settings as the audit trail shows them. Secrets stand elsewhere. */
const told = (settings: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(settings).filter(([key]) => toldKeys.has(key)))
const toldKeys = new Set([
  'title',
  'paused',
  'visibility',
  'policyDocumentation',
  'sources',
  'schedule',
  'extract',
  'fetch',
  'ignore',
  'retention',
])

/** Only what differs, before and after. */
function differences(before: Record<string, unknown>, after: Record<string, unknown>) {
  const keys = Object.keys(after).filter((k) => !same(before[k], after[k]))
  const only = (values: Record<string, unknown>) =>
    Object.fromEntries(keys.map((k) => [k, values[k]]))
  return { before: only(before), after: only(after) }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const dueAtOnce = ({ sources, schedule, paused }: Change): boolean =>
  sources.length > 0 && schedule.cron !== '' && !paused

/** Other sources or another extraction are tried at once; another schedule counts from now. */
function nextAfterChange(
  before: CollectionRow,
  settings: Settings,
  body: Change,
  now: number,
): number | null {
  const others = !same(withoutIds(settings.sources), withoutIds(body.sources))
  if (others && dueAtOnce(body)) return now
  if (same(settings.schedule, body.schedule) && before.next_run_at !== null)
    return before.next_run_at
  return body.sources.length === 0 ? null : nextRun(body.schedule, now, Math.random)
}

const withoutIds = (list: readonly { readonly id?: string | undefined }[]): readonly unknown[] =>
  list.map(({ id: _, ...rest }) => rest)

/** What has to be judged or derived again because settings are others. The jobs are those of recording. */
function* consequences(row: CollectionRow, before: Settings, after: Settings): Work<void> {
  const others = !same(withoutIds(before.sources), withoutIds(after.sources))
  if (others || before.extract.preferMarkdown !== after.extract.preferMarkdown)
    yield* forgetFetchAddresses(row.id)
  const payload = { collectionId: row.id }
  if (!same(before.extract, after.extract))
    yield* enqueue({ name: 'watch.extract', payload, dedupeKey: row.id })
  if (!same(withoutIds(before.ignore), withoutIds(after.ignore)))
    yield* enqueue({ name: 'watch.settle', payload, dedupeKey: row.id })
}
