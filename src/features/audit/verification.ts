/** Checks the tables themselves, as the button does: everything but whether somebody with the key made it all anew. */
import type { Db } from '#kernel/db.ts'
import { readCheckpoint } from './proof/checkpoint.ts'
import {
  createFindings,
  editedText,
  linkText,
  missingText,
  type FindingList,
  type Findings,
} from './proof/findings.ts'
import { linkOf, noLink } from './proof/link.ts'
import { commitmentOf, recordText } from './proof/record.ts'
import { chainHead, linkedAfter, strangeRecords, type LinkedRow } from './store.ts'
import { checkpointsAfter, type CheckpointRow } from './store.checkpoints.ts'

/** Read and checked in one go; on the embedded engine it is done beside the thread that answers (task.verify.ts). */
const page = 500
/** Strange records that are named. */
const strangersNamed = 20

/** How far a verification is. It is done in parts, so that other work beside the requests need not wait for all of it. */
export interface Progress extends Findings {
  /** Number of the last record that was checked, and its link. */
  readonly seq: number
  readonly link: string
}

export const atTheBeginning: Progress = { seq: 0, link: noLink, findings: [], troubles: 0 }

export interface Part {
  /** The public key that signs. */
  readonly key: string
  /** The number that the chain ended with when the verification began. */
  readonly until: number
  /** Records that are checked in this part. */
  readonly limit: number
}

/** Checks on from where it is. */
export async function verifyPart(
  db: Db,
  { key, until, limit }: Part,
  from: Progress,
): Promise<Progress> {
  const list = createFindings(from)
  let { seq, link } = from
  const last = Math.min(until, seq + limit)
  while (seq < last) {
    const after = seq
    const { rows, checkpoints } = await db.read(function* () {
      const found = yield* linkedAfter(after, last, page)
      const to = found.length < page ? last : (found.at(-1)?.seq ?? last)
      return { rows: found, checkpoints: yield* checkpointsAfter(after, to) }
    })
    const signed = new Map(checkpoints.map((one) => [one.records, one]))
    for (const row of rows) {
      if (row.seq !== seq + 1) list.add('missing', seq + 1, missingText(seq + 1, row.seq - 1))
      checkRecord(row, list)
      if (linkOf(link, row.seq, row.commitment) !== row.link)
        list.add('link', row.seq, linkText(row.seq))
      seq = row.seq
      link = row.link
      const checkpoint = signed.get(seq)
      signed.delete(seq)
      if (checkpoint) checkSigned(checkpoint, link, key, list)
    }
    for (const [records] of signed)
      list.add('missing', records, `Record ${records}, which a checkpoint ends with, is missing.`)
    if (rows.length < page && seq < last) {
      list.add('missing', seq + 1, missingText(seq + 1, last))
      seq = last
    }
  }
  return { seq, link, ...list.found() }
}

/** What is amiss around the chain: signed records behind its end, and records beside it. */
export async function verifyAround(db: Db, from: Progress): Promise<Progress> {
  const list = createFindings(from)
  const { head, later, strange } = await db.read(function* () {
    // The end of now: meanwhile it has grown, and was signed.
    const { seq } = yield* chainHead()
    return {
      head: seq,
      later: yield* checkpointsAfter(seq, Number.MAX_SAFE_INTEGER),
      strange: yield* strangeRecords(strangersNamed),
    }
  })
  for (const { records } of later)
    list.add('cut', head, `A checkpoint says ${records} records, and there are ${head}.`)
  for (const id of strange) list.add('order', null, `The record ${id} was put in beside the chain.`)
  return { ...from, ...list.found() }
}

function checkRecord({ seq, record_id: id, ...row }: LinkedRow, list: FindingList): void {
  if (row.erased) return
  if (row.record === null) list.add('missing', seq, `Record ${seq} (${id}) is missing.`)
  else if (commitmentOf(recordText(row.salt, row.record)) !== row.commitment)
    list.add('edited', seq, editedText(seq, id))
}

function checkSigned(row: CheckpointRow, link: string, key: string, list: FindingList): void {
  const { records, text } = row
  const read = readCheckpoint(text)
  // The columns are what the page shows, the text is what is signed.
  if (
    read?.key !== key ||
    read.records !== records ||
    read.link !== row.link ||
    read.at !== row.at ||
    read.key !== row.key
  )
    list.add('signature', records, `The checkpoint of ${records} records is not validly signed.`)
  else if (read.link !== link)
    list.add('rewritten', records, `The first ${records} records are not those that were signed.`)
}
