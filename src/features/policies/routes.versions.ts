import { z } from 'zod'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import { found } from '#kernel/problem.ts'
import type { Record } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { route } from '#features/workspace/index.ts'
import { publishableDraft } from './addresses/publishable.ts'
import { saveDraft } from './draft.ts'
import { asComplaints, errorsOf, judgeAhead, judgeApart } from './judge.ts'
import { acting, admins, type PolicyParts } from './parts.ts'
import { publishDraft, putBackVersion, type Published } from './publish.ts'
import { scheduleDraft } from './rollout/schedule.ts'
import { fates, type Fate } from './rollout/store.ts'
import { textLimit } from './routes.ts'
import * as schema from './schema.ts'
import type { Stage } from './snapshot.ts'
import { draftOf, policyHead, type DraftRow } from './store.ts'
import { versionCount, versionHeads, versionOf, type VersionRow } from './store.versions.ts'
import { versionView } from './view.ts'

const params = z.object({ id: z.string().max(100) })

const draftView = (row: DraftRow): schema.Draft => ({
  text: row.text,
  defaults: row.defaults,
  revision: row.revision,
  baseVersion: row.base_version,
  updatedAt: row.updated_at,
  updatedBy: row.updated_by,
})

const fullVersion = (row: VersionRow, servedId: string | null, fate: Fate | undefined) => ({
  ...versionView({ ...row, bytes: row.text.length }, servedId, fate ?? null),
  text: row.text,
  defaults: row.defaults,
})

/**
 * What the audit trail keeps of a publish: the numbers and hashes; the texts are in the versions. `later` says where it is
 * not served to everybody now.
 */
export function* recordPublished(
  record: Record,
  { policy, before, version, touches }: Published,
  later?: { readonly fate: Fate; readonly stage?: Stage; readonly at?: number | undefined },
): Work<z.input<typeof schema.published>> {
  yield* record({
    target: { kind: 'policy', id: policy.id, label: policy.name },
    before: before ? { version: before.number, sha256: before.sha256 } : null,
    after: {
      version: version.number,
      sha256: version.sha256,
      message: version.message,
      putBack: version.put_back,
      ...later,
    },
    touches,
  })
  const servedId = later ? null : version.id
  const head = { ...version, bytes: version.text.length }
  return { version: versionView(head, servedId, later?.fate ?? null), touches }
}

export const versionRoutes = (parts: PolicyParts) => [
  route({
    ...admins,
    id: 'policies.check',
    method: 'POST',
    path: '/api/v1/policies/check',
    summary: 'What the check says about a text; nothing is kept',
    permission: 'policies.read',
    body: schema.checkRequest,
    limit: textLimit,
    output: schema.checkAnswer,
    audit: null,
    handle: async (_call, { body }) => {
      const complaints = asComplaints(await judgeApart(parts.runtime.pool, body))
      return { complaints, publishable: errorsOf(complaints).length === 0 }
    },
  }),
  route({
    ...admins,
    id: 'policies.draft',
    method: 'GET',
    path: '/api/v1/policies/{id}/draft',
    summary: 'The draft of a policy',
    permission: 'policies.read',
    params,
    output: schema.draft,
    audit: null,
    handle: async (call, { params: { id } }) =>
      draftView(found(await call.read(() => draftOf(id)), 'policy')),
  }),
  route({
    ...admins,
    id: 'policies.save-draft',
    method: 'PUT',
    path: '/api/v1/policies/{id}/draft',
    summary: 'Save the draft on top of the revision that was edited',
    description:
      'A draft reaches nobody and may have errors. The audit trail keeps one record for each stretch of one person’s work.',
    permission: 'policies.edit',
    params,
    body: schema.draftSave,
    limit: textLimit,
    output: schema.draft,
    audit: 'policy.draft',
    handle: async (call, { params: { id }, body }) =>
      draftView(await saveDraft(parts.runtime, call, id, body)),
  }),
  route({
    ...admins,
    id: 'policies.publish',
    method: 'POST',
    path: '/api/v1/policies/{id}/publish',
    summary: 'Publish the draft as the next version',
    description: 'Errors of the check refuse it: what was never judged good is never served.',
    permission: 'policies.publish',
    params,
    body: schema.publish,
    output: schema.published,
    status: 201,
    audit: 'policy.publish',
    handle: async (call, { params: { id }, body }) => {
      const draft = await call.read(() => publishableDraft(id))
      await judgeAhead(parts.runtime.pool, draft ? [draft] : [])
      return call.write(function* (record) {
        const { at } = body
        const wish = { policyId: id, ...body }
        if (at === undefined)
          return yield* recordPublished(record, yield* publishDraft(acting(parts, call), wish))
        const made = yield* scheduleDraft(acting(parts, call), { ...wish, at, rollout: null })
        return yield* recordPublished(record, made, { fate: 'scheduled', at })
      })
    },
  }),
  route({
    ...admins,
    id: 'policies.put-back',
    method: 'POST',
    path: '/api/v1/policies/{id}/put-back',
    summary: 'Serve the text of an older version again, as a new version',
    permission: 'policies.publish',
    params,
    body: schema.putBack,
    output: schema.published,
    status: 201,
    audit: 'policy.put-back',
    handle: async (call, { params: { id }, body }) => {
      const old = await call.read(() => versionOf(id, body.version))
      await judgeAhead(parts.runtime.pool, old ? [old] : [])
      return call.write(function* (record) {
        const made = yield* putBackVersion(acting(parts, call), { policyId: id, ...body })
        return yield* recordPublished(record, made)
      })
    },
  }),
  route({
    ...admins,
    id: 'policies.versions',
    method: 'GET',
    path: '/api/v1/policies/{id}/versions',
    summary: 'The versions of a policy, newest first',
    permission: 'policies.read',
    params,
    query: z.object({
      cursor: z.string().max(2000).optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    output: schema.versionPage,
    audit: null,
    handle: (call, { params: { id }, query }) =>
      call.read(function* () {
        const policy = found(yield* policyHead(id), 'policy')
        const before =
          query.cursor === undefined ? undefined : Number(decodeCursor(query.cursor)[0])
        const rows = yield* versionHeads(id, query.limit + 1, before)
        const page = pageOf(rows, query.limit, (row) => [row.number])
        const became = yield* fates(id)
        return {
          items: page.items.map((row) =>
            versionView(row, policy.published_id, became.get(row.number) ?? null),
          ),
          next: page.next,
          total: yield* versionCount(id),
        }
      }),
  }),
  route({
    ...admins,
    id: 'policies.version',
    method: 'GET',
    path: '/api/v1/policies/{id}/versions/{number}',
    summary: 'One version with its text',
    permission: 'policies.read',
    params: schema.versionParams,
    output: schema.versionText,
    audit: null,
    handle: (call, { params: { id, number } }) =>
      call.read(function* () {
        const policy = found(yield* policyHead(id), 'policy')
        const version = found(yield* versionOf(id, number), 'version')
        return fullVersion(version, policy.published_id, (yield* fates(id)).get(number))
      }),
  }),
]
