/**
 * What can be judged of a piece of an export without the rest of it, in a thread of its own: that each record is the one that was
 * committed to, and follows from the one before it. What is left, whoever reads the export joins (verify.ts).
 */
import { isRecordLine, readRecordLine } from './lines.ts'
import { linkOf, type Link } from './link.ts'
import { commitmentOf } from './record.ts'

/** Records in a row with nothing amiss among them. Whether the first follows from what stands before it is not known here. */
export interface Run {
  readonly first: Link
  readonly last: Link
  readonly count: number
}

/** A line that is no such record: a checkpoint, the frame, or anything that is amiss. */
export type Piece = Run | { readonly line: Uint8Array }

export interface Block {
  /** Whole lines, each with its line feed but perhaps the last. */
  readonly bytes: Uint8Array
  /** A run ends with the record of this number: somebody has a checkpoint there. */
  readonly stop: number | null
}

const lineFeed = 0x0a

/** In the order of the lines. */
export function scan({ bytes, stop }: Block): readonly Piece[] {
  const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const pieces: Piece[] = []
  let first: Link | undefined
  let last: Link | undefined
  const close = (): void => {
    if (first && last) pieces.push({ first, last, count: last.seq - first.seq + 1 })
    first = last = undefined
  }
  for (let from = 0; from < block.length;) {
    const feed = block.indexOf(lineFeed, from)
    const to = feed < 0 ? block.length : feed
    const line = block.subarray(from, to)
    from = to + 1
    const link = soundRecord(line)
    if (!link || (last && (link.seq !== last.seq + 1 || !follows(link, last)))) close()
    if (link) {
      first ??= link
      last = link
      if (link.seq === stop) close()
    } else pieces.push({ line: new Uint8Array(line) })
  }
  close()
  return pieces
}

/** The link of a record that is as it was committed to. */
function soundRecord(line: Buffer): Link | undefined {
  const found = isRecordLine(line) ? readRecordLine(line) : undefined
  if (!found?.record || commitmentOf(found.record) !== found.commitment) return undefined
  const { seq, link, commitment } = found
  return { seq, link, commitment }
}

const follows = ({ seq, link, commitment }: Link, { link: before }: Link): boolean =>
  linkOf(before, seq, commitment) === link
