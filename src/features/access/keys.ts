import { permissionKeys, type Permission } from '#features/workspace/index.ts'
import type { Ids } from '#kernel/ids.ts'
import { found, Problem } from '#kernel/problem.ts'
import { hashSecret, issueToken } from '#kernel/tokens.ts'
import type { Work } from '#kernel/work.ts'
import { demand } from './may.ts'
import type { Acting, Changed } from './members.ts'
import { rightsOf } from './rights.ts'
import type { ServiceKey } from './schema.ts'
import { insertKey, keyById, setKeyRevoked, type KeyRecord } from './store.keys.ts'

const everything: ReadonlySet<Permission> = new Set(permissionKeys)

/** `["*"]` stands for every permission, also those of later versions: the operator's own key has it. */
export function scopesOf(key: Pick<KeyRecord, 'scopes'>): readonly Permission[] {
  const scopes = JSON.parse(key.scopes) as readonly string[]
  return permissionKeys.filter((p) => scopes.includes('*') || scopes.includes(p))
}

/** What the maker of a key holds now: nothing once the member was deleted; everything, for the operator at the machine. */
export function* heldByMaker(
  key: Pick<KeyRecord, 'maker_kind' | 'maker_id'>,
  now: number,
): Work<ReadonlySet<Permission>> {
  return key.maker_kind === 'operator' ? everything : yield* rightsOf(key.maker_id, now)
}

/** What the key may do now: its scopes, as far as its maker still holds them. */
export const keyPermissions = (
  key: Pick<KeyRecord, 'scopes'>,
  held: ReadonlySet<Permission>,
): ReadonlySet<Permission> => new Set(scopesOf(key).filter((p) => held.has(p)))

/** `asleep`: nothing is wrong with the key itself, but its maker holds none of its scopes any more. */
export function keyState(
  key: Pick<KeyRecord, 'revoked_at' | 'expires_at'>,
  permissions: ReadonlySet<Permission>,
  now: number,
): ServiceKey['state'] {
  if (key.revoked_at !== null) return 'revoked'
  if (key.expires_at !== null && key.expires_at <= now) return 'expired'
  return permissions.size === 0 ? 'asleep' : 'working'
}

function shownKey(key: KeyRecord, held: ReadonlySet<Permission>, now: number): ServiceKey {
  const permissions = keyPermissions(key, held)
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: [...scopesOf(key)],
    permissions: [...permissions],
    maker: { kind: key.maker_kind, id: key.maker_id, label: key.maker_label },
    state: keyState(key, permissions, now),
    createdAt: key.created_at,
    expiresAt: key.expires_at,
    lastUsedAt: key.last_used_at,
    revokedAt: key.revoked_at,
    revokedBy: key.revoked_by,
  }
}

/** Adds the maker's present rights to each key. */
export function* withMakers(keys: readonly KeyRecord[], now: number): Work<readonly ServiceKey[]> {
  const held = new Map<string, ReadonlySet<Permission>>()
  const shown: ServiceKey[] = []
  for (const key of keys) {
    const rights = held.get(key.maker_id) ?? (yield* heldByMaker(key, now))
    held.set(key.maker_id, rights)
    shown.push(shownKey(key, rights, now))
  }
  return shown
}

export interface NewKey {
  readonly name: string
  readonly scopes: readonly Permission[]
  readonly expiresAt: number | null
}

/** A key made with a key belongs to the same person, so that it falls asleep and is off-boarded with her; it ends no later. */
export function* createKey(
  ids: Ids,
  actor: Acting,
  now: number,
  given: NewKey,
): Work<{ readonly key: ServiceKey; readonly secret: string }> {
  demand(actor, { kind: 'make_key', scopes: given.scopes })
  if (given.expiresAt !== null && given.expiresAt <= now)
    throw new Problem('invalid_input', 'The key would have expired already.', {
      errors: [{ field: 'expiresAt', message: 'Choose a time in the future.' }],
    })
  const maker = yield* makerOf(actor)
  const end = maker.endsAt
  if (end !== null && (given.expiresAt === null || given.expiresAt > end))
    throw new Problem('exceeds_own_rights', 'A key cannot make one that outlives it.', {
      remedy: `Let it expire by ${new Date(end).toISOString()}, or make it in the browser.`,
      errors: [{ field: 'expiresAt', message: 'Later than the end of the key that makes it.' }],
    })
  const id = ids('key')
  const issued = issueToken('key', id)
  const record: KeyRecord = {
    id,
    name: given.name.trim(),
    secret_hash: issued.hash,
    prefix: issued.prefix,
    scopes: JSON.stringify([...new Set(given.scopes)]),
    maker_kind: maker.kind,
    maker_id: maker.id,
    maker_label: maker.label,
    created_at: now,
    expires_at: given.expiresAt,
    last_used_at: null,
    revoked_at: null,
    revoked_by: null,
  }
  yield* insertKey(record)
  return { key: (yield* withMakers([record], now))[0] as ServiceKey, secret: issued.token }
}

interface Maker {
  readonly kind: 'member' | 'operator'
  readonly id: string
  readonly label: string
  /** When the key that makes this one expires. */
  readonly endsAt: number | null
}

function* makerOf(actor: Acting): Work<Maker> {
  if (actor.kind !== 'key')
    return { kind: 'member', id: actor.id, label: actor.label, endsAt: null }
  const parent = found(yield* keyById(actor.id), 'service key')
  const { maker_kind: kind, maker_id: id, maker_label: label, expires_at: endsAt } = parent
  return { kind, id, label, endsAt }
}

/** Shorter secrets can be guessed; a key of ours has 256 random bits. */
export const operatorSecretLength = 32

/**
 * The key that an operator brings for set-up as code: any secret of at least 32 characters, every permission. The
 * caller has made sure that the workspace is empty and writes the audit record.
 */
export function* createOperatorKey(
  ids: Ids,
  now: number,
  given: { readonly name: string; readonly secret: string },
): Work<{ readonly id: string; readonly name: string }> {
  if (given.secret.length < operatorSecretLength)
    throw new Problem('invalid_input', `An admin key needs ${operatorSecretLength} characters.`, {
      remedy: 'Choose a longer one, for example the output of `openssl rand -hex 32`.',
    })
  const id = ids('key')
  yield* insertKey({
    id,
    name: given.name,
    secret_hash: hashSecret(given.secret),
    prefix: 'chosen by the operator',
    scopes: '["*"]',
    maker_kind: 'operator',
    maker_id: 'operator',
    maker_label: 'operator',
    created_at: now,
    expires_at: null,
    last_used_at: null,
    revoked_at: null,
    revoked_by: null,
  })
  return { id, name: given.name }
}

/** Revoking twice is no error: the first time stands. */
export function* revokeKey(actor: Acting, now: number, id: string): Work<Changed<ServiceKey>> {
  demand(actor, { kind: 'revoke_key' })
  const before = found(yield* keyById(id), 'service key')
  yield* setKeyRevoked(id, now, actor.label)
  const after = found(yield* keyById(id), 'service key')
  const [was, is] = yield* withMakers([before, after], now)
  return { before: was as ServiceKey, after: is as ServiceKey }
}

export const keyTarget = (k: Pick<ServiceKey, 'id' | 'name'>) => ({
  kind: 'key',
  id: k.id,
  label: k.name,
})
