import type { Call } from '#kernel/route.ts'
import { found, Problem } from '#kernel/problem.ts'
import { issueToken } from '#kernel/tokens.ts'
import type { Work } from '#kernel/work.ts'
import { nameKey } from '#features/access/index.ts'
import { bump, route } from '#features/workspace/index.ts'
import { answering, endOfOldKey } from './keys.ts'
import type { DeliveryParts } from './ports.ts'
import { enrolmentDetail } from './routes.ts'
import * as schema from './schema.ts'
import { baseUrlFor, snippetsFor } from './snippets.ts'
import {
  changeEnrolment,
  changeKey,
  enrolmentRow,
  insertEnrolment,
  insertKey,
  keysOf,
  type EnrolmentRow,
} from './store.ts'

const managers = {
  auth: ['session', 'key'],
  errors: 'problem',
  permission: 'enrolments.manage',
} as const

export const changingRoutes = (parts: DeliveryParts) => [
  route({
    ...managers,
    id: 'enrolments.create',
    method: 'POST',
    path: '/api/v1/enrolments',
    summary: 'Make an enrolment; the answer holds its key, this once',
    body: schema.newEnrolment,
    output: schema.issuedKey,
    status: 201,
    audit: 'enrolment.create',
    handle: (call, { body }) => create(parts, call, body),
  }),
  route({
    ...managers,
    id: 'enrolments.rename',
    method: 'PATCH',
    path: '/api/v1/enrolments/{id}',
    summary: 'Rename an enrolment',
    params: schema.enrolmentId,
    body: schema.enrolmentRename,
    output: schema.enrolmentDetail,
    audit: 'enrolment.rename',
    handle: async (call, { params, body }) => {
      await call.write(function* (record) {
        const row = yield* active(params.id)
        yield* changeEnrolment(row.id, body.version, {
          name: body.name,
          name_key: nameKey(body.name),
        })
        yield* bump('enrolments')
        yield* record({
          target: target({ ...row, name: body.name }),
          before: { name: row.name },
          after: { name: body.name },
        })
      })
      return afterwards(parts, call, params.id)
    },
  }),
  route({
    ...managers,
    id: 'enrolments.bind',
    method: 'PUT',
    path: '/api/v1/enrolments/{id}/group',
    summary: 'Bind an enrolment to another group, or to none',
    params: schema.enrolmentId,
    body: schema.enrolmentBinding,
    output: schema.enrolmentDetail,
    audit: 'enrolment.bind',
    handle: async (call, { params, body }) => {
      await call.write(function* (record) {
        const row = yield* active(params.id)
        const after = yield* groupOf(parts, body.groupId)
        const before = yield* groupOf(parts, row.group_id)
        const act = { kind: 'enrolment', enrolmentId: row.id, groupId: body.groupId } as const
        const { touches } = yield* parts.changeSets.touch(act, body.changeSet, call)
        yield* changeEnrolment(row.id, body.version, { group_id: body.groupId })
        yield* bump('enrolments')
        yield* record({ target: target(row), before, after, touches })
      })
      return afterwards(parts, call, params.id)
    },
  }),
  route({
    ...managers,
    id: 'enrolments.rotate',
    method: 'POST',
    path: '/api/v1/enrolments/{id}/keys',
    summary: 'Make a second key; the older one answers until it is ended',
    params: schema.enrolmentId,
    body: schema.rotation,
    output: schema.issuedKey,
    status: 201,
    audit: 'enrolment.rotate',
    handle: (call, { params, body }) => rotate(parts, call, params.id, body.endOldAfterDays),
  }),
  route({
    ...managers,
    id: 'enrolments.end-key',
    method: 'DELETE',
    path: '/api/v1/enrolments/{id}/keys/{keyId}',
    summary: 'End the older key of a rotation now',
    params: schema.enrolmentKeyId,
    output: schema.enrolmentDetail,
    audit: 'enrolment.end-key',
    handle: async (call, { params }) => {
      await call.write(function* (record) {
        const row = yield* active(params.id)
        const valid = answering(yield* keysOf(row.id), call.now)
        const key = valid.find((k) => k.id === params.keyId)
        if (!key) throw new Problem('not_found', 'No answering key of this enrolment has that id.')
        if (valid.length === 1)
          throw new Problem('wrong_state', 'It is the only key; no machine could fetch any more.', {
            remedy: 'Make a second key first, or revoke the whole enrolment.',
          })
        yield* changeKey(key.id, { ended_at: call.now })
        yield* bump('enrolments')
        yield* record({ target: target(row), before: { key: key.prefix }, after: { key: null } })
      })
      return afterwards(parts, call, params.id)
    },
  }),
  route({
    ...managers,
    id: 'enrolments.revoke',
    method: 'POST',
    path: '/api/v1/enrolments/{id}/revoke',
    summary: 'Revoke an enrolment: its machines will refuse to start the client',
    params: schema.enrolmentId,
    output: schema.enrolmentDetail,
    audit: 'enrolment.revoke',
    recent: true,
    handle: async (call, { params }) => {
      await call.write(function* (record) {
        const row = yield* active(params.id)
        const act = { kind: 'remove_enrolment', enrolmentId: row.id } as const
        const { touches } = yield* parts.changeSets.touch(act, undefined, call)
        yield* changeEnrolment(row.id, row.version, {
          revoked_at: call.now,
          revoked_by: call.actor.label,
        })
        yield* bump('enrolments')
        yield* record({
          target: target(row),
          before: { state: 'active' },
          after: { state: 'revoked' },
          touches,
        })
      })
      return afterwards(parts, call, params.id)
    },
  }),
]

async function create(
  parts: DeliveryParts,
  call: Call,
  body: { readonly name: string; readonly groupId: string | null },
) {
  const row: EnrolmentRow = {
    id: parts.ids('enr'),
    name: body.name,
    name_key: nameKey(body.name),
    group_id: body.groupId,
    version: 1,
    created_at: call.now,
    created_by: call.actor.label,
    revoked_at: null,
    revoked_by: null,
  }
  const issued = newKey(parts)
  await call.write(function* (record) {
    const group = yield* groupOf(parts, body.groupId)
    yield* insertEnrolment(row)
    yield* insertKey(keyRow(issued, row.id, call))
    yield* bump('enrolments')
    yield* record({ target: target(row), after: { name: row.name, ...group, key: issued.prefix } })
  })
  return handOver(parts, call, row, issued)
}

async function rotate(
  parts: DeliveryParts,
  call: Call,
  id: string,
  endOldAfterDays: number | null,
) {
  const issued = newKey(parts)
  const row = await call.write(function* (record) {
    const row = yield* active(id)
    const valid = answering(yield* keysOf(id), call.now)
    const [old] = valid
    if (valid.length > 1)
      throw new Problem('wrong_state', 'A rotation is under way: two keys answer already.', {
        remedy: 'End the older key first.',
      })
    const endsAt = endOfOldKey(call.now, endOldAfterDays)
    if (old) yield* changeKey(old.id, { ends_at: endsAt })
    yield* insertKey(keyRow(issued, id, call))
    yield* bump('enrolments')
    yield* record({
      target: target(row),
      before: { key: old?.prefix ?? null },
      after: { key: issued.prefix, oldKeyEndsAt: endsAt },
    })
    return row
  })
  return handOver(parts, call, row, issued)
}

interface Issued {
  readonly id: string
  readonly token: string
  readonly hash: string
  readonly prefix: string
}

function newKey(parts: DeliveryParts): Issued {
  const id = parts.ids('ekt')
  return { id, ...issueToken('enr', id) }
}

const keyRow = (issued: Issued, enrolmentId: string, call: Call) => ({
  id: issued.id,
  enrolment_id: enrolmentId,
  hash: issued.hash,
  prefix: issued.prefix,
  created_at: call.now,
  created_by: call.actor.label,
  ends_at: null,
  ended_at: null,
})

/** The one answer with the whole key. */
async function handOver(
  parts: DeliveryParts,
  call: Call,
  row: EnrolmentRow,
  issued: Issued,
): Promise<schema.IssuedKey> {
  return {
    enrolment: await afterwards(parts, call, row.id),
    keyId: issued.id,
    key: issued.token,
    snippets: snippetsFor({
      baseUrl: baseUrlFor(parts.publicUrl, issued.token),
      enrolment: row,
      localCa: parts.localCa(),
    }),
  }
}

const afterwards = (
  parts: DeliveryParts,
  call: Call,
  id: string,
): Promise<schema.EnrolmentDetail> => call.read(() => enrolmentDetail(parts, id, call.now))

/** The enrolment, if it can still be changed. */
function* active(id: string): Work<EnrolmentRow> {
  const row = found(yield* enrolmentRow(id), 'enrolment')
  if (row.revoked_at !== null)
    throw new Problem('wrong_state', 'This enrolment was revoked; it cannot be changed any more.', {
      remedy: 'Make a new enrolment.',
    })
  return row
}

function* groupOf(
  parts: DeliveryParts,
  id: string | null,
): Work<{ groupId: string | null; group: string | null }> {
  if (id === null) return { groupId: null, group: null }
  const group = found(yield* parts.groupById(id), 'group')
  return { groupId: id, group: group.name }
}

const target = (row: EnrolmentRow) => ({ kind: 'enrolment', id: row.id, label: row.name })
