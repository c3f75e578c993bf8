/** Signed heads of the chain: made each hour in which something happened, and sent to where no one here can change them. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { day, hour } from '#kernel/clock.ts'
import type { Job, Schedule } from '#kernel/jobs.ts'
import type { Mailer } from '#kernel/mail.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { theWorkspace } from '#features/workspace/index.ts'
import type { Chainer } from './chainer.ts'
import { publicKeyText, signCheckpoint } from './proof/checkpoint.ts'
import { chainHead, linkOfSeq } from './store.ts'
import {
  auditSettings,
  checkpointAt,
  insertCheckpoint,
  insertSend,
  insertSigningKey,
  lastSend,
  newestCheckpoint,
  setSend,
  signingKey,
  type CheckpointRow,
} from './store.checkpoints.ts'

/** What carries a checkpoint away. */
export interface CheckpointPorts {
  readonly mailer: Mailer | undefined
  readonly siteUrl: string
  readonly webhooks: {
    /** Webhooks of the workspace by id and name. */
    readonly all: () => Work<readonly { readonly id: string; readonly name: string }[]>
    /** Enqueues a delivery; the webhook's own log says what became of it. False: there is no such webhook. */
    readonly post: (webhookId: string, message: CheckpointMessage) => Work<boolean>
  }
  /** Folders and buckets. */
  readonly archives: {
    readonly all: () => Work<readonly { readonly id: string; readonly name: string }[]>
    /** Never rejects. */
    readonly put: (
      id: string,
      path: string,
      text: string,
    ) => Promise<{ readonly ok: true } | { readonly ok: false; readonly message: string }>
  }
}

export interface CheckpointMessage {
  /** A webhook hears of one key once. */
  readonly key: string
  readonly label: string
  readonly text: string
  readonly payload: {
    readonly type: 'audit.checkpoint'
    readonly at: number
    readonly records: number
    readonly link: string
    readonly checkpoint: string
  }
}

/** Where the chain ended, and the checkpoint of that place. */
export interface Signed {
  readonly head: { readonly records: number; readonly link: string }
  /** The one that was there already when nothing was added; null: there is nothing to sign, or it was refused. */
  readonly checkpoint: CheckpointRow | null
  /** True: the chain is not the one whose end was signed last. */
  readonly refused: boolean
}

export interface Checkpoints {
  /** Links what waits and signs where the chain ends, unless it does not go on from what was signed last. */
  readonly make: () => Promise<Signed>
  /** The public key, made with the first use: 32 bytes in base64. */
  readonly publicKey: () => Promise<string>
  /** Since when (ms) nothing is signed, because the chain is not the one that was. */
  readonly refusedSince: () => number | undefined
  readonly jobs: readonly Job[]
  readonly schedules: readonly Schedule[]
}

const makeJob = 'audit.checkpoint'
const mailJob = 'audit.mail-checkpoint'
const archiveJob = 'audit.archive-checkpoint'
/** A mail a day is read; one an hour is filtered away. Webhooks take each. */
const mailEvery = day - hour / 2
/** Any constant that nothing else of ours locks: processes that need the first key at once make one. */
const lockKey = 4_711_601

interface Outlet {
  readonly records: number
  /** Where a mail goes, or the id of a folder or a bucket. */
  readonly address: string
}

export function createCheckpoints(
  { db, clock, secrets, log }: Pick<Runtime, 'db' | 'clock' | 'secrets' | 'log'>,
  chainer: Chainer,
  ports: CheckpointPorts,
): Checkpoints {
  let opened: Promise<KeyObject> | undefined
  let remembered: CheckpointRow | undefined
  let refusedSince: number | undefined

  async function open(): Promise<KeyObject> {
    const row = (await db.read(signingKey)) ?? (await db.exclusively(lockKey, makeKey))
    return createPrivateKey(secrets.open(row.sealed, context(row.key)))
  }

  async function makeKey() {
    const known = await db.read(signingKey)
    if (known) return known
    const { privateKey } = generateKeyPairSync('ed25519')
    const key = publicKeyText(privateKey)
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const row = { key, sealed: secrets.seal(pem, context(key)), created_at: clock() }
    await db.tx(() => insertSigningKey(row))
    return row
  }

  function privateKey(): Promise<KeyObject> {
    opened ??= open().catch((error: unknown) => {
      opened = undefined
      throw error
    })
    return opened
  }

  function* sign(key: KeyObject): Work<Signed> {
    const { seq: records, link } = yield* chainHead()
    const head = { records, link }
    const workspace = yield* theWorkspace()
    if (!workspace) return { head, checkpoint: null, refused: false }
    if (!(yield* goesOn())) return { head, checkpoint: null, refused: true }
    if (records === 0) return { head, checkpoint: null, refused: false }
    const known = yield* checkpointAt(records)
    if (known) return { head, checkpoint: known, refused: false }
    const signed = signCheckpoint({ workspace: workspace.id, ...head, at: clock() }, key)
    const row: CheckpointRow = { ...head, at: signed.at, key: signed.key, text: signed.text }
    yield* insertCheckpoint(row)
    yield* hand(row)
    return { head, checkpoint: row, refused: false }
  }

  /**
   * Whether the chain still holds what was signed last. Who has the database and not the key can make all of it anew and take
   * the checkpoints out; the next signature would make that genuine. So what this process signed is remembered by it as well.
   */
  function* goesOn(): Work<boolean> {
    const newest = yield* newestCheckpoint()
    for (const { records, link } of [newest, remembered].filter((one) => one !== undefined))
      if ((yield* linkOfSeq(records)) !== link) return false
    return true
  }

  /** To every outlet, in the transaction that makes the checkpoint. */
  function* hand(row: CheckpointRow): Work<void> {
    const { mail_to, webhooks, archives } = yield* auditSettings()
    const { records, at } = row
    for (const address of JSON.parse(mail_to) as readonly string[]) {
      const outlet = `mail:${address}`
      const last = yield* lastSend(outlet)
      // One from a clock that was ahead must not keep mails back until then.
      if (last && Math.abs(row.at - last.at) < mailEvery && last.state !== 'failed') continue
      if (yield* insertSend({ records, outlet, state: 'waiting', at, message: null }))
        yield* enqueue({ name: mailJob, payload: { records, address } satisfies Outlet })
    }
    for (const id of JSON.parse(webhooks) as readonly string[]) {
      const taken = yield* ports.webhooks.post(id, messageOf(row))
      const outcome = taken
        ? { state: 'sent' as const, message: 'handed to the webhook; its own log says the rest' }
        : { state: 'failed' as const, message: 'There is no such webhook any more, or it is off.' }
      yield* insertSend({ records, outlet: `webhook:${id}`, at, ...outcome })
    }
    for (const address of JSON.parse(archives) as readonly string[]) {
      const outlet = `archive:${address}`
      if (yield* insertSend({ records, outlet, state: 'waiting', at, message: null }))
        yield* enqueue({ name: archiveJob, payload: { records, address } satisfies Outlet })
    }
  }

  async function mail({ records, address }: Outlet): Promise<void> {
    const row = await db.read(() => checkpointAt(records))
    if (!row) return
    const result = ports.mailer
      ? await ports.mailer.send({
          to: address,
          subject: `Audit checkpoint: ${records} records`,
          text: mailText(row, ports.siteUrl),
          messageId: `audit-checkpoint-${records}@${new URL(ports.siteUrl).hostname}`,
        })
      : { ok: false as const, temporary: false, message: 'Mail is not configured.' }
    const message = result.ok ? null : result.message
    const state = result.ok ? ('sent' as const) : ('failed' as const)
    const outlet = `mail:${address}`
    await db.tx(() => setSend({ records, outlet }, { state, at: clock(), message }))
    // Tried again by the queue, with growing pauses.
    if (!result.ok && result.temporary) throw new Error(result.message)
  }

  /** Numbers of the same length, so that a listing stands in their order. */
  async function archive({ records, address }: Outlet): Promise<void> {
    const row = await db.read(() => checkpointAt(records))
    if (!row) return
    const path = `audit-checkpoints/${String(records).padStart(12, '0')}.txt`
    const result = await ports.archives.put(address, path, row.text)
    const message = result.ok ? null : result.message
    const state = result.ok ? ('sent' as const) : ('failed' as const)
    const outlet = `archive:${address}`
    await db.tx(() => setSend({ records, outlet }, { state, at: clock(), message }))
    // As with mails; the one of the next hour vouches for this one's records as well.
    if (!result.ok) throw new Error(result.message)
  }

  async function make(): Promise<Signed> {
    await chainer.settle()
    const key = await privateKey()
    // The commit waits for the disk, and with it every link before it: what is signed is never linked again.
    const signed = await db.tx(() => sign(key))
    remembered = signed.checkpoint ?? remembered
    if (!signed.refused) refusedSince = undefined
    else if (refusedSince === undefined) {
      refusedSince = clock()
      log.error('the audit trail does not go on from what was signed last; it is not signed')
    }
    return signed
  }

  return {
    make,
    publicKey: async () => publicKeyText(await privateKey()),
    refusedSince: () => refusedSince,
    jobs: [
      {
        name: makeJob,
        async handle() {
          await make()
        },
      },
      { name: mailJob, handle: (payload) => mail(payload as Outlet) },
      { name: archiveJob, handle: (payload) => archive(payload as Outlet) },
    ],
    schedules: [{ job: makeJob, cron: '17 * * * *' }],
  }
}

const context = (key: string): string => `audit.key:${key}`

function messageOf({ records, link, at, text }: CheckpointRow): CheckpointMessage {
  return {
    key: `audit-checkpoint:${records}`,
    label: `Audit checkpoint, ${records} records`,
    text: `Audit checkpoint\n\`\`\`\n${text}\`\`\``,
    payload: { type: 'audit.checkpoint', at, records, link, checkpoint: text },
  }
}

const mailText = (
  { records, text }: CheckpointRow,
  siteUrl: string,
): string => `This is a signed checkpoint of the audit trail of ${siteUrl}. Keep it: with it, anybody can tell later
whether the first ${records} records are still what they were, even if the server and its key
were taken over.

    gatehouse audit verify EXPORT --checkpoint THIS-MAIL

${text}`
