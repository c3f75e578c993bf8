import { route } from '#features/workspace/index.ts'
import { Problem } from '#kernel/problem.ts'
import type { Route } from '#kernel/route.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { judgeAllJob } from './judging.ts'
import type { DriftParts } from './ports.ts'
import * as schema from './schema.ts'
import { showSettings } from './show.ts'
import { changeSettings, settingsRow } from './store.ts'
import { isVersion } from './versions.ts'

const path = '/api/v1/drift/settings'
const admins = { auth: ['session', 'key'], path, errors: 'problem' } as const

export const settingsRoutes = (parts: DriftParts): readonly Route[] => [
  route({
    ...admins,
    id: 'drift.settings',
    method: 'GET',
    summary: 'What clients are held to beside their policy, and who is told',
    permission: 'drift.read',
    output: schema.settingsView,
    audit: null,
    handle: (call) => call.read(() => view(parts, call.actor.permissions.has('alerts.manage'))),
  }),
  route({
    ...admins,
    id: 'drift.set',
    method: 'PUT',
    summary: 'Set the oldest version and the way of signing in, and who is told',
    description: 'Every client that was heard of in the last 30 days is judged again.',
    permission: 'alerts.manage',
    body: schema.settingsChange,
    output: schema.settingsView,
    audit: 'drift.set',
    handle: (call, { body: { revision, versionFloor, signIn, webhookId, mailTo } }) =>
      call.write(function* (record) {
        const before = yield* settingsRow()
        if (before.revision !== revision)
          throw new Problem('edited_meanwhile', 'Somebody else has changed this meanwhile.', {
            remedy: 'Look at what stands there now, then change it again.',
            data: { current: yield* view(parts, true) },
          })
        yield* refuseBad(parts, versionFloor, webhookId)
        yield* changeSettings({
          revision: revision + 1,
          version_floor: versionFloor,
          sign_in: signIn,
          webhook_id: webhookId,
          mail_to: JSON.stringify([...new Set(mailTo)]),
          changed_at: call.now,
          changed_by: call.actor.label,
        })
        yield* record({
          target: { kind: 'drift', id: 'settings', label: 'What clients are held to' },
          before: asRecorded(showSettings(before)),
          after: asRecorded(showSettings(yield* settingsRow())),
        })
        yield* enqueue({ name: judgeAllJob, payload: null, dedupeKey: judgeAllJob })
        return yield* view(parts, true)
      }),
  }),
]

function* view({ webhooks, mailer }: DriftParts, recipients: boolean): Work<schema.SettingsView> {
  const all = recipients ? yield* webhooks.all() : []
  const { webhookId, mailTo, ...rest } = showSettings(yield* settingsRow())
  return {
    ...rest,
    webhookId: recipients ? webhookId : null,
    mailTo: recipients ? mailTo : [],
    webhooks: all.map(({ id, name }) => ({ id, name })),
    mail: mailer !== undefined,
    recipients,
  }
}

function* refuseBad(
  { webhooks }: DriftParts,
  floor: string | null,
  webhookId: string | null,
): Work<void> {
  const errors = []
  if (floor !== null && !isVersion(floor))
    errors.push({ field: 'versionFloor', message: 'Write it as 0.169.0.' })
  if (webhookId !== null && !(yield* webhooks.all()).some(({ id }) => id === webhookId))
    errors.push({ field: 'webhookId', message: 'There is no such webhook.' })
  if (errors.length > 0) throw new Problem('invalid_input', 'This cannot be set.', { errors })
}

const asRecorded = ({ versionFloor, signIn, webhookId, mailTo }: schema.Settings) => ({
  versionFloor,
  signIn,
  webhookId,
  mailTo,
})
