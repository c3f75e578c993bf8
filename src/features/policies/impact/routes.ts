import { csvResponse, jsonResponse } from '#kernel/export.ts'
import { valueOf } from '#kernel/pool.ts'
import { Problem } from '#kernel/problem.ts'
import type { Call } from '#kernel/route.ts'
import { MAX_COMMANDS, type RecordedCommand } from '#requirements/index.ts'
import { route } from '#features/workspace/index.ts'
import { admins, type PolicyParts } from '../parts.ts'
import type { Act } from '../schema.act.ts'
import { assessWhole, describeWhole } from './impact.ts'
import { pageAfter, principalsOf } from './principals.ts'
import { replayedPairs, type replayTask } from './replay.ts'
import * as schema from './schema.ts'

/** 40,000 member ids of an act on a large group. */
const actLimit = 4 * 1024 * 1024
/** 100,000 shell lines of 100 characters, with room for who ran them. */
const fileLimit = 16 * 1024 * 1024

/** Read at once, while others wait on the embedded engine: some 50 ms. */
const mostRecorded = 20_000

const replayModule = new URL('./replay.ts', import.meta.url)

export const impactRoutes = ({ runtime, directory, recordedCommands }: PolicyParts) => {
  const assessed = (call: Call, act: Act) =>
    assessWhole(
      {
        pool: runtime.pool,
        read: (work) => call.read(work),
        present: () => directory.present(),
        now: call.now,
      },
      act,
    )

  // What somebody's agent ran can say who it was and what she works on.
  const maySee = (call: Call): boolean => call.actor.permissions.has('analytics.persons')
  const known = async (call: Call, most: number): Promise<readonly RecordedCommand[]> =>
    recordedCommands && maySee(call) ? await call.read(() => recordedCommands(most)) : []

  async function recorded(call: Call): Promise<readonly RecordedCommand[]> {
    if (!maySee(call))
      throw new Problem('forbidden', 'Commands that clients reported need analytics.persons.', {
        remedy: 'Send a file of commands as `text`.',
      })
    const commands = await known(call, mostRecorded)
    if (commands.length > 0) return commands
    throw new Problem(
      'wrong_state',
      'No commands are known: no client has reported any, or their text is not kept.',
      { remedy: 'Send a file of commands as `text`.' },
    )
  }

  return [
    route({
      ...admins,
      id: 'impact',
      method: 'POST',
      path: '/api/v1/impact',
      summary: 'The whole effect of an act, before it happens',
      description:
        'What changes for how many: by setting and by policy; which rules decide for nobody after it, and which policies nobody gets.',
      permission: 'policies.read',
      body: schema.impactRequest,
      limit: actLimit,
      output: schema.impact,
      audit: null,
      handle: async (call, { body: { act } }) => ({
        ...(await describeWhole(runtime.pool, await assessed(call, act), act)),
        recordedCommands: (await known(call, 1)).length > 0,
      }),
    }),
    route({
      ...admins,
      id: 'impact.principals',
      method: 'POST',
      path: '/api/v1/impact/principals',
      summary: 'Whose effective policy an act changes, by name',
      description: 'With `format`, the whole filtered list as a file.',
      permission: 'policies.read',
      body: schema.principalsRequest,
      limit: actLimit,
      output: schema.impactPrincipals,
      audit: null,
      handle: async (call, { body }) => {
        const whole = await assessed(call, body.act)
        const found = { changes: whole.changes.changes, effects: whole.effects }
        const rows = principalsOf(found, whole, body)
        if (body.format === 'csv') return principalsCsv(rows)
        if (body.format === 'json') return jsonResponse('impact', rows)
        return pageAfter(rows, body)
      },
    }),
    route({
      ...admins,
      id: 'impact.replay',
      method: 'POST',
      path: '/api/v1/impact/replay',
      summary: 'Commands decided by the command rules before and after an act',
      description: `Nothing is run and nothing is kept. Up to ${MAX_COMMANDS.toLocaleString('en')} commands in 16 MiB.`,
      permission: 'policies.read',
      body: schema.replayRequest,
      limit: fileLimit,
      output: schema.replayed,
      audit: null,
      handle: async (call, { body }) => {
        const source = body.text ?? (await recorded(call))
        const { changes } = await assessed(call, body.act)
        const task = { source, ...replayedPairs(changes.changes, body.pair) }
        const answer = valueOf(
          await runtime.pool.run<typeof replayTask>(replayModule, 'replayTask', task),
        )
        if (body.format === 'csv') return replayCsv(answer.rows)
        return body.format === 'json' ? jsonResponse('replay', answer.rows) : answer
      },
    }),
  ]
}

const replayCsv = (rows: schema.Replayed['rows']): Response =>
  csvResponse(
    'replay',
    [
      'command',
      'before',
      'after',
      'count',
      'who',
      'line_before',
      'line_after',
      'justification_after',
    ],
    rows.map((row) => [
      row.command,
      row.before,
      row.after,
      row.count,
      row.who.join(' '),
      row.becauseBefore?.line,
      row.becauseAfter?.line,
      row.becauseAfter?.justification,
    ]),
  )

const principalsCsv = (rows: readonly schema.ImpactPrincipal[]): Response =>
  csvResponse(
    'impact',
    ['kind', 'id', 'label', 'name', 'before', 'before_version', 'after', 'after_version'],
    rows.map((row) => [
      row.kind,
      row.id,
      row.label,
      row.name,
      row.before?.name ?? row.beforeIs,
      row.before?.version,
      row.after?.name ?? row.afterIs,
      row.after?.version,
    ]),
  )
