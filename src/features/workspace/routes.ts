import type { Mailer } from '#kernel/mail.ts'
import { found } from '#kernel/problem.ts'
import type { Feature } from '#kernel/runtime.ts'
import { route } from './route.ts'
import * as schema from './schema.ts'
import { renameWorkspace, theWorkspace } from './store.ts'

export interface WorkspacePorts {
  /** All features of the product, for the overview and the command palette. */
  readonly features: () => readonly Feature[]
  readonly mailer: Mailer | undefined
}

const admins = { auth: ['session', 'key'], errors: 'problem' } as const

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
          for (const { permission, find } of feature.finders ?? [])
            if (call.actor.permissions.has(permission as never)) hits.push(...(yield* find(text)))
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
