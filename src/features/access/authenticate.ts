import type { Permission } from '#features/workspace/index.ts'
import type { Db } from '#kernel/db.ts'
import type { Log } from '#kernel/log.ts'
import { Problem } from '#kernel/problem.ts'
import type { Actor } from '#kernel/route.ts'
import { hashSecret, readToken, sameHash } from '#kernel/tokens.ts'
import type { Work } from '#kernel/work.ts'
import { heldByMaker, keyPermissions, keyState, operatorSecretLength } from './keys.ts'
import { keyByHash, keyById, setKeyUsed, type KeyRecord } from './store.keys.ts'

/** `last used` is written at most so often (ms). */
const usedEvery = 60_000

const wrong = (detail: string, remedy: string): Problem =>
  new Problem('unauthenticated', detail, { remedy })

/**
 * Reads `Authorization: Bearer …` (RFC 6750, section 2.1). Undefined when the request brings no bearer; a bearer that is
 * no usable service key is a 401 that says why.
 */
export function createKeyAuthenticator(parts: { readonly db: Db; readonly log: Log }) {
  const written = new Map<string, number>()

  /** A busy key must not make every request a write, and a full disk must not lock a working key out. */
  async function remember(key: KeyRecord, now: number): Promise<void> {
    const last = Math.max(key.last_used_at ?? 0, written.get(key.id) ?? 0)
    if (now - last < usedEvery) return
    written.set(key.id, now)
    try {
      await parts.db.tx(() => setKeyUsed(key.id, now))
    } catch (error) {
      parts.log.warn({ err: error, keyId: key.id }, 'the last use of a service key was not written')
    }
  }

  return async (request: Request, now: number): Promise<Actor<Permission> | undefined> => {
    const presented = /^bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '')?.[1]
    if (presented === undefined) return undefined
    const known = await parts.db.read(() => lookUp(presented, now))
    if (!known)
      throw wrong(
        presented.startsWith('gh_')
          ? 'This service key is not known here, or it was mistyped or cut off.'
          : 'The bearer is not a service key of this Gatehouse.',
        'Send a whole key as it was shown when it was made, or make a new one.',
      )
    const { key, permissions } = known
    const state = keyState(key, permissions, now)
    if (state !== 'working') {
      const [detail, remedy] = reasons[state]
      const whose = { kind: 'key', id: key.id, label: key.name } as const
      throw new Problem('unauthenticated', detail, { remedy, actor: whose })
    }
    await remember(key, now)
    return { kind: 'key', id: key.id, label: key.name, permissions }
  }
}

const reasons: Readonly<
  Record<'revoked' | 'expired' | 'asleep', readonly [detail: string, remedy: string]>
> = {
  revoked: ['This service key was revoked.', 'Make a new one.'],
  expired: ['This service key has expired.', 'Make a new one.'],
  asleep: [
    'Whoever made this service key holds none of its permissions any more.',
    'Ask somebody who holds them to make a new one.',
  ],
}

function* lookUp(
  presented: string,
  now: number,
): Work<{ readonly key: KeyRecord; readonly permissions: ReadonlySet<Permission> } | undefined> {
  const key = yield* keyOf(presented)
  if (!key) return undefined
  return { key, permissions: keyPermissions(key, yield* heldByMaker(key, now)) }
}

/** Ours are found by id and compared by hash; a secret that the operator chose carries no id, so its hash is the key. */
function* keyOf(presented: string): Work<KeyRecord | undefined> {
  const token = readToken(presented, 'key')
  if (token) {
    const key = yield* keyById(token.id)
    return key && sameHash(key.secret_hash, token.hash) ? key : undefined
  }
  if (presented.length < operatorSecretLength) return undefined
  const key = yield* keyByHash(hashSecret(presented))
  return key?.maker_kind === 'operator' ? key : undefined
}
