import { Problem, type ProblemExtra } from '#kernel/problem.ts'

/** The keywords of RFC 7644, section 3.12, table 9 that mistakes in a request have here. */
type ScimType =
  | 'invalidFilter'
  | 'invalidPath'
  | 'invalidSyntax'
  | 'invalidValue'
  | 'mutability'
  | 'noTarget'
  | 'tooMany'

/** A mistake of the request, with the keyword that tells the provider which one. */
export const complaint = (scimType: ScimType, detail: string, extra: ProblemExtra = {}): Problem =>
  new Problem('invalid_input', detail, { ...extra, data: { ...extra.data, scimType } })
