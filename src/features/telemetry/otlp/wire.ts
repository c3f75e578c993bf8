/**
 * Reads the protobuf wire format (protobuf.dev/programming-guides/encoding). Written for this one purpose: ingest is bound by
 * it, and a general library makes an object with a type tag for every value (docs/decisions/0022-ingest.md has the figures).
 */
import { malformed } from './budget.ts'

/** A place in a body. Messages inside it move the same cursor with a nearer `end`. */
export interface Cursor {
  readonly bytes: Buffer
  readonly view: DataView
  at: number
}

export const cursorOf = (bytes: Uint8Array): Cursor => ({
  bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  at: 0,
})

const cutOff = () => malformed('The body ends in the middle of a field.')

/** Of a tag, a length or an enum: 32 bits, unsigned. More bits are dropped, as protobuf says. */
export function varint(cursor: Cursor, end: number): number {
  const { bytes } = cursor
  let result = 0
  for (let shift = 0; shift < 70; shift += 7) {
    if (cursor.at >= end) throw cutOff()
    const byte = bytes[cursor.at++] ?? 0
    if (shift < 32) result |= (byte & 0x7f) << shift
    if (byte < 0x80) return result >>> 0
  }
  throw malformed('A number has more than ten bytes.')
}

/** Where the message, text or bytes that begin here end. */
export function lengthEnd(cursor: Cursor, end: number): number {
  const stop = varint(cursor, end) + cursor.at
  if (stop > end) throw cutOff()
  return stop
}

/** int64. */
export function varint64(cursor: Cursor, end: number): number | string {
  const { bytes } = cursor
  let low = 0
  let high = 0
  for (let shift = 0; shift < 70; shift += 7) {
    if (cursor.at >= end) throw cutOff()
    const byte = bytes[cursor.at++] ?? 0
    const bits = byte & 0x7f
    if (shift < 28) low |= bits << shift
    else if (shift === 28) {
      low |= bits << 28
      high = bits >>> 4
    } else if (shift < 64) high |= bits << (shift - 32)
    if (byte < 0x80) return signed64(high | 0, low >>> 0)
  }
  throw malformed('A number has more than ten bytes.')
}

/** sfixed64. */
export function fixedInteger(cursor: Cursor, end: number): number | string {
  const at = eight(cursor, end)
  return signed64(cursor.view.getInt32(at + 4, true), cursor.view.getUint32(at, true))
}

/** fixed64 that counts things: beyond 2^53 it is not exact, and nobody has counted that far. */
export function fixedCount(cursor: Cursor, end: number): number {
  const at = eight(cursor, end)
  return cursor.view.getUint32(at + 4, true) * 0x1_0000_0000 + cursor.view.getUint32(at, true)
}

/** fixed64 of nanoseconds, in milliseconds. */
export const fixedTime = (cursor: Cursor, end: number): number => fixedCount(cursor, end) / 1e6

export function double(cursor: Cursor, end: number): number {
  return cursor.view.getFloat64(eight(cursor, end), true)
}

function eight(cursor: Cursor, end: number): number {
  const { at } = cursor
  if (at + 8 > end) throw cutOff()
  cursor.at = at + 8
  return at
}

/** Beyond 2^53 the decimal text (records.ts). */
function signed64(high: number, low: number): number | string {
  const number = high * 0x1_0000_0000 + low
  return Number.isSafeInteger(number) ? number : ((BigInt(high) << 32n) | BigInt(low)).toString()
}

/** Passes over a field that nobody reads here. Groups are gone from protobuf since long before OTLP. */
export function skip(cursor: Cursor, tag: number, end: number): void {
  switch (tag & 7) {
    case 0:
      varint(cursor, end)
      return
    case 1:
      eight(cursor, end)
      return
    case 2:
      cursor.at = lengthEnd(cursor, end)
      return
    case 5:
      cursor.at += 4
      if (cursor.at > end) throw cutOff()
      return
    default:
      throw malformed(`The body is not a protobuf message: wire type ${tag & 7}.`)
  }
}

const replacement = '\uFFFD'
export const cleanText = (text: string): string => {
  const whole = text.isWellFormed() ? text : text.toWellFormed()
  return whole.includes('\0') ? whole.replaceAll('\0', replacement) : whole
}

/**
 * The texts of telemetry are few and come again and again: names of attributes, models, ids of conversations. One that was read
 * lately is found by its bytes, which is quicker than decoding it and leaves nothing to collect.
 */
const longestKnown = 64
const slots = 8192
const knownBytes: (Uint8Array | undefined)[] = new Array<undefined>(slots).fill(undefined)
const knownTexts: string[] = new Array<string>(slots).fill('')

export function text(cursor: Cursor, end: number): string {
  const stop = lengthEnd(cursor, end)
  const start = cursor.at
  cursor.at = stop
  const { bytes } = cursor
  const length = stop - start
  if (length > longestKnown) return cleanText(bytes.toString('utf8', start, stop))
  let hash = length
  for (let i = start; i < stop; i += 1) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193)
  const slot = (hash ^ (hash >>> 15)) & (slots - 1)
  const known = knownBytes[slot]
  if (known !== undefined && same(known, bytes, start, length)) return knownTexts[slot] ?? ''
  const read = cleanText(bytes.toString('utf8', start, stop))
  // A copy: a view would keep the whole request.
  knownBytes[slot] = Uint8Array.prototype.slice.call(bytes, start, stop)
  knownTexts[slot] = read
  return read
}

function same(known: Uint8Array, bytes: Buffer, start: number, length: number): boolean {
  if (known.length !== length) return false
  for (let i = 0; i < length; i += 1) if (known[i] !== bytes[start + i]) return false
  return true
}

/** Trace and span ids; '' for none, which is also what all zeros mean (W3C Trace Context). */
export function hexId(cursor: Cursor, end: number): string {
  const stop = lengthEnd(cursor, end)
  const start = cursor.at
  cursor.at = stop
  const { bytes } = cursor
  for (let i = start; i < stop; i += 1)
    if (bytes[i] !== 0) return bytes.toString('hex', start, Math.min(stop, start + 16))
  return ''
}

export function base64(cursor: Cursor, end: number): string {
  const stop = lengthEnd(cursor, end)
  const start = cursor.at
  cursor.at = stop
  return cursor.bytes.toString('base64', start, stop)
}
