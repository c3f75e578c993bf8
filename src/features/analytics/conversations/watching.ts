import { createHmac, timingSafeEqual } from 'node:crypto'
import { minute } from '#kernel/clock.ts'
import { Problem } from '#kernel/problem.ts'
import type { Secrets } from '#kernel/secrets.ts'

/** After so long (ms) whoever looks has to begin again, which the audit trail shows. */
const lasts = 60 * minute

/** Up to which fact somebody has seen the live tail, and until when she may go on. */
export interface Watch {
  readonly actor: string
  readonly endsAt: number
  readonly upTo: number
}

export interface Watching {
  readonly begin: (actor: string, upTo: number, now: number) => Watch
  readonly cursorOf: (watch: Watch) => string
  /** Throws `invalid_input` for what is none of ours, of somebody else, or over. */
  readonly read: (cursor: string, actor: string, now: number) => Watch
}

/**
 * Cursors of the live tail carry a MAC: there is none without its beginning, and that is an audit record. No row stands behind
 * one, so that any process can go on from it.
 */
export function createWatching(runtime: { readonly secrets: Pick<Secrets, 'derive'> }): Watching {
  const macs = (text: string): readonly Buffer[] =>
    runtime.secrets
      .derive('live tail')
      .map((key) => createHmac('sha256', key).update(text).digest())
  return {
    begin: (actor, upTo, now) => ({ actor, upTo, endsAt: now + lasts }),
    cursorOf({ actor, endsAt, upTo }) {
      const text = Buffer.from(JSON.stringify([actor, endsAt, upTo])).toString('base64url')
      return `${text}.${macs(text)[0]?.toString('base64url') ?? ''}`
    },
    read(cursor, actor, now) {
      const [text = '', mac = ''] = cursor.split('.')
      const given = Buffer.from(mac, 'base64url')
      const ours = macs(text).some((m) => m.length === given.length && timingSafeEqual(m, given))
      if (!ours) throw over('The cursor is not one that the live tail gave.')
      const [whose, endsAt, upTo] = JSON.parse(
        Buffer.from(text, 'base64url').toString(),
      ) as readonly [string, number, number]
      if (whose !== actor) throw over('The cursor was given to somebody else.')
      if (now >= endsAt) throw over('The live tail lasts an hour.')
      return { actor, endsAt, upTo }
    },
  }
}

const over = (why: string): Problem =>
  new Problem('invalid_input', why, {
    remedy: 'Begin again with POST /api/v1/conversations/live.',
    errors: [{ field: 'query.cursor', code: 'over', message: why }],
  })
