import { surfaceByKey, surfaceText } from '#features/workspace/index.ts'
import { hour } from '#kernel/clock.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Call, Record } from '#kernel/route.ts'
import { hashSecret, issueToken } from '#kernel/tokens.ts'
import type { Work } from '#kernel/work.ts'
import type { z } from 'zod'
import { accessTokenPrefix } from '../bearers.form.ts'
import { insertTokens } from '../grant/store.ts'
import type { Setting } from '../ports.ts'
import { endClients, insertClient } from '../store.clients.ts'
import { endOf, never } from './lifetime.ts'
import type { AccessToken, IssuedToken, newToken, rotation } from './schema.ts'
import { showTokens } from './show.ts'
import { insertAccessToken, listedToken, setEnd, type ListedToken } from './store.ts'

/** Whom the token belongs to. */
export type Owner =
  | { readonly kind: 'member'; readonly id: string }
  | { readonly kind: 'service_account'; readonly id: string }

export const tokenTarget = ({ id, name, of }: Pick<AccessToken, 'id' | 'name' | 'of'>) => ({
  kind: 'access_token',
  id,
  label: `${name} of ${of.email ?? of.name}`,
})

/** The surface, as long as it lets tokens be made; throws `surface_off`. */
export function* whileOn(): Work<{ readonly maxDays: number | null }> {
  const surface = yield* surfaceByKey('access_tokens')
  if (!surface.on)
    throw new Problem('surface_off', surfaceText(surface), {
      remedy: 'Ask an administrator to turn access tokens on, under Surfaces.',
    })
  return surface
}

interface Wish extends z.output<typeof newToken> {
  readonly replaces: string | null
}

function* issue(
  { runtime }: Setting,
  call: Call,
  owner: Owner,
  wish: Wish,
): Work<{ readonly id: string; readonly secret: string }> {
  const { maxDays } = yield* whileOn()
  const expiresAt = endOf(call.now, wish.expiresInDays, maxDays)
  const id = runtime.ids('pat')
  const { token, prefix } = issueToken('pat', id)
  const secret = accessTokenPrefix + token
  yield* insertClient({
    id,
    member_id: owner.kind === 'member' ? owner.id : null,
    account_id: owner.kind === 'service_account' ? owner.id : null,
    // It opens what the client asks a workspace for that it is signed in to.
    route: 'workspace',
    flow: 'access_token',
    oauth_client: '',
    scope: '',
    resource: null,
    created_at: call.now,
    created_ip: call.ip,
    created_agent: '',
    ended_at: null,
    ended_by: '',
    end_reason: null,
  })
  yield* insertTokens([
    {
      id,
      client_id: id,
      kind: 'access',
      hash: hashSecret(secret),
      created_at: call.now,
      expires_at: expiresAt ?? never,
      used_at: null,
      successor: null,
      successor_id: null,
    },
  ])
  yield* insertAccessToken({
    id,
    name: wish.name,
    purpose: wish.purpose,
    prefix: accessTokenPrefix + prefix,
    expires_at: expiresAt,
    made_by: call.actor.label,
    replaces: wish.replaces,
    warned: null,
  })
  return { id, secret }
}

export function* shown(id: string, now: number): Work<AccessToken> {
  const row = found(yield* listedToken(id, now), 'access token')
  return found((yield* showTokens([row], now))[0], 'access token')
}

/** Makes one. Its secret is in the answer and nowhere else. */
export function* makeToken(
  setting: Setting,
  call: Call,
  record: Record,
  owner: Owner,
  wish: z.output<typeof newToken>,
): Work<IssuedToken> {
  const { id, secret } = yield* issue(setting, call, owner, { ...wish, replaces: null })
  const token = yield* shown(id, call.now)
  const { purpose, expiresAt } = token
  yield* record({ target: tokenTarget(token), after: { purpose, expiresAt } })
  return { token, secret, old: null }
}

/** A second token with the same name and purpose; the old one ends when what uses it has had time to change, at the latest. */
export function* rotateToken(
  setting: Setting,
  call: Call,
  record: Record,
  old: ListedToken,
  wish: z.output<typeof rotation>,
): Work<IssuedToken> {
  const before = yield* living(old, call.now)
  if (before.replacedBy)
    throw new Problem('wrong_state', 'A newer token has taken its place already.', {
      remedy: 'Rotate the newer one.',
    })
  const owner: Owner = { kind: before.of.kind, id: before.of.id }
  const { name, purpose } = before
  const { expiresInDays, oldEndsInHours } = wish
  const made = yield* issue(setting, call, owner, {
    name,
    purpose,
    expiresInDays,
    replaces: old.id,
  })
  const endsAt = Math.min(call.now + oldEndsInHours * hour, before.expiresAt ?? never)
  if (oldEndsInHours === 0)
    yield* endClients([old.id], { at: call.now, by: call.actor.label, reason: 'revoked' })
  else yield* setEnd(old.id, endsAt)
  const token = yield* shown(made.id, call.now)
  yield* record({
    target: tokenTarget(token),
    before: { token: old.id, expiresAt: before.expiresAt },
    after: { oldEndsAt: endsAt, expiresAt: token.expiresAt },
  })
  return { token, secret: made.secret, old: yield* shown(old.id, call.now) }
}

/** Throws `wrong_state` for one that has ended. */
function* living(row: ListedToken, now: number): Work<AccessToken> {
  const token = yield* shown(row.id, now)
  if (token.state === 'expired' || token.state === 'revoked')
    throw new Problem('wrong_state', `This access token is ${token.state} already.`, {
      remedy: 'Make a new one.',
    })
  return token
}

/** Ends one for good. */
export function* revokeToken(call: Call, record: Record, row: ListedToken): Work<void> {
  const before = yield* living(row, call.now)
  yield* endClients([row.id], { at: call.now, by: call.actor.label, reason: 'revoked' })
  yield* record({
    target: tokenTarget(before),
    before: { state: before.state, lastUsedAt: before.lastUsedAt },
    after: { state: 'revoked' },
  })
}
