import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A body of about so many log records, and where in it the ids of its conversations stand. */
export interface Template {
  readonly body: Buffer
  readonly records: number
  /** For each conversation, where its id stands. */
  readonly ids: readonly (readonly number[])[]
}

/** One turn of the agent with three commands, as it was recorded. */
const turn = readFileSync(
  join(import.meta.dirname, '../src/features/telemetry/otlp/samples/logs.bin'),
)
const recordsOfTurn = 31
const idLength = 36
const id = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/.exec(
  turn.toString('latin1'),
)?.[0]

const places = (text: string): readonly number[] => {
  const found: number[] = []
  for (let at = turn.indexOf(text); at >= 0; at = turn.indexOf(text, at + 1)) found.push(at)
  return found
}

/** Messages of protobuf that are put one behind the other are one message with all their lists. */
export function batchOf(records: number): Template {
  const turns = Math.max(1, Math.round(records / recordsOfTurn))
  const inTurn = places(id ?? '')
  if (inTurn.length < 10) throw new Error('The sample has no conversation id.')
  return {
    body: Buffer.concat(Array.from({ length: turns }, () => turn)),
    records: turns * recordsOfTurn,
    ids: Array.from({ length: turns }, (_, n) => inTurn.map((at) => at + n * turn.length)),
  }
}

/** Gives every conversation another id. */
export function stamp({ body, ids }: Template): void {
  for (const of of ids) {
    const hex = randomBytes(6).toString('hex')
    for (const at of of) body.write(hex, at + idLength - hex.length, 'latin1')
  }
}
