import { groupById } from '#features/access/index.ts'
import { route } from '#features/workspace/index.ts'
import type { Route } from '#kernel/route.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { relayState } from '../relay/store.ts'
import * as schema from '../schema.settings.ts'
import { changeSettings } from './change.ts'
import { contentLevelOf } from './content.ts'
import { blockOf, hiddenToken } from './fragment.ts'
import { telemetrySettings } from './store.ts'
import type { SettingsView } from './view.ts'

export interface SettingsParts {
  readonly runtime: Pick<Runtime, 'secrets' | 'publicUrl'>
  readonly settings: Pick<SettingsView, 'refresh'>
  /** Whose clients a change reaches, from memory. */
  readonly reach: () => schema.Reach
  /** The groups of a member, from memory. */
  readonly groupsOf: (memberId: string) => readonly string[]
}

const admins = {
  auth: ['session', 'key'],
  permission: 'telemetry.manage',
  errors: 'problem',
} as const

export function settingsRoutes({
  runtime: { secrets, publicUrl },
  settings,
  reach,
  groupsOf,
}: SettingsParts): readonly Route[] {
  function* shown(): Work<schema.TelemetryPage> {
    const present = yield* telemetrySettings()
    return {
      settings: present,
      reach: reach(),
      block: blockOf(publicUrl, present, hiddenToken),
      relay: yield* relayState(),
      groups: yield* named(present.groups.map(({ groupId }) => groupId)),
    }
  }
  return [
    route({
      ...admins,
      id: 'telemetry.get-settings',
      method: 'GET',
      path: '/api/v1/telemetry/settings',
      summary: 'What clients report, what of it is kept and where it is passed on to',
      output: schema.telemetryPage,
      audit: null,
      handle: (call) => call.read(shown),
    }),
    route({
      ...admins,
      id: 'telemetry.change-settings',
      method: 'PUT',
      path: '/api/v1/telemetry/settings',
      summary: 'Change what clients report and what of it is kept',
      description:
        'Clients learn it at their next start without a valid cache, at most one hour later; what runs keeps on as it began. What is stored already stays as it was stored. Turning it on or off, keeping more of what people write than before, and passing it on to another address need settings.manage as well.',
      body: schema.telemetryChange,
      output: schema.telemetryPage,
      audit: 'telemetry.change',
      recent: true,
      async handle(call, { body }) {
        const page = await call.write(function* (record) {
          yield* changeSettings({ call, record, secrets, reach }, body)
          return yield* shown()
        })
        // Committed: a database that goes away now is no reason to say that it was not.
        await settings.refresh().catch(() => undefined)
        return page
      },
    }),
    route({
      ...admins,
      id: 'telemetry.block',
      method: 'GET',
      path: '/api/v1/telemetry/block',
      summary: 'The lines that are delivered behind each policy',
      description:
        'A policy may bring an [otel] of its own, which then wins key by key. Whoever writes one sees with this what that does.',
      permission: 'policies.read',
      output: schema.deliveredBlock,
      audit: null,
      handle: (call) =>
        call.read(function* () {
          const present = yield* telemetrySettings()
          return { block: present.collect ? blockOf(publicUrl, present, hiddenToken) : null }
        }),
    }),
    route({
      id: 'telemetry.own',
      method: 'GET',
      path: '/api/v1/me/telemetry',
      summary: 'What is collected of the person who asks',
      auth: ['session'],
      permission: null,
      errors: 'problem',
      output: schema.ownTelemetry,
      audit: null,
      handle: (call) =>
        call.read(function* () {
          const present = yield* telemetrySettings()
          const { collect, logUserPrompt, metrics, traces, content, retention, relay } = present
          return {
            collect,
            level: contentLevelOf(present, groupsOf(call.actor.id)),
            prompts: logUserPrompt,
            metrics,
            traces,
            patterns: content.patterns.length,
            retention,
            relayedTo: relay && new URL(relay.url).host,
          }
        }),
    }),
  ]
}

/** A group that was deleted meanwhile has no name and is left out. */
function* named(ids: readonly string[]): Work<{ id: string; name: string }[]> {
  const groups: { id: string; name: string }[] = []
  for (const id of ids) {
    const group = yield* groupById(id)
    if (group) groups.push({ id, name: group.name })
  }
  return groups
}
