import type * as Jose from 'jose'
import type { CryptoKey, JWK, JWTPayload } from 'jose'
import { appendAudit, gatehouse } from '#kernel/audit.ts'
import { minute } from '#kernel/clock.ts'
import type { Job, Schedule } from '#kernel/jobs.ts'
import { later } from '#kernel/later.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import type { SigningKeyRow } from '../tables.ts'
import { nextTurn, retired, signingNow } from './rotation.ts'
import { deleteSigningKeys, insertSigningKey, signingKeys } from './store.ts'

/** The keys that sign what clients read about the person. */
export interface SigningKeys {
  /** A JWT signed with the key of the moment (ES256); `typ` is its header (RFC 9068: `at+jwt`). */
  readonly sign: (payload: JWTPayload, typ: 'JWT' | 'at+jwt', now: number) => Promise<string>
  /** RFC 7517: every key whose signatures may still be looked at, and the one that comes next. */
  readonly published: () => Promise<{ readonly keys: readonly Readonly<Record<string, unknown>>[] }>
  readonly jobs: readonly Job[]
  readonly schedules: readonly Schedule[]
}

/** Loading it took 140 ms on a busy machine, and a start signs nothing. */
const jose = later('jose') as () => typeof Jose

type Ground = Pick<Runtime, 'db' | 'clock' | 'ids' | 'secrets' | 'log'>

const algorithm = 'ES256'
const rotateKeys = 'clients.rotate-signing-key'

/** A key made by another process is known here after this long (ms); it signs much later (`keyRotation.ahead`). */
const freshFor = minute
/** Any constant that nothing else of ours locks: processes that need the first key at once make one. */
const lockKey = 4_711_301

interface Known {
  readonly at: number
  readonly rows: readonly SigningKeyRow[]
}

export function createSigningKeys(ground: Ground): SigningKeys {
  const { db, clock, secrets } = ground
  const opened = new Map<string, Promise<CryptoKey>>()
  let known: Known | undefined
  let asking: Promise<readonly SigningKeyRow[]> | undefined

  async function present(): Promise<readonly SigningKeyRow[]> {
    const now = clock()
    if (known && now >= known.at && now - known.at < freshFor) return known.rows
    asking ??= ask(now).finally(() => {
      asking = undefined
    })
    return asking
  }

  /** One at a time: a turn holds a connection while it waits for its own, and a pool has few. */
  async function ask(now: number): Promise<readonly SigningKeyRow[]> {
    let rows = await db.read(signingKeys)
    if (rows.length === 0) rows = await turn(ground)
    known = { at: now, rows }
    return rows
  }

  function privateKey(row: SigningKeyRow): Promise<CryptoKey> {
    const open = async (): Promise<CryptoKey> =>
      (await jose().importJWK(
        JSON.parse(secrets.open(row.sealed, contextOf(row.kid))) as JWK,
        algorithm,
      )) as CryptoKey
    const key = opened.get(row.kid) ?? open()
    opened.set(row.kid, key)
    key.catch(() => opened.delete(row.kid))
    return key
  }

  return {
    async sign(payload, typ, now) {
      const rows = await present()
      // A clock that is behind that of the process which made the first key.
      const row = signingNow(rows, now) ?? rows[0]
      if (!row) throw new Error('There is no key to sign with.')
      return new (jose().SignJWT)(payload)
        .setProtectedHeader({ alg: algorithm, typ, kid: row.kid })
        .sign(await privateKey(row))
    },
    async published() {
      const rows = await present()
      const gone = new Set(retired(rows, clock()))
      return {
        keys: rows
          .filter((row) => !gone.has(row))
          .map((row) => JSON.parse(row.public_jwk) as Record<string, unknown>),
      }
    },
    jobs: [
      {
        name: rotateKeys,
        async handle() {
          known = { at: clock(), rows: await turn(ground) }
        },
      },
    ],
    schedules: [{ job: rotateKeys, cron: '41 3 * * *' }],
  }
}

const contextOf = (kid: string): string => `clients.signing-key:${kid}`

/** Makes the next key when it is time, and removes those that are over. All keys as they are then. */
async function turn(ground: Ground): Promise<readonly SigningKeyRow[]> {
  const { db, clock } = ground
  return db.exclusively(lockKey, async () => {
    const due = nextTurn(await db.read(signingKeys), clock()) !== null
    const fresh = due ? await makeKey(ground) : undefined
    return db.tx(() => settle(ground, fresh))
  })
}

function* settle(
  { clock, ids }: Ground,
  fresh: Omit<SigningKeyRow, 'signs_from'> | undefined,
): Work<readonly SigningKeyRow[]> {
  const now = clock()
  const before = yield* signingKeys()
  const gone = retired(before, now).map((key) => key.kid)
  yield* deleteSigningKeys(gone)
  const next = nextTurn(before, now)
  if (next !== null && fresh !== undefined) {
    const signsFrom = next === 'first' ? now : next
    yield* insertSigningKey({ ...fresh, signs_from: signsFrom })
    yield* appendAudit({
      id: ids('aud'),
      at: now,
      actor: gatehouse,
      action: 'signing-key.rotate',
      target: { kind: 'signing-key', id: fresh.kid, label: fresh.kid },
      ...(before.length === 0 ? {} : { before: { signing: before.at(-1)?.kid } }),
      after: { signsFrom, removed: gone },
      requestId: null,
      ip: null,
    })
  }
  return yield* signingKeys()
}

/** ECDSA on P-256 (RFC 7518, section 3.4); named by its thumbprint (RFC 7638). */
async function makeKey({ clock, secrets }: Ground): Promise<Omit<SigningKeyRow, 'signs_from'>> {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair } = jose()
  const pair = await generateKeyPair(algorithm, { extractable: true })
  const [secret, open] = [await exportJWK(pair.privateKey), await exportJWK(pair.publicKey)]
  const kid = await calculateJwkThumbprint(open, 'sha256')
  return {
    kid,
    // Named one by one: what is not listed here is never published.
    public_jwk: JSON.stringify({
      kty: open.kty,
      crv: open.crv,
      x: open.x,
      y: open.y,
      kid,
      alg: algorithm,
      use: 'sig',
    }),
    sealed: secrets.seal(JSON.stringify(secret), contextOf(kid)),
    created_at: clock(),
  }
}
