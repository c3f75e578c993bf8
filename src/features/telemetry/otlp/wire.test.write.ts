/** Writes the protobuf wire format, field by field, for tests: independent of what reads it. */
const number = (value: bigint): Buffer => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  do {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    bytes.push(rest > 0n ? low | 0x80 : low)
  } while (rest > 0n)
  return Buffer.from(bytes)
}
const tag = (field: number, type: number): Buffer => number(BigInt(field * 8 + type))

export const varintField = (field: number, value: bigint): Buffer =>
  Buffer.concat([tag(field, 0), number(value)])

export const bytes = (field: number, value: Uint8Array): Buffer =>
  Buffer.concat([tag(field, 2), number(BigInt(value.length)), value])

export const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value))

export const message = (field: number, ...fields: readonly Uint8Array[]): Buffer =>
  bytes(field, Buffer.concat(fields))

export function double(field: number, value: number): Buffer {
  const eight = Buffer.alloc(8)
  eight.writeDoubleLE(value)
  return Buffer.concat([tag(field, 1), eight])
}

export function fixed64(field: number, value: bigint): Buffer {
  const eight = Buffer.alloc(8)
  eight.writeBigUInt64LE(value)
  return Buffer.concat([tag(field, 1), eight])
}
