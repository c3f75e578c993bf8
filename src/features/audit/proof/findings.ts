/** What can be amiss with a trail, and how it is said: of an export and of the tables alike. */

export type Trouble =
  /** The bytes of a record are not those that were committed to. */
  | 'edited'
  /** Numbers are left out. */
  | 'missing'
  /** A number comes again, or comes late. */
  | 'order'
  /** A link does not follow from what stands before it. */
  | 'link'
  /** A checkpoint is not signed by the key that is trusted, or not at all. */
  | 'signature'
  /** A signed checkpoint names another link: the chain was made anew after it. */
  | 'rewritten'
  /** It ends too early. */
  | 'cut'
  /** It does not have the form of an export, or is one of something else. */
  | 'form'

export interface Finding {
  readonly trouble: Trouble
  /** Number of the record it is about; null: the trail as a whole. */
  readonly seq: number | null
  readonly message: string
}

export interface Findings {
  /** The first of them; `troubles` counts all. */
  readonly findings: readonly Finding[]
  readonly troubles: number
}

const findingsKept = 20

export interface FindingList {
  readonly add: (trouble: Trouble, seq: number | null, message: string) => void
  readonly found: () => Findings
}

/** @param before what was found already, in the parts before this one */
export function createFindings(before: Findings = { findings: [], troubles: 0 }): FindingList {
  const findings = [...before.findings]
  let { troubles } = before
  return {
    add(trouble, seq, message) {
      troubles++
      if (findings.length < findingsKept) findings.push({ trouble, seq, message })
    },
    found: () => ({ findings, troubles }),
  }
}

/** @param id of the record, where the reader can look it up */
export const editedText = (seq: number, id?: string): string =>
  `Record ${seq}${id === undefined ? '' : ` (${id})`} is not as it was written.`

export const missingText = (from: number, to: number): string =>
  from === to ? `Record ${from} is missing.` : `Records ${from} to ${to} are missing.`

export const linkText = (seq: number): string =>
  `Record ${seq} does not follow from what stands before it.`
