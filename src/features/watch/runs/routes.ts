import { z } from 'zod'
import { page } from '#features/workspace/schema.ts'
import { route } from '#features/workspace/index.ts'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import { admins, collectionTarget } from '../collections/admins.ts'
import { parseSettings } from '../collections/settings.ts'
import type { WatchParts } from '../parts.ts'
import { collectionAt } from '../read/load.ts'
import { readers } from '../read/readers.ts'
import * as schema from '../schema.ts'
import type { Runner } from './runner.ts'
import { changeRun, runById } from './store.ts'
import { failuresPage, runsPage, runView } from './store.lists.ts'

const path = '/api/v1/watch/{v}/{p}/{s}/{l}'
const runParams = schema.collectionParams.extend({ id: z.string().max(100) })

export const runsRoutes = ({ runtime }: WatchParts, runner: Runner): readonly Route[] => [
  route({
    ...admins,
    id: 'watch.check',
    method: 'POST',
    path: `${path}/check`,
    summary: 'Check a collection now',
    description: 'Answers the run; one that waits or runs already is not asked for twice.',
    params: schema.collectionParams,
    output: schema.run,
    status: 202,
    audit: 'collection.check',
    handle: (call, { params }) =>
      call.write(function* (record) {
        const row = yield* collectionAt(params)
        if (parseSettings(row).sources.length === 0)
          throw new Problem('wrong_state', 'The collection has no sources.', {
            remedy: 'Add a source in its settings.',
          })
        const run = yield* runner.ask(row, 'hand', call.actor.label)
        yield* record({ target: collectionTarget(row), after: { run: run.id } })
        return found(yield* runView(row.id, run.id), 'run')
      }),
  }),
  route({
    ...readers,
    id: 'watch.runs',
    method: 'GET',
    path: `${path}/runs`,
    summary: 'Runs of a collection, newest first',
    params: schema.collectionParams,
    query: schema.runQuery,
    output: page(schema.run),
    produces: 'text/csv',
    handle: async (call, { params, query }) => {
      const list = await call.read(function* () {
        return yield* runsPage((yield* collectionAt(params)).id, query)
      })
      if (query.format === 'json') return jsonResponse('runs', list.items)
      if (query.format === 'csv')
        return csvResponse(
          'runs',
          [
            'started',
            'finished',
            'state',
            'cause',
            'total',
            'checked',
            'changed',
            'failures',
            'snapshot',
            'message',
            'id',
          ],
          list.items.map((r) => [
            timeCell(r.startedAt),
            timeCell(r.finishedAt),
            r.state,
            r.cause,
            r.total,
            r.checked,
            r.changed,
            r.failures,
            r.snapshot,
            r.message,
            r.id,
          ]),
        )
      return list
    },
  }),
  route({
    ...readers,
    id: 'watch.run',
    method: 'GET',
    path: `${path}/runs/{id}`,
    summary: 'One run with its progress',
    params: runParams,
    output: schema.run,
    handle: (call, { params }) =>
      call.read(function* () {
        const row = yield* collectionAt(params)
        return found(yield* runView(row.id, params.id), 'run')
      }),
  }),
  route({
    ...admins,
    id: 'watch.stop-run',
    method: 'POST',
    path: `${path}/runs/{id}/stop`,
    summary: 'Stop a run; nothing of it is recorded',
    params: runParams,
    output: schema.run,
    audit: 'collection.stop-run',
    handle: async (call, { params }) => {
      const stopped = await call.write(function* (record) {
        const row = yield* collectionAt(params)
        const run = found(yield* runById(row.id, params.id), 'run')
        const change = {
          state: 'stopped',
          finished_at: runtime.clock(),
          message: `Stopped by ${call.actor.label}.`,
        } as const
        const ended = run.state === 'waiting' || run.state === 'running'
        if (!ended || !(yield* changeRun(run.id, run.state, change)))
          throw new Problem('wrong_state', 'The run has ended already.')
        yield* record({ target: collectionTarget(row), before: { run: run.id } })
        return found(yield* runView(row.id, run.id), 'run')
      })
      runner.abort(stopped.id)
      return stopped
    },
  }),
  route({
    ...readers,
    id: 'watch.failures',
    method: 'GET',
    path: `${path}/failures`,
    summary: 'What could not be fetched, the latest first',
    description:
      'One record for as long as a page or a source fails in the same way; it counts the runs in a row.',
    params: schema.collectionParams,
    query: schema.failureQuery,
    output: page(schema.failure),
    produces: 'text/csv',
    handle: async (call, { params, query }) => {
      const list = await call.read(function* () {
        return yield* failuresPage((yield* collectionAt(params)).id, query)
      })
      if (query.format === 'json') return jsonResponse('failures', list.items)
      if (query.format === 'csv')
        return csvResponse(
          'failures',
          ['at', 'page', 'url', 'kind', 'status', 'message', 'runs in a row', 'mended'],
          list.items.map((f) => [
            timeCell(f.at),
            f.page,
            f.url,
            f.kind,
            f.status,
            f.message,
            f.inARow,
            f.mended ? 'yes' : 'no',
          ]),
        )
      return list
    },
  }),
]
