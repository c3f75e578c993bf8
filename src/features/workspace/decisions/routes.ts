import { z } from 'zod'
import { found, Problem } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { route } from '../route.ts'
import { theWorkspace } from '../store.ts'
import { decisionDocument } from './document.ts'
import { decisionKind, faultsOf, type DecisionKind } from './schema.catalogue.ts'
import * as schema from './schema.ts'
import { allDecisions, showDecision, showVersion, type DecisionPorts } from './show.ts'
import { insertVersion, valueOf, versionsOf, type DecisionRow } from './store.ts'

const admins = { auth: ['session', 'key'], errors: 'problem' } as const
const params = z.object({ key: z.string().max(50) })

export const decisionRoutes = (ports: DecisionPorts): readonly Route[] => [
  list(ports),
  route({
    ...admins,
    id: 'decisions.get',
    method: 'GET',
    path: '/api/v1/decisions/{key}',
    summary: 'One recorded decision, with all its versions',
    permission: 'workspace.read',
    params,
    output: schema.decisionWithHistory,
    audit: null,
    handle: (call, { params: { key } }) =>
      call.read(() => withHistory(ports, kindOf(key), call.now)),
  }),
  record(ports),
]

const list = (ports: DecisionPorts) =>
  route({
    ...admins,
    id: 'decisions.list',
    method: 'GET',
    path: '/api/v1/decisions',
    summary: 'What was decided about the vendor’s own cloud',
    description:
      'Gatehouse records these decisions and cannot enforce them. `format` downloads them as a document.',
    permission: 'workspace.read',
    query: schema.decisionQuery,
    output: schema.decisions,
    produces: 'text/markdown',
    audit: null,
    handle: async (call, { query }) => {
      const { items, workspace } = await call.read(function* () {
        return {
          items: yield* allDecisions(ports, call.now),
          workspace: found(yield* theWorkspace(), 'workspace'),
        }
      })
      return query.format === undefined
        ? { items: [...items] }
        : decisionDocument(items, query.format, { workspace: workspace.name, at: call.now })
    },
  })

const record = (ports: DecisionPorts) =>
  route({
    ...admins,
    id: 'decisions.record',
    method: 'PUT',
    path: '/api/v1/decisions/{key}',
    summary: 'Write down what was decided, as the next version',
    description:
      'The same value with a later review date says that somebody has looked at it again. Nothing is sent to the vendor.',
    permission: 'decisions.manage',
    params,
    body: schema.decisionChange,
    output: schema.decisionWithHistory,
    audit: 'decision.record',
    handle: (call, { params: { key }, body }) =>
      call.write(function* (audited) {
        const kind = kindOf(key)
        const [before] = yield* versionsOf(key)
        if ((before?.number ?? 0) !== body.version)
          throw yield* editedMeanwhile(ports, kind, call.now)
        const errors = faultsOf(kind, body.value)
        if (errors.length > 0)
          throw new Problem('invalid_input', 'This is no value of the decision.', { errors })
        const owner = yield* ownerFor(ports, body.ownerId)
        const row: DecisionRow = {
          key,
          number: body.version + 1,
          value: JSON.stringify(body.value),
          owner_id: body.ownerId,
          owner_label: owner,
          reason: body.reason,
          review_at: body.reviewAt,
          made_at: call.now,
          made_by: call.actor.label,
        }
        yield* insertVersion(row)
        yield* audited({
          target: { kind: 'decision', id: key, label: kind.name },
          ...(before ? { before: asRecorded(before) } : {}),
          after: asRecorded(row),
        })
        return yield* withHistory(ports, kind, call.now)
      }),
  })

const kindOf = (key: string): DecisionKind => found(decisionKind(key), 'decision')

function* withHistory(
  ports: DecisionPorts,
  kind: DecisionKind,
  now: number,
): Work<schema.DecisionWithHistory> {
  const rows = yield* versionsOf(kind.key)
  const versions: schema.DecisionVersion[] = []
  for (const row of rows) versions.push(yield* showVersion(ports, kind, row))
  return { ...(yield* showDecision(ports, kind, rows[0], now)), versions }
}

function* ownerFor(ports: DecisionPorts, id: string): Work<string> {
  const member = yield* ports.memberOf(id)
  if (member?.active) return member.label
  throw new Problem('invalid_input', 'Somebody who is here has to answer for a decision.', {
    errors: [{ field: 'ownerId', message: 'Choose an active member.' }],
  })
}

function* editedMeanwhile(ports: DecisionPorts, kind: DecisionKind, now: number): Work<Problem> {
  return new Problem('edited_meanwhile', `${kind.name} was decided anew by somebody else.`, {
    remedy: 'Look at the newest version, then decide again.',
    data: { current: yield* withHistory(ports, kind, now) },
  })
}

const asRecorded = (row: DecisionRow) => ({
  version: row.number,
  value: valueOf(row),
  owner: row.owner_label,
  reason: row.reason,
  reviewAt: row.review_at,
})
