import { CHECK_CASES } from './check.cases.ts'
import { checkRequirements } from './check.ts'
import { COMPLAINT_CODES, type Complaint, type ComplaintCode } from './complaint.ts'
import { MAX_BYTES } from './positions.ts'

/** What the check says with one of its codes, by an example that was put to the real client. */
export interface ReferenceComplaint {
  readonly code: ComplaintCode
  readonly severity: Complaint['severity']
  readonly message: string
  readonly effect: string
  readonly remedy: string
  /** A text that causes it; absent where one would fill the page. */
  readonly example?: string
}

/** The codes of the check of a requirements.toml, with what it says of the shortest case that has each. */
export function complaintReference(): readonly ReferenceComplaint[] {
  return COMPLAINT_CODES.flatMap((code) => {
    const example = CHECK_CASES.filter((one) => one.code === code)
      .map((one) => one.toml)
      .sort((a, b) => a.length - b.length)[0]
    const all = checkRequirements(example ?? textWith(code)).complaints
    const said =
      all.find((one) => one.code === code) ?? (code === 'too_complex' ? TOO_COMPLEX : undefined)
    if (said === undefined) return []
    const { severity, message, effect, remedy } = said
    const short = example !== undefined && example.length <= 400
    return [{ code, severity, message, effect, remedy, ...(short ? { example } : {}) }]
  })
}

/** No case is this long. */
function textWith(code: ComplaintCode): string {
  return code === 'too_large' ? '#'.repeat(MAX_BYTES + 1) : ''
}

/** It depends on the depth that the browser or server at hand allows; no text causes it everywhere. */
const TOO_COMPLEX = {
  severity: 'error',
  message: 'A value is too long to be checked: keep single strings under 50,000 characters.',
  effect: 'It cannot be checked, so it cannot be published.',
  remedy: 'Shorten the longest string.',
} as const
