/**
 * The provisioning log. What changed is written in the transaction of the change; what was only asked, or refused, a moment
 * later and many at once: a provider asks before each user whether she is there.
 */
import type { Ids } from '#kernel/ids.ts'
import { maskTokens } from '#kernel/log.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Call } from '#kernel/route.ts'
import { insertLog } from './store.log.ts'
import { fold } from './filter.ts'
import type { LogRow } from './tables.ts'

export interface Told {
  readonly directoryId: string
  readonly resource: string
  readonly targetId?: string | null
  readonly targetLabel?: string
  readonly status: number
  readonly outcome: LogRow['outcome']
  readonly detail?: string
  readonly before?: unknown
  readonly after?: unknown
}

export interface Recorder {
  /** The row of a request, to be written by who has a transaction at hand. */
  readonly rowOf: (call: Asked, told: Told) => LogRow
  /** Writes it within `writeEvery`. */
  readonly add: (call: Asked, told: Told) => void
  /** Writes all that waits. */
  readonly flush: () => Promise<void>
  readonly stop: () => Promise<void>
}
type Asked = Pick<Call, 'request' | 'requestId' | 'now'>

const writeEvery = 500
/** More than this within one pause means that the database does not answer: the oldest are dropped, and the log says so. */
const mostWaiting = 5000

export function createRecorder({
  db,
  ids,
  log,
}: Pick<Runtime, 'db' | 'log'> & { ids: Ids }): Recorder {
  let waiting: LogRow[] = []
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()

  const rowOf: Recorder['rowOf'] = (call, told) => {
    // Somebody who sets a provider up pastes its token into the wrong field sooner or later.
    const targetId = maskTokens(told.targetId ?? '')
    const targetLabel = maskTokens(told.targetLabel ?? '')
    const detail = maskTokens(told.detail ?? '')
    return {
      id: ids('sce'),
      directory_id: told.directoryId,
      at: call.now,
      method: call.request.method,
      resource: told.resource,
      target_id: targetId === '' ? null : targetId,
      target_label: targetLabel,
      search: fold(`${targetLabel} ${targetId} ${detail}`),
      status: told.status,
      outcome: told.outcome,
      detail,
      before: jsonOf(told.before),
      after: jsonOf(told.after),
      request_id: call.requestId,
    }
  }

  async function write(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const rows = waiting
    waiting = []
    if (rows.length === 0) return
    try {
      await db.tx(() => insertLog(rows), { durability: 'relaxed' })
    } catch (error) {
      log.warn({ err: error, lost: rows.length }, 'the provisioning log was not written')
    }
  }

  const flush = (): Promise<void> => (writing = writing.then(write))

  return {
    rowOf,
    add(call, told) {
      waiting.push(rowOf(call, told))
      if (waiting.length > mostWaiting) waiting.shift()
      timer ??= setTimeout(() => void flush(), writeEvery)
    },
    flush,
    stop: flush,
  }
}

const jsonOf = (value: unknown): string | null =>
  value === undefined ? null : JSON.stringify(value)
