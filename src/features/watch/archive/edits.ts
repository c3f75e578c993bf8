/**
 * A version of a page as numbers of lines, written down as what differs from another version: runs copied from the base,
 * runs of lines that were new, and lines known from elsewhere. Copies may go back, so moved blocks cost a few bytes.
 *
 *     byte 0          0: as it is, 1: the rest is deflated
 *     varint          how many lines
 *     varint n·4+kind and, by kind:
 *       0 copy n lines of the base at the cursor, which moves behind them
 *       1 n lines numbered on from the last new run
 *       2 move the cursor by a signed varint, then copy n lines
 *       3 n lines numbered on from a varint
 *
 * A changed line in a page of a thousand is about twelve bytes.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { createVarintReader, createVarintWriter } from './varint.ts'

const copyOn = 0
const newOn = 1
const copyAt = 2
const linesAt = 3

/** Below this deflate's own tables cost more than they save. */
const worthDeflating = 40
/** A page has at most this many lines: what a damaged row claims beyond it is not allocated. */
const mostLines = 1 << 26
/** How many places of a repeated line (a blank one) are looked at before one is taken. */
const placesTried = 32

/** Finds lines in a base. Made once and used for many, because its table is as long as the archive has lines. */
export interface EditWriter {
  /**
   * @param base the lines that `readEdits` will be given again; none: the edits stand alone.
   * @returns what {@link packEdits} takes; shorter is better
   */
  readonly write: (lines: Int32Array, base?: Int32Array) => Buffer
}

/** Small windows: zlib's own state is cleared for every text, which costs more than the few hundred bytes do. */
const deflating = { level: 9, windowBits: 13, memLevel: 4 }

/** The edits as they are stored. */
export function packEdits(plain: Buffer): Buffer {
  if (plain.length >= worthDeflating) {
    const deflated = deflateRawSync(plain, deflating)
    if (deflated.length < plain.length) return Buffer.concat([Buffer.of(1), deflated])
  }
  return Buffer.concat([Buffer.of(0), plain])
}

export function createEditWriter(): EditWriter {
  /** By line number: 1 + its place in the base at or after the last one asked for; 0: not there. */
  let places = new Int32Array(1024)

  function load(base: Int32Array): { first: Int32Array; next: Int32Array } {
    const next = new Int32Array(base.length)
    for (let at = base.length - 1; at >= 0; at--) {
      const line = base[at] ?? 0
      if (line >= places.length) {
        const larger = new Int32Array(Math.max(line + 1, places.length * 2))
        larger.set(places)
        places = larger
      }
      next[at] = (places[line] ?? 0) - 1
      places[line] = at + 1
    }
    return { first: places, next }
  }
  const unload = (base: Int32Array): void => {
    for (const line of base) places[line] = 0
  }

  return {
    write(lines, base) {
      const writer = createVarintWriter()
      writer.write(lines.length)
      if (base === undefined) writeRuns(writer, lines, undefined)
      else {
        writeRuns(writer, lines, { base, ...load(base) })
        unload(base)
      }
      return writer.bytes()
    },
  }
}

interface LoadedBase {
  readonly base: Int32Array
  readonly first: Int32Array
  readonly next: Int32Array
}

function writeRuns(
  writer: ReturnType<typeof createVarintWriter>,
  lines: Int32Array,
  loaded: LoadedBase | undefined,
): void {
  const base = loaded?.base ?? new Int32Array(0)
  let at = 0
  let cursor = 0
  let fresh = 0
  while (at < lines.length) {
    const onward = commonRun(lines, at, base, cursor)
    if (onward > 0) {
      writer.write(onward * 4 + copyOn)
      at += onward
      cursor += onward
      continue
    }
    const place = loaded === undefined ? -1 : placeOf(loaded, lines[at] ?? 0, cursor)
    const run = place === -1 ? 0 : commonRun(lines, at, base, place)
    // A single line, a blank one mostly, is as short by its number, and the cursor stays where it is right.
    if (run > 1) {
      writer.write(run * 4 + copyAt)
      writer.writeSigned(place - cursor)
      at += run
      cursor = place + run
      continue
    }
    const start = lines[at] ?? 0
    let length = 1
    while (at + length < lines.length && lines[at + length] === start + length) length++
    if (start === fresh) writer.write(length * 4 + newOn)
    else {
      writer.write(length * 4 + linesAt)
      writer.write(start)
    }
    if (start >= fresh) fresh = start + length
    at += length
  }
}

function commonRun(a: Int32Array, fromA: number, b: Int32Array, fromB: number): number {
  let length = 0
  while (
    fromA + length < a.length &&
    fromB + length < b.length &&
    a[fromA + length] === b[fromB + length]
  )
    length++
  return length
}

/** The place of the line at or after the cursor, else the last one tried before it; −1: nowhere. */
function placeOf({ first, next }: LoadedBase, line: number, cursor: number): number {
  let place = (first[line] ?? 0) - 1
  for (let tried = 0; place !== -1 && place < cursor && tried < placesTried; tried++) {
    const later = next[place] ?? -1
    if (later === -1) break
    place = later
  }
  return place
}

/** The lines again. Throws `RangeError` when the edits do not fit the base, which only damage can cause. */
export function readEdits(edits: Uint8Array, base?: Int32Array): Int32Array {
  const plain = edits[0] === 1 ? inflateRawSync(edits.subarray(1)) : edits.subarray(1)
  const reader = createVarintReader(plain)
  const count = reader.read()
  if (count > mostLines) throw new RangeError(`The edits claim ${count} lines.`)
  const lines = new Int32Array(count)
  let at = 0
  let cursor = 0
  let fresh = 0
  while (!reader.done()) {
    const head = reader.read()
    const kind = head & 3
    const length = head >>> 2
    if (at + length > count) throw new RangeError('The edits give more lines than they claim.')
    if (kind === copyOn || kind === copyAt) {
      if (kind === copyAt) cursor += reader.readSigned()
      if (base === undefined || cursor < 0 || cursor + length > base.length)
        throw new RangeError('The edits copy lines that the base does not have.')
      lines.set(base.subarray(cursor, cursor + length), at)
      cursor += length
    } else {
      const start = kind === newOn ? fresh : reader.read()
      for (let i = 0; i < length; i++) lines[at + i] = start + i
      if (start >= fresh) fresh = start + length
    }
    at += length
  }
  if (at !== count) throw new RangeError('The edits give fewer lines than they claim.')
  return lines
}
