import { Problem } from '#kernel/problem.ts'

/** Attributes of one record; the exporters' own limit is 128 (OpenTelemetry, common specification, attribute limits). */
export const maxAttributes = 256
/** Lists and maps within a value. */
export const maxDepth = 32
/**
 * Log records, spans or data points of one request: each is a row, and all of them are one transaction for which others wait.
 * 20,000 take a quarter of a second; exporters send 512 at once, a collector some thousands.
 */
export const maxRecords = 20_000
/** Records, attributes and values of one request: what one costs in memory is many times its bytes. */
export const maxPieces = 1_000_000

/** Counts what a request is made of. */
export interface Budget {
  pieces: number
  records: number
}

export const newBudget = (): Budget => ({ pieces: 0, records: 0 })

/** For a record. @throws body_too_large beyond `maxRecords` or `maxPieces`. */
export function spendRecord(budget: Budget): void {
  budget.records += 1
  if (budget.records > maxRecords)
    throw new Problem('body_too_large', `One request may hold at most ${maxRecords} records.`, {
      remedy: 'Send fewer records at once.',
    })
  spend(budget)
}

/** @throws body_too_large beyond `maxPieces`. */
export function spend(budget: Budget): void {
  budget.pieces += 1
  if (budget.pieces > maxPieces)
    throw new Problem(
      'body_too_large',
      `One request may hold at most ${maxPieces} records, attributes and values.`,
      { remedy: 'Send fewer records at once.' },
    )
}

export const tooDeep = (): Problem =>
  malformed(`A value is nested more than ${maxDepth} levels deep.`)

export const malformed = (detail: string): Problem => new Problem('malformed_body', detail)
