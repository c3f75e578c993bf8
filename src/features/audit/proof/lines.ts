/** The lines of an export, one JSON value each. docs/audit.md describes them for whoever writes a checker of his own. */
import type { Link } from './link.ts'

export interface ExportHead {
  readonly gatehouse: 'audit-export-1'
  readonly workspace: string
  /** Number of the first record in it. */
  readonly from: number
  /** The link that the first record follows. */
  readonly before: string
  /** Records that were there before there was a chain, and since when it vouches for them (ms). */
  readonly inherited: { readonly records: number; readonly at: number } | null
}

export interface ExportEnd {
  readonly end: { readonly records: number; readonly link: string }
}

export const headLine = (head: ExportHead): string => `${JSON.stringify(head)}\n`

/** `text` is `recordText`: its bytes stand in the line as they were hashed. */
export const recordLine = ({ seq, link, commitment }: Link, text: string): string =>
  `{"seq":${seq},"link":"${link}","commitment":"${commitment}","record":${text}}\n`

/** Of a record that was erased: that it was there, and where, is proved as before. */
export const erasedLine = ({ seq, link, commitment }: Link): string =>
  `{"seq":${seq},"link":"${link}","commitment":"${commitment}","erased":true}\n`

export const checkpointLine = (text: string): string => `${JSON.stringify({ checkpoint: text })}\n`

export const endLine = (end: ExportEnd['end']): string => `${JSON.stringify({ end })}\n`

export interface RecordLine extends Link {
  /** The bytes that the commitment is over; null: they were erased. */
  readonly record: Buffer | null
}

const seqAt = Buffer.byteLength('{"seq":')
const [linkName, commitmentName, recordName] = [',"link":"', '","commitment":"', '","record":']
const erasedEnd = '","erased":true}'
const hex = 64
const quote = 0x22
const brace = 0x7d
/** From the end of the number to the beginning of the record. */
const fixed = linkName.length + hex + commitmentName.length + hex + recordName.length

/** Reads a line without its line feed by places, not by parsing: 200,000 of them a second are wanted. */
export function readRecordLine(line: Buffer): RecordLine | undefined {
  const comma = line.indexOf(0x2c, seqAt)
  if (comma < 0 || comma > seqAt + 15) return undefined
  const text = line.toString('latin1', 0, comma + fixed)
  const link = comma + linkName.length
  const commitment = link + hex + commitmentName.length
  const end = commitment + hex
  if (
    !text.startsWith('{"seq":') ||
    !text.startsWith(linkName, comma) ||
    !text.startsWith(commitmentName, link + hex) ||
    line.at(-1) !== brace
  )
    return undefined
  const erased =
    line.length === end + erasedEnd.length && line.toString('latin1', end) === erasedEnd
  if (!erased && !text.startsWith(recordName, end)) return undefined
  const number = text.slice(seqAt, comma)
  const seq = Number(number)
  // As it is written by us: what is hashed is the number, and `01` or `1e0` would be the same one.
  if (!Number.isSafeInteger(seq) || String(seq) !== number) return undefined
  return {
    seq,
    link: text.slice(link, link + hex),
    commitment: text.slice(commitment, end),
    record: erased ? null : line.subarray(comma + fixed, -1),
  }
}

/** Whether a line is one of a record by its first bytes; others are parsed. */
export const isRecordLine = (line: Buffer): boolean =>
  line[1] === quote && line.toString('latin1', 0, seqAt) === '{"seq":'
