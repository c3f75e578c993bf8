/** The trail with its proof, as a stream of lines (proof/lines.ts). */
import { Problem } from '#kernel/problem.ts'
import type { Db } from '#kernel/db.ts'
import { theWorkspace } from '#features/workspace/index.ts'
import { checkpointLine, endLine, erasedLine, headLine, recordLine } from './proof/lines.ts'
import { recordText } from './proof/record.ts'
import { linkedAfter, linkOfSeq, type LinkedRow } from './store.ts'
import { auditSettings, checkpointsAfter } from './store.checkpoints.ts'

/** Read in one transaction; the embedded engine answers nobody meanwhile, and 200 take it about 2 ms. */
const page = 200

/**
 * The records from `from` to `until`, which a checkpoint ends with, so that all of it is vouched for. It ends with the line
 * `end`: without that it was cut off. A record that is gone leaves a gap, which whoever checks the export sees.
 */
export async function* exportLines(
  db: Db,
  from: number,
  until: { readonly records: number; readonly link: string },
): AsyncGenerator<Buffer, void> {
  const { before, settings, workspace } = await db.read(function* () {
    return {
      before: yield* linkOfSeq(from - 1),
      settings: yield* auditSettings(),
      workspace: yield* theWorkspace(),
    }
  })
  if (before === undefined)
    throw new Problem('not_found', `There is no record ${from - 1} to begin after.`)
  const { inherited, begun_at } = settings
  yield Buffer.from(
    headLine({
      gatehouse: 'audit-export-1',
      workspace: workspace?.id ?? '',
      from,
      before,
      inherited: inherited === 0 ? null : { records: inherited, at: begun_at ?? 0 },
    }),
  )
  for (let seq = from - 1; seq < until.records;) {
    const { rows, checkpoints } = await db.read(function* () {
      const found = yield* linkedAfter(seq, until.records, page)
      const last = found.at(-1)?.seq ?? seq
      return { rows: found, checkpoints: yield* checkpointsAfter(seq, last) }
    })
    if (rows.length === 0) break
    const signed = new Map(checkpoints.map((one) => [one.records, one.text]))
    yield Buffer.from(rows.map((row) => lineOf(row) + checkpointAfter(signed, row.seq)).join(''))
    seq = rows.at(-1)?.seq ?? seq
  }
  yield Buffer.from(endLine({ records: until.records, link: until.link }))
}

function lineOf({ record, erased, ...link }: LinkedRow): string {
  if (erased) return erasedLine(link)
  return record === null ? '' : recordLine(link, recordText(link.salt, record))
}

function checkpointAfter(signed: ReadonlyMap<number, string>, seq: number): string {
  const text = signed.get(seq)
  return text === undefined ? '' : checkpointLine(text)
}
