import { z } from 'zod'
import { auditRecords, countAuditRecords } from '#kernel/audit.ts'
import { csvResponse, jsonResponse } from '#kernel/export.ts'
import type { Mailer } from '#kernel/mail.ts'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import { found } from '#kernel/problem.ts'
import type { Feature } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { bump } from './revision.ts'
import { route } from './route.ts'
import * as schema from './schema.ts'
import { renameWorkspace, setSurface, surfaceByKey, surfaces, theWorkspace } from './store.ts'

export interface WorkspacePorts {
  /** All features of the product, for the overview and the command palette. */
  readonly features: () => readonly Feature[]
  readonly mailer: Mailer | undefined
  /** What a change of a surface does to whom (features/policies). */
  readonly touch: (
    act: { kind: 'surface'; key: (typeof schema.surfaceKeys)[number]; on: boolean },
    expected?: string,
  ) => Work<{ touches: number }>
}

const admins = { auth: ['session', 'key'], errors: 'problem' } as const

/** The most records that one download of the activity holds; a longer history is downloaded in parts. */
const exportLimit = 50_000

export const workspaceRoutes = (ports: WorkspacePorts) => [
  route({
    ...admins,
    id: 'workspace.get',
    method: 'GET',
    path: '/api/v1/workspace',
    summary: 'The workspace',
    permission: 'workspace.read',
    output: schema.workspace,
    audit: null,
    handle: async (call) => found(await call.read(theWorkspace), 'workspace'),
  }),
  route({
    ...admins,
    id: 'workspace.rename',
    method: 'PATCH',
    path: '/api/v1/workspace',
    summary: 'Rename the workspace',
    permission: 'settings.manage',
    body: schema.workspaceChange,
    output: schema.workspace,
    audit: 'workspace.rename',
    handle: (call, { body }) =>
      call.write(function* (record) {
        const before = found(yield* theWorkspace(), 'workspace')
        const after = yield* renameWorkspace(body.name)
        yield* record({
          target: { kind: 'workspace', id: after.id, label: after.name },
          before: { name: before.name },
          after: { name: after.name },
        })
        return after
      }),
  }),
  route({
    ...admins,
    id: 'surfaces.list',
    method: 'GET',
    path: '/api/v1/surfaces',
    summary: 'The surfaces, on and off',
    permission: 'workspace.read',
    output: z.object({ items: z.array(schema.surface) }),
    audit: null,
    handle: async (call) => ({ items: [...(await call.read(surfaces))] }),
  }),
  route({
    ...admins,
    id: 'surfaces.set',
    method: 'PUT',
    path: '/api/v1/surfaces/{key}',
    summary: 'Turn a surface on or off',
    description:
      'Codex local off: every bundle is answered with 403. Clients learn it at their next start without a valid cache, at most one hour later.',
    permission: 'surfaces.manage',
    params: z.object({ key: z.enum(schema.surfaceKeys) }),
    body: schema.surfaceChange,
    output: schema.surface,
    audit: 'surface.set',
    recent: true,
    handle: (call, { params, body }) =>
      call.write(function* (record) {
        const before = yield* surfaceByKey(params.key)
        const { touches } = yield* ports.touch(
          { kind: 'surface', key: params.key, on: body.on },
          body.changeSet,
        )
        const after: schema.Surface = {
          key: params.key,
          on: body.on,
          message: body.message ?? before.message,
          changedAt: call.now,
          changedBy: call.actor.label,
        }
        yield* setSurface(after)
        yield* bump('surfaces')
        yield* record({
          target: { kind: 'surface', id: params.key, label: params.key },
          before: { on: before.on, message: before.message },
          after: { on: after.on, message: after.message },
          touches,
        })
        return after
      }),
  }),
  route({
    ...admins,
    id: 'activity.list',
    method: 'GET',
    path: '/api/v1/activity',
    summary: 'What was done by whom, newest first',
    permission: 'audit.read',
    query: schema.auditQuery,
    output: schema.auditPage,
    produces: 'text/csv',
    audit: null,
    handle: async (call, { query }) => {
      const filter = {
        ...(query.action === undefined ? {} : { action: query.action }),
        ...(query.actor === undefined ? {} : { actorId: query.actor }),
        ...(query.target === undefined ? {} : { targetId: query.target }),
        ...(query.q === undefined ? {} : { search: query.q }),
        ...(query.since === undefined ? {} : { since: query.since }),
        ...(query.until === undefined ? {} : { until: query.until }),
      }
      const { records, total } = await call.read(function* () {
        const before =
          query.cursor === undefined ? {} : { before: String(decodeCursor(query.cursor)[0]) }
        const limit = query.format ? exportLimit : query.limit + 1
        return {
          records: yield* auditRecords({ ...filter, ...before, limit }),
          total: yield* countAuditRecords(filter),
        }
      })
      if (query.format === 'json') return jsonResponse('activity', records)
      if (query.format === 'csv')
        return csvResponse(
          'activity',
          ['time', 'actor', 'action', 'target kind', 'target', 'touches', 'address', 'request'],
          records.map((r) => [
            new Date(r.at).toISOString(),
            r.actor.label,
            r.action,
            r.target.kind,
            r.target.label,
            r.touches,
            r.ip,
            r.requestId,
          ]),
        )
      return {
        ...pageOf(records, query.limit, (r) => [r.id]),
        items: records.slice(0, query.limit),
        total,
      }
    },
  }),
  route({
    ...admins,
    id: 'activity.get',
    method: 'GET',
    path: '/api/v1/activity/{id}',
    summary: 'One act, with what was there before and after',
    permission: 'audit.read',
    params: z.object({ id: z.string().max(100) }),
    output: schema.auditRecord,
    audit: null,
    handle: async (call, { params }) => {
      const [record] = await call.read(() => auditRecords({ id: params.id, limit: 1 }))
      return found(record, 'audit record')
    },
  }),
  route({
    ...admins,
    id: 'overview.get',
    method: 'GET',
    path: '/api/v1/overview',
    summary: 'The rollout checklist, the figures and the alarms',
    permission: 'workspace.read',
    output: schema.overview,
    audit: null,
    handle: async (call) => {
      const features = ports.features()
      const read = await call.read(function* () {
        const workspace = found(yield* theWorkspace(), 'workspace')
        const checklist: schema.ChecklistItem[] = []
        const figures: { key: string; title: string; value: number; link: string }[] = []
        for (const feature of features) {
          if (feature.checklist) checklist.push(...(yield* feature.checklist()))
          if (feature.figures) figures.push(...(yield* feature.figures()))
        }
        return { workspace, checklist, figures }
      })
      return { ...read, alarms: features.flatMap((f) => f.alarms?.() ?? []) }
    },
  }),
  route({
    ...admins,
    id: 'find',
    method: 'GET',
    path: '/api/v1/find',
    summary: 'Objects by name, for the command palette',
    permission: 'workspace.read',
    query: schema.findQuery,
    output: schema.findResult,
    audit: null,
    handle: async (call, { query }) => {
      const text = query.q.trim().toLowerCase()
      if (text === '') return { items: [] }
      const items = await call.read(function* () {
        const hits: schema.FindHit[] = []
        for (const feature of ports.features())
          if (
            feature.find &&
            call.actor.permissions.has((feature.findPermission ?? 'workspace.read') as never)
          )
            hits.push(...(yield* feature.find(text)))
        return hits
      })
      return { items }
    },
  }),
  route({
    ...admins,
    id: 'settings.mail',
    method: 'GET',
    path: '/api/v1/settings/mail',
    summary: 'How mail is sent (from the configuration; the password is never shown)',
    permission: 'workspace.read',
    output: schema.mailSettings,
    audit: null,
    handle: () => {
      const config = ports.mailer?.config
      return {
        configured: config !== undefined,
        from: config?.from ?? null,
        host: config ? `${config.host}:${config.port}` : null,
        user: config?.user ?? null,
      }
    },
  }),
  route({
    ...admins,
    id: 'settings.test-mail',
    method: 'POST',
    path: '/api/v1/settings/test-mail',
    summary: 'Send a test mail now and say what the mail server answered',
    permission: 'settings.manage',
    body: schema.testMail,
    output: schema.testMailResult,
    audit: 'settings.test-mail',
    handle: async (call, { body }) => {
      const result = ports.mailer
        ? await ports.mailer.send({
            to: body.to,
            subject: 'Gatehouse test mail',
            text: `This mail was sent by ${call.actor.label} to see whether Gatehouse can send mail. It can.\n`,
          })
        : {
            ok: false as const,
            message: 'Mail is not configured.',
            remedy: 'Set GATEHOUSE_SMTP_URL and GATEHOUSE_MAIL_FROM, then restart.',
          }
      await call.write(function* (record) {
        yield* record({
          target: { kind: 'mail', id: 'test', label: body.to },
          after: { sent: result.ok },
        })
      })
      return result.ok
        ? { sent: true, detail: `The mail server took it for ${body.to}.` }
        : { sent: false, detail: `${result.message} ${result.remedy}` }
    },
  }),
]
