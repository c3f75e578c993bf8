import type { Permission } from '#features/workspace/index.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { Problem } from '#kernel/problem.ts'
import type { Actor } from '#kernel/route.ts'
import { readToken, sameHash } from '#kernel/tokens.ts'
import { directoryById, setTokenUsed, tokenById } from './store.directories.ts'

/** `last used` is written at most so often (ms). */
const usedEvery = 60_000

/** What a directory may is said by its routes: it holds no permission of people. */
const none: ReadonlySet<Permission> = new Set()

/** Reads `Authorization: Bearer gh_scm_…`. Undefined: no bearer at all. */
export function createScimAuthenticator({ db, log }: Pick<Runtime, 'db' | 'log'>) {
  const written = new Map<string, number>()
  return async (request: Request, now: number): Promise<Actor<Permission> | undefined> => {
    const presented = /^bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '')?.[1]
    if (presented === undefined) return undefined
    const read = readToken(presented, 'scm')
    if (!read) throw wrong('The bearer is no directory token of this Gatehouse.')
    const known = await db.read(function* () {
      const token = yield* tokenById(read.id)
      return token && { token, directory: yield* directoryById(token.directory_id) }
    })
    const { token, directory } = known ?? {}
    if (!token || !directory || !sameHash(token.secret_hash, read.hash))
      throw wrong('This directory token is not known here.')
    if (token.revoked_at !== null || directory.disconnected_at !== null)
      throw wrong('This directory token was ended.')
    if (token.expires_at !== null && token.expires_at <= now)
      throw wrong('This directory token was replaced, and the time in which both work is over.')
    if (now - Math.max(token.last_used_at ?? 0, written.get(token.id) ?? 0) >= usedEvery) {
      written.set(token.id, now)
      await db
        .tx(() => setTokenUsed(token.id, now), { durability: 'relaxed' })
        .catch((error: unknown) => {
          log.warn({ err: error }, 'the last use of a directory token was not written')
        })
    }
    return { kind: 'scim', id: directory.id, label: directory.name, permissions: none }
  }
}

const wrong = (detail: string): Problem =>
  new Problem('unauthenticated', detail, {
    remedy: 'Make a new token on the page of the directory in Gatehouse.',
  })
