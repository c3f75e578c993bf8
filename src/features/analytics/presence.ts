import { day, minute } from '#kernel/clock.ts'
import type { LocalDay, Span } from './calendar.ts'

const half = 48
const quarter = 15 * minute
/** A piece of a UTC day that lies in one local day: the quarters `[from, until)`. */
export interface Piece {
  readonly local: LocalDay
  readonly from: number
  readonly until: number
}

/** Of which local days a UTC day consists, cut to `[from, until)`: one in UTC, two nearly everywhere else. */
export function piecesOf(
  utcDay: number,
  spans: readonly Span[],
  from: number,
  until: number,
): readonly Piece[] {
  const pieces: Piece[] = []
  for (const span of spans) {
    let at = Math.max(utcDay, span.from, from)
    const end = Math.min(utcDay + day, span.until, until)
    while (at < end) {
      const local = Math.floor((at + span.offset) / day)
      const next = Math.min(end, (local + 1) * day - span.offset)
      pieces.push({ local, from: (at - utcDay) / quarter, until: (next - utcDay) / quarter })
      at = next
    }
  }
  return pieces
}

/** The bits of the quarters of a piece; undefined: it is the whole day, which whoever has a row of was there in. */
export function masksOf({
  from,
  until,
}: Pick<Piece, 'from' | 'until'>): { readonly am: number; readonly pm: number } | undefined {
  if (from <= 0 && until >= 2 * half) return undefined
  const bits = (low: number, high: number): number =>
    high > low ? 2 ** Math.max(0, high) - 2 ** Math.max(0, low) : 0
  return {
    am: bits(Math.min(from, half), Math.min(until, half)),
    pm: bits(Math.max(from - half, 0), Math.max(until - half, 0)),
  }
}
