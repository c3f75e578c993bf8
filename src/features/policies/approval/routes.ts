import { z } from 'zod'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { found } from '#kernel/problem.ts'
import type { Call } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { route } from '#features/workspace/index.ts'
import { judgeAhead } from '../judge.ts'
import { describe, textsOf } from '../preview.ts'
import { approve, decline, withdraw } from './decide.ts'
import type { ApprovalParts } from './parts.ts'
import { propose } from './propose.ts'
import * as schema from './schema.ts'
import { actOf, effectOf } from './standing.ts'
import { listProposals, proposalById, type ProposalRow } from './store.ts'
import { proposalDetail, proposalView } from './view.ts'

const params = z.object({ id: z.string().max(100) })
const reading = {
  auth: ['session', 'key'],
  errors: 'problem',
  permission: 'policies.read',
} as const
/** A key is nobody's second pair of eyes: only a person who is signed in decides, and says her password again. */
const deciding = {
  auth: ['session'],
  errors: 'problem',
  permission: 'policies.approve',
  recent: true,
} as const

/** The member ids of an act on everybody. */
const actLimit = 4 * 1024 * 1024

export const approvalRoutes = ({ runtime, directory, approvers }: ApprovalParts) => {
  const present = () => directory.present()

  /** A step on one proposal: the record of it, and the proposal as it is then. */
  const step = (call: Call, work: () => Work<ProposalRow>) =>
    call.write(function* (record) {
      const row = yield* work()
      yield* record({
        target: { kind: 'approval', id: row.id, label: row.title },
        after: { state: row.state, ...(row.comment === '' ? {} : { comment: row.comment }) },
        touches: row.touches,
      })
      return proposalView(row, call.now)
    })

  return [
    route({
      ...reading,
      id: 'approvals.list',
      method: 'GET',
      path: '/api/v1/approvals',
      summary: 'Change sets that were proposed, newest first',
      query: schema.proposalQuery,
      output: schema.proposalPage,
      produces: 'text/csv',
      audit: null,
      handle: async (call, { query }) => {
        const whole = query.format !== undefined
        const filter = { ...query, ...(whole ? { cursor: undefined, limit: null } : {}) }
        const list = await call.read(() => listProposals(filter, call.now))
        const items = list.items.map((row) => proposalView(row, call.now))
        if (query.format === 'json') return jsonResponse('approvals', items)
        if (query.format === 'csv') return csv(items)
        return { ...list, items }
      },
    }),
    route({
      ...reading,
      id: 'approvals.propose',
      method: 'POST',
      path: '/api/v1/approvals',
      summary: 'Ask for approval of an act, with the effect that it has now; nothing happens yet',
      description:
        'Needs the permission of the act itself. When somebody else has approved it, the act is done as always, within seven days: it uses the approval up. Whatever gives it another effect, and every save of a draft that it would serve, voids it.',
      body: schema.proposalCreate,
      limit: actLimit,
      output: schema.proposal,
      status: 201,
      audit: 'approval.propose',
      handle: async (call, { body }) => {
        const ahead = await call.read(() => effectOf(present, body.act))
        await judgeAhead(runtime.pool, textsOf(ahead))
        const around = { ids: runtime.ids, present, approvers }
        return step(call, () => propose(around, call, body))
      },
    }),
    route({
      ...reading,
      id: 'approvals.get',
      method: 'GET',
      path: '/api/v1/approvals/{id}',
      summary: 'One proposal, and whether it still is what was proposed',
      params,
      output: schema.proposalDetail,
      audit: null,
      handle: async (call, { params: { id } }) => {
        const { assessment, detail } = await call.read(function* () {
          const row = found(yield* proposalById(id), 'proposal')
          const assessment = yield* effectOf(present, actOf(row))
          return {
            assessment,
            detail: yield* proposalDetail(row, assessment, call.actor, call.now),
          }
        })
        if (!detail.holds?.outdated || detail.act.kind === 'four_eyes_off') return detail
        await judgeAhead(runtime.pool, textsOf(assessment))
        return { ...detail, holds: { ...detail.holds, now: describe(assessment, detail.act) } }
      },
    }),
    route({
      ...deciding,
      id: 'approvals.approve',
      method: 'POST',
      path: '/api/v1/approvals/{id}/approve',
      summary: 'Approve what somebody else has proposed',
      description:
        'Refused for who proposed it, who made the key that did, and everybody who wrote in the draft that it would serve.',
      params,
      body: schema.decision,
      output: schema.proposal,
      audit: 'approval.approve',
      handle: (call, { params: { id }, body }) =>
        step(call, () => approve(present, call, id, body.comment)),
    }),
    route({
      ...deciding,
      id: 'approvals.decline',
      method: 'POST',
      path: '/api/v1/approvals/{id}/decline',
      summary: 'Say no to a proposal, also to one that was approved and is not done yet',
      params,
      body: schema.refusal,
      output: schema.proposal,
      audit: 'approval.decline',
      handle: (call, { params: { id }, body }) => step(call, () => decline(call, id, body.comment)),
    }),
    route({
      ...reading,
      id: 'approvals.withdraw',
      method: 'POST',
      path: '/api/v1/approvals/{id}/withdraw',
      summary: 'Withdraw what one has proposed',
      params,
      output: schema.proposal,
      audit: 'approval.withdraw',
      handle: (call, { params: { id } }) => step(call, () => withdraw(call, id)),
    }),
  ]
}

const csv = (items: readonly schema.Proposal[]): Response =>
  csvResponse(
    'approvals',
    [
      'title',
      'state',
      'touches',
      'proposed by',
      'proposed',
      'decided by',
      'decided',
      'done by',
      'done',
      'id',
    ],
    items.map((p) => [
      p.title,
      p.state,
      p.touches,
      p.proposer.label,
      timeCell(p.createdAt),
      p.decidedBy,
      timeCell(p.decidedAt),
      p.usedBy,
      timeCell(p.usedAt),
      p.id,
    ]),
  )
