/** Links what was committed, within a second, in one process at a time (decision 0026). */
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { second } from '#kernel/clock.ts'
import { Problem } from '#kernel/problem.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { linkOf } from './proof/link.ts'
import { commitmentOf, goneText, recordText } from './proof/record.ts'
import { addLinks, anyWaiting, chainHead, endLease, takeLease, waitingRecords } from './store.ts'

export interface Chainer {
  /** Resolves when everything that was committed before the call is linked; `busy` when that takes too long. */
  readonly settle: () => Promise<void>
  readonly start: () => void
  readonly stop: () => Promise<void>
}

/** How often it is looked whether something waits; a look costs the embedded engine a few microseconds. */
const every = 400
/**
 * Linked in one transaction: on the embedded engine nobody is answered meanwhile, and 100 take about 2 ms. What a chain inherits
 * at an upgrade is linked in the background at that pace.
 */
const batch = 100
const breath = 5
/** Between two looks of whoever waits until everything is linked. */
const patiently = 20
/** A process that died while it linked is replaced after this time. */
const leaseFor = 5 * second
const patience = 60 * second
/**
 * What a power cut takes is linked again; a checkpoint waits for the disk (checkpoints.ts). No act is repeated for it: the numbers
 * and the records of the chain are keys, so two who link at once cannot both succeed.
 */
const background = { durability: 'relaxed', isolation: 'committed' } as const

/**
 * @param gone in the transaction that gives a place in the chain to a record that somebody took out before it was linked; ids and
 *   numbers of them
 */
export function createChainer(
  { db, clock, ids, log }: Pick<Runtime, 'db' | 'clock' | 'ids' | 'log'>,
  gone: (records: readonly { readonly id: string; readonly seq: number }[]) => Work<void>,
): Chainer {
  const holder = ids('acr')
  let timer: NodeJS.Timeout | undefined
  let running: Promise<boolean> | undefined
  let stopping = false
  let failing = false

  /** The embedded engine has one server a folder. */
  async function mayLink(): Promise<boolean> {
    if (db.engine === 'sqlite') return true
    const now = clock()
    return db.tx(() => takeLease(holder, now, now + leaseFor), background)
  }

  /** The next that wait, each committed to under a salt of its own. How many they were. */
  function* linkSome(): Work<number> {
    const found = yield* waitingRecords(batch)
    if (found.length === 0) return 0
    let { seq, link } = yield* chainHead()
    const rows = found.map(({ id, record }) => {
      seq += 1
      const salt = randomBytes(16).toString('hex')
      const commitment = commitmentOf(record ? recordText(salt, record) : goneText(salt, id))
      link = linkOf(link, seq, commitment)
      return { seq, record_id: id, salt, commitment, link }
    })
    yield* addLinks(rows)
    const without = rows.filter((_, i) => found[i]?.record === null)
    if (without.length > 0) yield* gone(without.map((row) => ({ id: row.record_id, seq: row.seq })))
    return rows.length
  }

  /** True when nothing was left at a moment after the call. */
  async function linkAll(): Promise<boolean> {
    while (await db.read(anyWaiting)) {
      if (!(await mayLink())) return false
      if ((await db.tx(linkSome, background)) < batch) return true
      if (stopping) return false
      await pause(breath)
    }
    return true
  }

  function turn(): Promise<boolean> {
    running ??= linkAll()
      .then(
        (all) => {
          failing = false
          return all
        },
        (error: unknown) => {
          // Said once in an outage.
          if (!failing) log.warn({ err: error }, 'audit records cannot be linked; they wait')
          failing = true
          return false
        },
      )
      .finally(() => {
        running = undefined
      })
    return running
  }

  return {
    async settle() {
      const deadline = performance.now() + patience
      // One that runs may have looked before the caller's last commit.
      await running
      while (!(await turn())) {
        if (performance.now() > deadline || stopping)
          throw new Problem('busy', 'Records are still being linked.', {
            remedy: 'Try again in a minute; after an upgrade there may be many.',
            retryAfter: 60,
          })
        await pause(patiently)
      }
    },
    start() {
      stopping = false
      timer = setInterval(() => void turn(), every)
    },
    async stop() {
      clearInterval(timer)
      // What runs ends with its batch.
      stopping = true
      await running
      // One batch more: an orderly stop leaves nothing waiting but what an upgrade brought.
      if (timer) await turn()
      if (db.engine === 'postgres') await db.tx(() => endLease(holder)).catch(() => undefined)
    },
  }
}
