/**
 * The numbers of all lines of one archive, and their bytes. It lives outside of V8's heap, whose end would be the
 * process's end: 24 bytes a line and the line.
 */
import { randomBytes } from 'node:crypto'
import { goneLine } from './lines.ts'

export interface LineTable {
  /** How many lines there are; the number of the next one. */
  readonly size: () => number
  /** The number of the line `bytes[from, to)`, a new one when it was not there. */
  readonly add: (bytes: Buffer, from: number, to: number) => number
  /** Adds a line at the end whatever is there already: lines as chunks hold them. */
  readonly append: (bytes: Buffer, from: number, to: number) => number
  /** Forgets all lines from this number on. */
  readonly truncate: (size: number) => void
  readonly length: (line: number) => number
  /** The bytes of lines that follow each other, joined. Valid until the next line is added. */
  readonly bytes: (from: number, to: number) => Buffer
  /** Bytes of memory. */
  readonly memory: () => number
}

export function createLineTable(): LineTable {
  const key = randomBytes(8)
  const k0 = key.readInt32LE(0)
  const k1 = key.readInt32LE(4)
  let arena = Buffer.allocUnsafe(1 << 16)
  let starts = new Uint32Array(1024)
  let hashes = new Int32Array(1024)
  /** Open addressing: 1 + the number of a line, 0: free. At most half full. */
  let slots = new Int32Array(2048)
  let size = 0

  function enter(line: number): void {
    const mask = slots.length - 1
    let slot = (hashes[line] ?? 0) & mask
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = line + 1
  }
  function enterAll(): void {
    slots = new Int32Array(slots.length)
    for (let line = 0; line < size; line++) if (!gone(line)) enter(line)
  }
  const gone = (line: number): boolean => {
    const from = starts[line] ?? 0
    return (starts[line + 1] ?? 0) - from === goneLine.length && arena[from] === 0
  }

  function find(bytes: Buffer, from: number, to: number, hash: number): number {
    const mask = slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const line = (slots[slot] ?? 0) - 1
      if (line === -1) return -1
      if (hashes[line] !== hash) continue
      const start = starts[line] ?? 0
      const end = starts[line + 1] ?? 0
      if (end - start === to - from && arena.compare(bytes, from, to, start, end) === 0) return line
    }
  }

  function push(bytes: Buffer, from: number, to: number, hash: number): number {
    const end = starts[size] ?? 0
    if (end + to - from > arena.length) {
      const larger = Buffer.allocUnsafe(Math.max(arena.length * 2, end + to - from))
      arena.copy(larger, 0, 0, end)
      arena = larger
    }
    if (size + 2 > starts.length) {
      starts = enlarged(starts, new Uint32Array(starts.length * 2))
      hashes = enlarged(hashes, new Int32Array(hashes.length * 2))
    }
    bytes.copy(arena, end, from, to)
    const line = size++
    starts[line + 1] = end + to - from
    hashes[line] = hash
    if (size * 2 > slots.length) {
      slots = new Int32Array(slots.length * 2)
      enterAll()
    } else if (!gone(line)) enter(line)
    return line
  }

  return {
    size: () => size,
    add(bytes, from, to) {
      const hash = halfSipHash(k0, k1, bytes, from, to)
      const known = find(bytes, from, to, hash)
      return known === -1 ? push(bytes, from, to, hash) : known
    },
    append: (bytes, from, to) => push(bytes, from, to, halfSipHash(k0, k1, bytes, from, to)),
    truncate(to) {
      size = to
      enterAll()
    },
    length: (line) => (starts[line + 1] ?? 0) - (starts[line] ?? 0),
    bytes: (from, to) => arena.subarray(starts[from] ?? 0, starts[to] ?? 0),
    memory: () => arena.length + 4 * (starts.length + hashes.length + slots.length),
  }
}

function enlarged<T extends Int32Array | Uint32Array>(old: T, larger: T): T {
  larger.set(old)
  return larger
}

/**
 * HalfSipHash-1-3, the keyed hash for tables in 32-bit words (github.com/veorq/SipHash): the lines come from strangers,
 * who must not be able to choose ones that all fall into one slot. 170 MB/s here.
 */
export function halfSipHash(
  k0: number,
  k1: number,
  bytes: Buffer,
  from: number,
  to: number,
): number {
  let v0 = k0
  let v1 = k1
  let v2 = 0x6c796765 ^ k0
  let v3 = 0x74656462 ^ k1
  const words = from + ((to - from) & ~3)
  for (let at = from; at <= words + 12; at += 4) {
    let word = 0
    if (at < words)
      word =
        (bytes[at] ?? 0) |
        ((bytes[at + 1] ?? 0) << 8) |
        ((bytes[at + 2] ?? 0) << 16) |
        ((bytes[at + 3] ?? 0) << 24)
    else if (at === words) {
      word = (to - from) << 24
      for (let rest = words; rest < to; rest++) word |= (bytes[rest] ?? 0) << (8 * (rest - words))
    } else if (at === words + 4) v2 ^= 0xff
    v3 ^= word
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
    v0 ^= word
  }
  return v1 ^ v3
}
