import { hash } from 'node:crypto'

/** What the first link follows. */
export const noLink = '0'.repeat(64)

export interface Link {
  /** 1 for the first record. */
  readonly seq: number
  readonly commitment: string
  readonly link: string
}

/**
 * SHA-256 over four lines: the name of this construction, the link before, the number of the record and its commitment, each
 * with its line feed. Text, so that a shell can compute it too (docs/audit.md).
 */
export const linkOf = (before: string, seq: number, commitment: string): string =>
  hash('sha256', `gatehouse-audit-1\n${before}\n${seq}\n${commitment}\n`)
