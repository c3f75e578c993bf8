import { appendAudit, type AuditActor, type AuditEntry } from '#kernel/audit.ts'
import type { Limiter } from '#kernel/ratelimit.ts'
import type { Call } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import type { Setting } from '../setting.ts'
import type { Conversation } from './provider.ts'
import type { ProviderRow } from './tables.ts'

/** What the routes of single sign-on stand in. */
export interface Ground extends Pick<Setting, 'runtime' | 'ports' | 'sso'> {
  readonly conversation: Conversation
  /** Round trips that one address may begin. */
  readonly begun: Limiter
}

/** An entry of the trail in a route that is a page: browsers are sent to it with GET, and it changes something all the same. */
export function* trail(
  { runtime }: Pick<Ground, 'runtime'>,
  call: Pick<Call, 'now' | 'requestId' | 'ip'>,
  action: string,
  entry: AuditEntry & { readonly actor: AuditActor },
): Work<void> {
  yield* appendAudit({
    ...entry,
    id: runtime.ids('aud'),
    at: call.now,
    action,
    requestId: call.requestId,
    ip: call.ip,
  })
}

export const providerTarget = ({ id, name }: Pick<ProviderRow, 'id' | 'name'>) => ({
  kind: 'sso_provider',
  id,
  label: name,
})

/** Who knocked and was not let in: nobody whom we know. */
export const stranger: AuditActor = { kind: 'public', id: '', label: 'nobody' }
