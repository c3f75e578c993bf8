import { z } from 'zod'
import type { AuditActor } from '#kernel/audit.ts'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import { found } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { nameKey } from '#features/access/index.ts'
import { bump, route } from '#features/workspace/index.ts'
import { documentHash, type Document } from './act.ts'
import { contributed, copyContributors } from './approval/index.ts'
import { refuseTooLong } from './draft.ts'
import { admins, type PolicyParts } from './parts.ts'
import { asSeen, detail } from './routes.upkeep.ts'
import { standing } from './rollout/store.ts'
import * as schema from './schema.ts'
import { draftOf, insertPolicy, policyHead, policyHeads, updatePolicy } from './store.ts'
import { publishedVersion, versionOf } from './store.versions.ts'
import { policyView } from './view.ts'

const params = z.object({ id: z.string().max(100) })
/** A text of 5 MB must meet the check and its clear complaint, not a bare 413. JSON escapes make it larger. */
export const textLimit = 12 * 1024 * 1024

type Sort = z.output<typeof schema.policyQuery>['sort']
const sorters: Readonly<Record<Sort, (a: schema.Policy, b: schema.Policy) => number>> = {
  name: byName,
  '-name': (a, b) => byName(b, a),
  updated: (a, b) => a.draft.updatedAt - b.draft.updatedAt || byName(a, b),
  '-updated': (a, b) => b.draft.updatedAt - a.draft.updatedAt || byName(a, b),
  members: (a, b) => a.members - b.members || byName(a, b),
  '-members': (a, b) => b.members - a.members || byName(a, b),
}
function byName(a: schema.Policy, b: schema.Policy): number {
  return a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1
}

export const policyRoutes = (parts: PolicyParts) => {
  const { runtime, directory } = parts

  function* create(
    now: number,
    author: AuditActor,
    made: Document & { name: string; description: string },
  ): Work<string> {
    const id = runtime.ids('pol')
    yield* insertPolicy(
      {
        id,
        name: made.name,
        name_key: nameKey(made.name),
        description: made.description,
        created_at: now,
        created_by: author.label,
        archived_at: null,
        published_id: null,
        revision: 1,
      },
      {
        policy_id: id,
        text: made.text,
        defaults: made.defaults,
        sha256: documentHash(made),
        base_version: null,
        revision: 1,
        updated_by_id: author.id,
        updated_by: author.label,
        updated_at: now,
      },
    )
    yield* contributed(id, author, now)
    return id
  }

  return [
    route({
      ...admins,
      id: 'policies.list',
      method: 'GET',
      path: '/api/v1/policies',
      summary: 'Policies, with what is published and whom they reach',
      permission: 'policies.read',
      query: schema.policyQuery,
      output: schema.policyPage,
      produces: 'text/csv',
      audit: null,
      handle: async (call, { query }) => {
        const text = query.q?.trim().toLowerCase() ?? ''
        const all = await call.read(function* () {
          const snapshot = yield* directory.present()
          const open = yield* standing()
          return (yield* policyHeads()).map((row) => policyView(row, snapshot, open))
        })
        const items = all
          .filter(
            (p) =>
              query.archived === 'all' || (p.archivedAt !== null) === (query.archived === 'yes'),
          )
          .filter((p) => `${p.name}\n${p.description}`.toLowerCase().includes(text))
          .sort(sorters[query.sort])
        if (query.format === 'json') return jsonResponse('policies', items)
        if (query.format === 'csv') return csv(items)
        const from = query.cursor === undefined ? 0 : Number(decodeCursor(query.cursor)[0])
        const rows = items.slice(from, from + query.limit + 1)
        const page = pageOf(rows, query.limit, () => [from + query.limit])
        return { items: [...page.items], next: page.next, total: items.length }
      },
    }),
    route({
      ...admins,
      id: 'policies.create',
      method: 'POST',
      path: '/api/v1/policies',
      summary: 'Make a policy with a draft; nothing is published',
      permission: 'policies.edit',
      body: schema.policyCreate,
      limit: textLimit,
      output: schema.policyDetail,
      status: 201,
      audit: 'policy.create',
      handle: (call, { body }) => {
        refuseTooLong(body)
        return call.write(function* (record) {
          const id = yield* create(call.now, call.actor, body)
          yield* record({
            target: { kind: 'policy', id, label: body.name },
            after: { name: body.name, description: body.description },
          })
          return yield* detail(parts, id)
        })
      },
    }),
    route({
      ...admins,
      id: 'policies.get',
      method: 'GET',
      path: '/api/v1/policies/{id}',
      summary: 'One policy',
      permission: 'policies.read',
      params,
      output: schema.policyDetail,
      audit: null,
      handle: (call, { params: { id } }) => call.read(() => detail(parts, id)),
    }),
    route({
      ...admins,
      id: 'policies.change',
      method: 'PATCH',
      path: '/api/v1/policies/{id}',
      summary: 'Rename or describe a policy',
      description:
        'Clients show the name as the source of a restriction, from their next fetch on.',
      permission: 'policies.edit',
      params,
      body: schema.policyChange,
      output: schema.policyDetail,
      audit: 'policy.change',
      handle: (call, { params: { id }, body }) =>
        call.write(function* (record) {
          const before = yield* asSeen(id, body.revision)
          const name = body.name ?? before.name
          const description = body.description ?? before.description
          yield* updatePolicy(before, { name, name_key: nameKey(name), description })
          if (name !== before.name) yield* bump('policies')
          yield* record({
            target: { kind: 'policy', id, label: name },
            before: { name: before.name, description: before.description },
            after: { name, description },
          })
          return yield* detail(parts, id)
        }),
    }),
    route({
      ...admins,
      id: 'policies.duplicate',
      method: 'POST',
      path: '/api/v1/policies/{id}/duplicate',
      summary: 'Make a variant: a new policy whose draft starts from this one',
      permission: 'policies.edit',
      params,
      body: schema.policyDuplicate,
      output: schema.policyDetail,
      status: 201,
      audit: 'policy.duplicate',
      handle: (call, { params: { id }, body }) =>
        call.write(function* (record) {
          const origin = found(yield* policyHead(id), 'policy')
          const version =
            body.version === undefined
              ? yield* publishedVersion(id)
              : found(yield* versionOf(id, body.version), 'version')
          const { text, defaults } = version ?? found(yield* draftOf(id), 'draft')
          const made = yield* create(call.now, call.actor, {
            name: body.name,
            description: body.description ?? origin.description,
            text,
            defaults,
          })
          yield* copyContributors({ policyId: id, version: version?.number }, made, call.now)
          yield* record({
            target: { kind: 'policy', id: made, label: body.name },
            after: { name: body.name, from: origin.name, version: version?.number ?? null },
          })
          return yield* detail(parts, made)
        }),
    }),
  ]
}

const csv = (items: readonly schema.Policy[]): Response =>
  csvResponse(
    'policies',
    [
      'name',
      'description',
      'version',
      'published',
      'author',
      'default',
      'rules',
      'members',
      'enrolments',
      'service accounts',
      'id',
    ],
    items.map((p) => [
      p.name,
      p.description,
      p.published?.number,
      timeCell(p.published?.at),
      p.published?.author,
      p.isDefault ? 'yes' : '',
      p.rules,
      p.members,
      p.enrolments,
      p.accounts,
      p.id,
    ]),
  )
