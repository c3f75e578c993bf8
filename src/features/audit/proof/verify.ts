/** Judges the lines of an export one after the other. Knows no file and no server. */
import { findCheckpoint, readCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
import { createFindings, editedText, linkText, missingText, type Findings } from './findings.ts'
import { isRecordLine, readRecordLine, type ExportEnd, type ExportHead } from './lines.ts'
import { linkOf, noLink } from './link.ts'
import { commitmentOf } from './record.ts'
import type { Piece, Run } from './scan.ts'

/** What the caller trusts, from a place that whoever holds the export or the server cannot change. */
export interface Trust {
  /** The workspace's public key, as its checkpoints name it. */
  readonly key?: string
  /** A checkpoint that was sent outside. Its key is trusted with it. */
  readonly checkpoint?: SignedCheckpoint
}

/**
 * `covered`: every record in it is as it was when what the caller trusts was signed. `uncovered`: nothing is amiss, and yet of
 * some records, or of all, only whoever made the export says so: commitments and links can be computed by anybody. `broken`:
 * something was found.
 */
export type Outcome = 'covered' | 'uncovered' | 'broken'

export interface Verdict extends Findings {
  readonly outcome: Outcome
  readonly records: number
  readonly first: number
  readonly last: number
  readonly link: string
  /** The newest checkpoint that the trust covers and that fits. */
  readonly vouched: { readonly records: number; readonly at: number } | null
  /** Records in it after that checkpoint; all, where there is none. Nobody vouches for them. */
  readonly uncovered: number
  /** Of which only the commitment is left. */
  readonly erased: number
  readonly checkpoints: number
  readonly inherited: ExportHead['inherited']
}

export interface Verifier {
  /** One line without its line feed. */
  readonly line: (line: Buffer) => void
  /** Many lines that `scan` has judged as far as they go. */
  readonly piece: (piece: Piece) => void
  readonly end: () => Verdict
}

export function createVerifier(trust: Trust): Verifier {
  const key = trust.checkpoint?.key ?? trust.key
  const wanted = trust.checkpoint
  const { add: complain, found: findings } = createFindings()
  let head: ExportHead | undefined
  let end: ExportEnd['end'] | undefined
  let before = noLink
  let seq = 0
  let records = 0
  let erased = 0
  let checkpoints = 0
  let vouched: Verdict['vouched'] = null
  let uncovered = 0
  let compared = false

  function takeRecord(line: Buffer): void {
    const found = readRecordLine(line)
    if (!found) {
      complain('form', null, `The line after record ${seq} is not one of an export.`)
      return
    }
    if (found.record === null) erased++
    else if (commitmentOf(found.record) !== found.commitment)
      complain('edited', found.seq, editedText(found.seq))
    takeRun({ first: found, last: found, count: 1 })
  }

  /** Records that are what was committed to, each following from the one before it, but for the first. */
  function takeRun({ first, last, count }: Run): void {
    if (!head || end) {
      for (let n = 0; n < count; n++)
        complain('form', null, `The line after record ${seq} is not one of an export.`)
      return
    }
    records += count
    uncovered += count
    if (first.seq !== seq + 1) outOfOrder(first.seq)
    if (linkOf(before, first.seq, first.commitment) !== first.link)
      complain('link', first.seq, linkText(first.seq))
    seq = last.seq
    before = last.link
    if (wanted?.records === seq) compare(wanted, 'the checkpoint that you trust')
  }

  function outOfOrder(number: number): void {
    if (number <= seq)
      complain('order', number, `Record ${number} stands after record ${seq}: moved or added.`)
    else complain('missing', seq + 1, missingText(seq + 1, number - 1))
  }

  /** A checkpoint at the record that was read last. */
  function compare(of: SignedCheckpoint, called: string): void {
    if (of === wanted) compared = true
    if (of.link === before) {
      // Without a trust it only fits: anybody can sign.
      if (key === undefined) return
      vouched = { records: of.records, at: of.at }
      uncovered = 0
      return
    }
    complain(
      'rewritten',
      of.records,
      `The first ${of.records} records are not those of ${called}, signed ${new Date(of.at).toISOString()}.`,
    )
  }

  function takeCheckpoint(text: string): void {
    checkpoints++
    const found = readCheckpoint(text)
    if (!found)
      complain('signature', seq, `A checkpoint after record ${seq} is not validly signed.`)
    else if (key !== undefined && found.key !== key)
      complain('signature', seq, `The checkpoint after record ${seq} was signed by another key.`)
    else if (found.workspace !== head?.workspace || found.records !== seq)
      complain('form', seq, `The checkpoint after record ${seq} belongs to another place.`)
    else compare(found, 'a checkpoint in the export')
  }

  function takeOther(line: Buffer): void {
    const value = parsed(line)
    if (isHead(value) && !head) {
      head = value
      seq = value.from - 1
      before = value.before
      if (value.from === 1 && before !== noLink)
        complain('form', null, 'The first record follows something that is not there.')
      if (wanted && wanted.workspace !== value.workspace)
        complain('form', null, 'The checkpoint is one of another workspace.')
      if (wanted?.records === seq) compare(wanted, 'the checkpoint that you trust')
    } else if (!head || end) complain('form', null, 'There is a line outside of the export.')
    else if (isCheckpoint(value)) takeCheckpoint(value.checkpoint)
    else if (isEnd(value)) {
      end = value.end
      if (end.records !== seq || end.link !== before)
        complain('cut', seq, `The export ended with record ${end.records}, and here is ${seq}.`)
    } else complain('form', null, `The line after record ${seq} is not one of an export.`)
  }

  function line(line: Buffer): void {
    if (isRecordLine(line)) takeRecord(line)
    else takeOther(line)
  }

  return {
    line,
    piece(piece) {
      if ('line' in piece) line(Buffer.from(piece.line))
      else takeRun(piece)
    },
    end() {
      if (!head) complain('form', null, 'This is no export of an audit trail.')
      else if (!end) complain('cut', seq, `The export is cut off after record ${seq}.`)
      if (wanted && head && !compared) {
        if (seq < wanted.records)
          complain(
            'cut',
            seq,
            `There were ${wanted.records} records at ${new Date(wanted.at).toISOString()}, and here are ${seq}.`,
          )
        else
          complain(
            'form',
            null,
            `It begins after record ${wanted.records}, where your checkpoint is; export from there.`,
          )
      }
      const first = head?.from ?? 0
      const inherited = head?.inherited ?? null
      const found = findings()
      const covered = uncovered === 0 && vouched !== null
      return {
        outcome: found.troubles > 0 ? 'broken' : covered ? 'covered' : 'uncovered',
        records,
        first,
        last: seq,
        link: before,
        vouched,
        uncovered,
        erased,
        checkpoints,
        inherited,
        ...found,
      }
    },
  }
}

/** Reads what a caller names as a checkpoint or as a key: the text of a file, or the key itself. */
export function readTrust(text: string): Trust | undefined {
  const checkpoint = findCheckpoint(text)
  if (checkpoint) return { checkpoint }
  const key = /^(?:ed25519:)?([A-Za-z0-9+/]{43}=)$/m.exec(text.trim())?.[1]
  return key === undefined ? undefined : { key }
}

function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'))
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const isHead = (value: unknown): value is ExportHead =>
  isObject(value) &&
  value['gatehouse'] === 'audit-export-1' &&
  typeof value['workspace'] === 'string' &&
  Number.isSafeInteger(value['from']) &&
  typeof value['before'] === 'string'

const isCheckpoint = (value: unknown): value is { readonly checkpoint: string } =>
  isObject(value) && typeof value['checkpoint'] === 'string'

const isEnd = (value: unknown): value is ExportEnd =>
  isObject(value) &&
  isObject(value['end']) &&
  Number.isSafeInteger(value['end']['records']) &&
  typeof value['end']['link'] === 'string'
