import { z } from 'zod'
import { found, Problem } from '#kernel/problem.ts'
import type { Call, Record } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { route } from '#features/workspace/index.ts'
import { publishableDraft } from '../addresses/publishable.ts'
import { judgeAhead } from '../judge.ts'
import { acting, admins, type PolicyParts } from '../parts.ts'
import type { Acting } from '../publish.ts'
import { recordPublished } from '../routes.versions.ts'
import * as schema from './schema.ts'
import { published } from '../schema.ts'
import type { Snapshot, Stage } from '../snapshot.ts'
import { policyHead } from '../store.ts'
import { versionOf } from '../store.versions.ts'
import {
  changeRollout,
  finishRollout,
  goOn,
  startRollout,
  takeBackRollout,
  type Decided,
} from './decide.ts'
import { listed } from './listed.ts'
import { noteRollout } from './note.ts'
import { cancelSchedule, scheduleDraft } from './schedule.ts'
import { runningRollout, stageOf } from './store.ts'
import { stateOf } from './view.ts'
import { nobody } from './within.ts'

const params = z.object({ id: z.string().max(100) })

interface DecisionSpec {
  readonly name: string
  readonly audit: string
  readonly summary: string
  readonly description: string
  readonly decide: (
    acting: Acting,
    policyId: string,
    wish: z.output<typeof schema.rolloutTakeBack>,
  ) => Work<Decided>
  readonly body?: typeof schema.rolloutDecision | typeof schema.rolloutTakeBack
}

export const rolloutRoutes = (parts: PolicyParts) => {
  const { directory, fetches } = parts

  function* state(id: string, now: number): Work<schema.RolloutState> {
    found(yield* policyHead(id), 'policy')
    return yield* stateOf(id, yield* directory.present(), fetches, now)
  }

  /** The audit record of a decision, and what is shown after it. */
  function* recorded(
    call: Call,
    record: Record,
    { policy, before, after, touches }: Decided,
    message?: string,
  ): Work<schema.RolloutState> {
    yield* record({
      target: { kind: 'policy', id: policy.id, label: policy.name },
      before: { state: before.state, stage: stageOf(before) },
      after: {
        version: after.number,
        state: after.state,
        stage: stageOf(after),
        ...(message !== undefined && { message }),
      },
      touches,
    })
    return yield* state(policy.id, call.now)
  }

  /** A decision about a rollout that runs. */
  const decision = ({
    name,
    decide,
    body: input = schema.rolloutDecision,
    ...spec
  }: DecisionSpec) =>
    route({
      ...admins,
      ...spec,
      id: `rollouts.${name}`,
      method: 'POST',
      path: `/api/v1/policies/{id}/rollout/${name}`,
      permission: 'policies.publish',
      params,
      body: input,
      output: schema.rolloutState,
      handle: async (call, { params: { id }, body }) => {
        const version = await call.read(function* () {
          const running = yield* runningRollout(id)
          return running && (yield* versionOf(id, running.number))
        })
        await judgeAhead(parts.runtime.pool, version ? [version] : [])
        return call.write(function* (record) {
          const decided = yield* decide(acting(parts, call), id, body)
          return yield* recorded(call, record, decided, body.message)
        })
      },
    })

  return [
    route({
      ...admins,
      id: 'rollouts.get',
      method: 'GET',
      path: '/api/v1/policies/{id}/rollout',
      summary: 'What is being rolled out, what is scheduled, and what was before',
      permission: 'policies.read',
      params,
      output: schema.rolloutState,
      audit: null,
      handle: (call, { params: { id } }) => call.read(() => state(id, call.now)),
    }),
    route({
      ...admins,
      id: 'rollouts.start',
      method: 'POST',
      path: '/api/v1/policies/{id}/rollout',
      summary: 'Publish the draft as the next version to a part first',
      description:
        'Only those in the stage are served it: groups, enrolments and a share of the members, which is drawn once a version. Errors of the check refuse it.',
      permission: 'policies.publish',
      params,
      body: schema.rolloutStart,
      output: published,
      status: 201,
      audit: 'rollout.start',
      handle: async (call, { params: { id }, body }) => {
        const draft = await call.read(() => publishableDraft(id))
        await judgeAhead(parts.runtime.pool, draft ? [draft] : [])
        return call.write(function* (record) {
          const wish = { policyId: id, ...body }
          const { at, stage, bounds, takeBackWhenHalted } = body
          refuseUnknown(stage, yield* directory.present())
          if (at !== undefined) {
            const rollout = { stage, bounds, takeBackWhenHalted }
            const made = yield* scheduleDraft(acting(parts, call), { ...wish, at, rollout })
            return yield* recordPublished(record, made, { fate: 'scheduled', stage, at })
          }
          const made = yield* startRollout(acting(parts, call), wish)
          return yield* recordPublished(record, made, { fate: 'in_stage', stage })
        })
      },
    }),
    route({
      ...admins,
      id: 'rollouts.change',
      method: 'PATCH',
      path: '/api/v1/policies/{id}/rollout',
      summary: 'Roll out to another stage, wider or narrower, or set other bounds',
      description: 'While it stands halted it gets no wider.',
      permission: 'policies.publish',
      params,
      body: schema.rolloutChange,
      output: schema.rolloutState,
      audit: 'rollout.change',
      handle: (call, { params: { id }, body }) =>
        call.write(function* (record) {
          const running = yield* runningRollout(id)
          if (body.stage)
            refuseUnknown(body.stage, yield* directory.present(), running && stageOf(running))
          const decided = yield* changeRollout(acting(parts, call), id, body)
          return yield* recorded(call, record, decided, body.message)
        }),
    }),
    decision({
      name: 'go-on',
      audit: 'rollout.go-on',
      summary: 'Let a halted rollout go on',
      description: 'What was counted until then no longer counts towards the bound.',
      decide: goOn,
    }),
    decision({
      name: 'finish',
      audit: 'rollout.finish',
      summary: 'Serve the version that is being rolled out to everybody',
      description:
        'It is judged again first. A rollout that stands halted must be let go on before.',
      decide: finishRollout,
    }),
    decision({
      name: 'take-back',
      audit: 'rollout.take-back',
      summary: 'Serve the stage what everybody else is served',
      description: 'Works in every state of a rollout.',
      body: schema.rolloutTakeBack,
      decide: takeBackRollout,
    }),
    route({
      ...admins,
      id: 'rollouts.note',
      method: 'POST',
      path: '/api/v1/policies/{id}/rollout/note',
      summary: 'Take note of a rollout that Gatehouse took back by itself',
      description: 'Its alarm ends.',
      permission: 'policies.publish',
      params,
      output: schema.rolloutState,
      audit: 'rollout.note',
      handle: (call, { params: { id } }) =>
        call.write(function* (record) {
          const policy = found(yield* policyHead(id), 'policy')
          yield* noteRollout(policy, call.now)
          yield* record({ target: { kind: 'policy', id, label: policy.name } })
          return yield* state(id, call.now)
        }),
    }),
    route({
      ...admins,
      id: 'rollouts.cancel-schedule',
      method: 'POST',
      path: '/api/v1/policies/{id}/schedule/cancel',
      summary: 'Cancel a scheduled version, or take note of one that was missed',
      description: 'The version stays as it is; nobody was served it.',
      permission: 'policies.publish',
      params,
      body: schema.scheduleDecision,
      output: schema.rolloutState,
      audit: 'schedule.cancel',
      handle: (call, { params: { id }, body }) =>
        call.write(function* (record) {
          const { policy, schedule } = yield* cancelSchedule(id, body.id)
          yield* record({
            target: { kind: 'policy', id, label: policy.name },
            before: { version: schedule.number, at: schedule.at, state: schedule.state },
          })
          return yield* state(id, call.now)
        }),
    }),
    route({
      ...admins,
      id: 'rollouts.principals',
      method: 'GET',
      path: '/api/v1/policies/{id}/rollout/principals',
      summary: 'Who is in the stage, and what each has fetched',
      description:
        'What a client was given, not what it uses: that is only known from its telemetry.',
      permission: 'policies.read',
      params,
      query: schema.inStageQuery,
      output: schema.inStagePage,
      produces: 'text/csv',
      audit: null,
      handle: (call, { params: { id }, query }) => call.read(() => listed(parts, id, query)),
    }),
  ]
}

/** Refuses names of nothing; what is in the stage already may have ended meanwhile. */
function refuseUnknown(stage: Stage, snapshot: Snapshot, had: Stage = nobody): void {
  const unknown = [
    ...stage.groupIds.filter((id) => !snapshot.groups.has(id) && !had.groupIds.includes(id)),
    ...stage.enrolmentIds.filter(
      (id) => !snapshot.enrolments.has(id) && !had.enrolmentIds.includes(id),
    ),
  ]
  if (unknown.length === 0) return
  const message = `No group or enrolment in use has the id ${unknown.join(', ')}.`
  throw new Problem('invalid_input', message, {
    remedy: 'Name those that exist; enrolments that were revoked cannot be in a stage.',
    errors: [{ field: 'stage', message }],
  })
}
