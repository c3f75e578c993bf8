import { RE2JS } from 're2js'
import { groupById } from '#features/access/index.ts'
import { Problem } from '#kernel/problem.ts'
import type { Call, Record as RecordAct } from '#kernel/route.ts'
import type { Secrets } from '#kernel/secrets.ts'
import type { Work } from '#kernel/work.ts'
import { emptyOutbox, startAnew } from '../relay/store.ts'
import type { Reach, TelemetryChange, TelemetrySettings } from '../schema.settings.ts'
import { keepsMore, mayLogPrompts } from './content.ts'
import { putSettings, sealedRelayHeaders, telemetrySettings } from './store.ts'

/** What the sealed headers are bound to. */
export const relayHeadersContext = 'telemetry.relay.headers'

export interface Changing {
  readonly call: Call
  readonly record: RecordAct
  readonly secrets: Secrets
  readonly reach: () => Reach
}

/**
 * Changes the settings. Throws `edited_meanwhile` for another version than the present one, `forbidden` for what needs
 * `settings.manage` as well (`graveOf`), `invalid_input` with the field for what cannot be.
 */
export function* changeSettings(
  { call, record, secrets, reach }: Changing,
  change: TelemetryChange,
): Work<void> {
  const before = yield* telemetrySettings()
  if (change.version !== before.version)
    throw new Problem('edited_meanwhile', undefined, { data: { current: before } })
  const grave = graveOf(before, change)
  if (grave !== undefined && !call.actor.permissions.has('settings.manage'))
    throw new Problem('forbidden', `${grave} needs settings.manage as well.`, {
      remedy: 'Ask an owner of the workspace to do it, or leave that part as it is.',
    })
  yield* check(change)
  const { relay, version, ...rest } = change
  const headers = yield* relayHeaders(secrets, before, relay)
  const after: TelemetrySettings = {
    ...rest,
    version: version + 1,
    relay: relay && { url: relay.url, headers: Object.keys(headers).sort() },
    changedAt: call.now,
    changedBy: call.actor.label,
  }
  yield* putSettings(
    after,
    Object.keys(headers).length === 0
      ? null
      : secrets.seal(JSON.stringify(headers), relayHeadersContext),
  )
  if (relay === null) yield* emptyOutbox(call.now)
  else if (before.relay?.url !== relay.url) yield* startAnew()
  const { members, serviceAccounts, enrolments } = reach()
  const delivered = before.collect || after.collect
  yield* record({
    target: { kind: 'telemetry', id: 'telemetry', label: 'Telemetry' },
    before: recorded(before),
    after: recorded(after),
    ...(delivered ? { touches: members + serviceAccounts + enrolments } : {}),
  })
}

/** What of a change reaches further than telemetry itself; undefined: nothing. */
function graveOf(before: TelemetrySettings, change: TelemetryChange): string | undefined {
  if (change.collect !== before.collect) return 'Turning telemetry on and off'
  if (keepsMore(before, change)) return 'Keeping more of what people write than before'
  if (change.relay && change.relay.url !== before.relay?.url)
    return 'Passing telemetry on to another address'
  return undefined
}

function* check(change: TelemetryChange): Work<void> {
  for (const [index, pattern] of change.content.patterns.entries())
    if (!compiles(pattern))
      throw invalid(`content.patterns.${index}`, 'Not a regular expression of RE2.')
  const seen = new Set<string>()
  for (const [index, { groupId }] of change.groups.entries()) {
    if (seen.has(groupId) || !(yield* groupById(groupId)))
      throw invalid(
        `groups.${index}.groupId`,
        seen.has(groupId) ? 'The group is named twice.' : 'There is no such group.',
      )
    seen.add(groupId)
  }
  if (change.logUserPrompt && !mayLogPrompts(change))
    throw invalid(
      'logUserPrompt',
      'Prompts can be collected only where everything is kept, of the workspace and of each group named here.',
    )
  const relay = change.relay && new URL(change.relay.url)
  if (relay && (relay.search !== '' || relay.hash !== '' || relay.username !== ''))
    throw invalid('relay.url', 'Only scheme, host and path. Credentials belong into a header.')
}

/** Headers that were not sent again stay, but never go to another host. */
function* relayHeaders(
  secrets: Secrets,
  before: TelemetrySettings,
  relay: TelemetryChange['relay'],
): Work<Readonly<Record<string, string>>> {
  if (relay === null) return {}
  if (relay.headers !== undefined) return relay.headers
  const sealed = yield* sealedRelayHeaders()
  if (sealed === null || !before.relay) return {}
  if (new URL(before.relay.url).origin !== new URL(relay.url).origin)
    throw invalid('relay.headers', 'Enter the headers again: the collector is another one.')
  return JSON.parse(secrets.open(sealed, relayHeadersContext)) as Record<string, string>
}

function compiles(pattern: string): boolean {
  try {
    RE2JS.compile(pattern)
    return true
  } catch {
    return false
  }
}

const invalid = (field: string, message: string): Problem =>
  new Problem('invalid_input', message, { errors: [{ field, message }] })

/** All of it: no secret is among it. */
const recorded = ({
  version: _version,
  changedAt: _at,
  changedBy: _by,
  ...rest
}: TelemetrySettings): unknown => rest
