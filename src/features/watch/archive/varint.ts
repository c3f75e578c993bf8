/** Numbers of 0 to 2^32 − 1 in seven bits a byte, the low ones first (LEB128). */
export interface VarintWriter {
  readonly write: (value: number) => void
  /** Signed, near zero is short: 0, −1, 1, −2 … */
  readonly writeSigned: (value: number) => void
  readonly bytes: () => Buffer
}

export function createVarintWriter(): VarintWriter {
  let buffer = Buffer.allocUnsafe(64)
  let length = 0
  const write = (value: number): void => {
    if (length + 5 > buffer.length) {
      const larger = Buffer.allocUnsafe(buffer.length * 2)
      buffer.copy(larger, 0, 0, length)
      buffer = larger
    }
    let rest = value
    while (rest > 0x7f) {
      buffer[length++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    buffer[length++] = rest
  }
  return {
    write,
    writeSigned: (value) => write(((value << 1) ^ (value >> 31)) >>> 0),
    bytes: () => Buffer.from(buffer.subarray(0, length)),
  }
}

export interface VarintReader {
  /** Throws `RangeError` behind the end. */
  readonly read: () => number
  readonly readSigned: () => number
  readonly done: () => boolean
}

export function createVarintReader(bytes: Uint8Array, from = 0): VarintReader {
  let at = from
  const read = (): number => {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at++]
      if (byte === undefined) break
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    throw new RangeError('The numbers end in the middle of one.')
  }
  return {
    read,
    readSigned: () => {
      const value = read()
      return (value >>> 1) ^ -(value & 1)
    },
    done: () => at >= bytes.length,
  }
}

/** Ascending numbers without repeats, as the steps between them. */
export function packSet(sorted: Iterable<number>): Buffer {
  const writer = createVarintWriter()
  let last = -1
  for (const value of sorted) {
    writer.write(value - last - 1)
    last = value
  }
  return writer.bytes()
}

export function unpackSet(bytes: Uint8Array): number[] {
  const reader = createVarintReader(bytes)
  const values: number[] = []
  let last = -1
  while (!reader.done()) {
    last += reader.read() + 1
    values.push(last)
  }
  return values
}
