import { decodeCursor, encodeCursor } from '#kernel/page.ts'
import { found, Problem } from '#kernel/problem.ts'
import { streamDownload } from '#kernel/export.ts'
import type { Route } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { z } from 'zod'
import { route, theWorkspace } from '#features/workspace/index.ts'
import { exportLines } from './export.ts'
import { admins, type AuditParts } from './parts.ts'
import * as schema from './schema.ts'
import { verificationView, withSends } from './show.ts'
import { chainHead, linkOfSeq, waiting } from './store.ts'
import {
  auditSettings,
  listCheckpoints,
  newestCheckpoint,
  setAuditSettings,
  type SettingsRow,
} from './store.checkpoints.ts'
import { newestDone, newestVerification, verificationById } from './store.verifications.ts'
import { askVerification } from './verifications.ts'

export const chainRoutes = (parts: AuditParts): readonly Route[] => [
  route({
    ...admins,
    id: 'audit.chain',
    method: 'GET',
    path: '/api/v1/audit/chain',
    summary:
      'The chain of the audit trail: how long it is, what vouches for it, when it was last verified',
    output: schema.chain,
    audit: null,
    handle: (call) => call.read(() => chainState(parts)),
  }),
  route({
    ...admins,
    id: 'audit.export',
    method: 'GET',
    path: '/api/v1/audit/export',
    summary: 'The audit trail with its proof, for `gatehouse audit verify`',
    description:
      'Lines of JSON, described in docs/audit.md: a head, each record with its link, the signed checkpoints where they were made, and an end. Without the end it was cut off. What waits is linked and signed first.',
    query: schema.exportQuery,
    output: null,
    produces: 'application/jsonl',
    audit: null,
    handle: async (call, { query }) => {
      const { head: until } = await parts.checkpoints.make()
      const { from } = query
      if (from > until.records + 1 || (await call.read(() => linkOfSeq(from - 1))) === undefined)
        throw new Problem('not_found', `There is no record ${from - 1} to begin after.`, {
          remedy: 'Begin with a number that is in the chain; 1 is the first.',
        })
      return streamDownload(
        'audit.jsonl',
        'application/jsonl',
        exportLines(parts.runtime.db, from, until),
      )
    },
  }),
  route({
    ...admins,
    id: 'audit.verify',
    method: 'POST',
    path: '/api/v1/audit/verifications',
    summary: 'Check the whole chain against the records, in the background',
    description:
      'Finds what was changed in the database. Whether somebody with the key made all of it anew, only an export and a checkpoint from outside can tell.',
    output: schema.verification,
    status: 202,
    audit: 'audit.verify',
    handle: (call) =>
      call.write(function* (record) {
        const row = yield* askVerification(parts.runtime.ids('avf'), call.actor.label, call.now)
        yield* record({ target: { kind: 'audit', id: row.id, label: 'Audit trail' } })
        return verificationView(row)
      }),
  }),
  route({
    ...admins,
    id: 'audit.verification',
    method: 'GET',
    path: '/api/v1/audit/verifications/{id}',
    summary: 'How far a verification is, and what it found',
    params: z.object({ id: z.string().max(100) }),
    output: schema.verification,
    audit: null,
    handle: (call, { params }) =>
      call.read(function* () {
        return verificationView(found(yield* verificationById(params.id), 'verification'))
      }),
  }),
]

function* chainState(parts: AuditParts): Work<schema.Chain> {
  const head = yield* chainHead()
  const { inherited, begun_at } = yield* auditSettings()
  const newest = yield* newestCheckpoint()
  const newestOfAll = yield* newestVerification()
  const verified = yield* newestDone()
  const [checkpoint] = newest ? yield* withSends([newest], parts) : []
  return {
    records: head.seq,
    link: head.link,
    waiting: yield* waiting(),
    inherited: inherited === 0 ? null : { records: inherited, at: begun_at ?? 0 },
    checkpoint: checkpoint ?? null,
    verification: newestOfAll ? verificationView(newestOfAll) : null,
    verified: verified ? verificationView(verified) : null,
    refusedSince: parts.checkpoints.refusedSince() ?? null,
  }
}

export const checkpointRoutes = (parts: AuditParts): readonly Route[] => [
  route({
    ...admins,
    id: 'audit.checkpoints',
    method: 'GET',
    path: '/api/v1/audit/checkpoints',
    summary: 'Signed checkpoints, newest first, and where each was sent',
    query: schema.checkpointsQuery,
    output: schema.checkpointsPage,
    audit: null,
    handle: (call, { query: { cursor, limit } }) =>
      call.read(function* () {
        const before = cursor === undefined ? undefined : Number(decodeCursor(cursor)[0])
        const { rows, total } = yield* listCheckpoints(before, limit + 1)
        const items = yield* withSends(rows.slice(0, limit), parts)
        const last = items.at(-1)
        const next = rows.length > limit && last ? encodeCursor([last.records]) : null
        return { items, next, total }
      }),
  }),
  route({
    ...admins,
    id: 'audit.make-checkpoint',
    method: 'POST',
    path: '/api/v1/audit/checkpoints',
    summary: 'Sign a checkpoint now, and send it where checkpoints are sent',
    output: schema.checkpoint,
    status: 201,
    audit: 'audit.checkpoint',
    handle: async (call) => {
      await call.write((record) =>
        record({ target: { kind: 'audit', id: 'checkpoint', label: 'Audit trail' } }),
      )
      const { checkpoint, refused } = await parts.checkpoints.make()
      if (refused)
        throw new Problem('wrong_state', 'The chain is not the one whose end was signed last.', {
          remedy: 'Verify it, and keep a copy of the database before anything else is done.',
        })
      const row = found(checkpoint ?? undefined, 'record to sign')
      const [made] = await call.read(() => withSends([row], parts))
      return found(made, 'checkpoint')
    },
  }),
  route({
    id: 'audit.public-key',
    method: 'GET',
    path: '/api/v1/audit/public-key',
    summary: 'The key that signs checkpoints; keep it where this server cannot change it',
    auth: ['public'],
    permission: null,
    output: schema.publicKey,
    errors: 'problem',
    audit: null,
    handle: async (call) => {
      const workspace = found(await call.read(theWorkspace), 'workspace')
      return {
        workspace: workspace.id,
        algorithm: 'Ed25519' as const,
        publicKey: await parts.checkpoints.publicKey(),
      }
    },
  }),
  route({
    ...admins,
    id: 'audit.outlets',
    method: 'GET',
    path: '/api/v1/audit/outlets',
    summary: 'Where checkpoints are sent',
    output: schema.outlets,
    audit: null,
    handle: (call) => call.read(() => outletsOf(parts)),
  }),
  route({
    ...admins,
    id: 'audit.set-outlets',
    method: 'PUT',
    path: '/api/v1/audit/outlets',
    summary:
      'Say where checkpoints are sent: mails once a day; webhooks, folders and buckets each time',
    permission: 'settings.manage',
    body: schema.outletsChange,
    output: schema.outlets,
    audit: 'audit.set-outlets',
    handle: (call, { body }) =>
      call.write(function* (record) {
        const before = yield* auditSettings()
        if (before.revision !== body.revision)
          throw new Problem('edited_meanwhile', undefined, {
            data: { current: yield* outletsOf(parts) },
          })
        yield* known('webhooks', body.webhooks, parts.webhooks.all)
        yield* known('archives', body.archives, parts.archives.all)
        const after = {
          mailTo: [...new Set(body.mailTo)],
          webhooks: [...new Set(body.webhooks)],
          archives: [...new Set(body.archives)],
        }
        yield* setAuditSettings({
          mail_to: JSON.stringify(after.mailTo),
          webhooks: JSON.stringify(after.webhooks),
          archives: JSON.stringify(after.archives),
          revision: before.revision + 1,
        })
        yield* record({
          target: { kind: 'audit', id: 'outlets', label: 'Where checkpoints are sent' },
          before: chosen(before),
          after,
        })
        return yield* outletsOf(parts)
      }),
  }),
]

type Named = () => Work<readonly { readonly id: string; readonly name: string }[]>

function* known(field: string, ids: readonly string[], there: Named): Work<void> {
  const all = new Set((yield* there()).map(({ id }) => id))
  if (ids.some((id) => !all.has(id)))
    throw new Problem('invalid_input', 'Something of that is not there.', {
      errors: [{ field: `body.${field}`, message: `Choose ${field} of this workspace.` }],
    })
}

const chosen = (row: SettingsRow) => ({
  mailTo: JSON.parse(row.mail_to) as string[],
  webhooks: JSON.parse(row.webhooks) as string[],
  archives: JSON.parse(row.archives) as string[],
})

function* outletsOf({ webhooks, archives, mailer }: AuditParts): Work<schema.Outlets> {
  const row = yield* auditSettings()
  const now = chosen(row)
  const choice = function* (all: Named, on: readonly string[]) {
    return (yield* all()).map(({ id, name }) => ({ id, name, on: on.includes(id) }))
  }
  return {
    mailTo: now.mailTo,
    webhooks: yield* choice(webhooks.all, now.webhooks),
    archives: yield* choice(archives.all, now.archives),
    mailConfigured: mailer !== undefined,
    revision: row.revision,
  }
}
