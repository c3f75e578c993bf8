import {
  changedKeys,
  checkRequirements,
  CLIENT_VERSION,
  type Checked,
} from '#requirements/index.ts'
import { Problem, type ProblemItem } from '#kernel/problem.ts'
import type { Complaint } from './schema.ts'

/** Raised when the check judges differently, so that a version tells by which check it was found good. */
export const checkVersion = `codex-${CLIENT_VERSION}/1`

const recent = new Map<string, Checked>()
const remembered = 200

/** The check of one text. The same text (by its hash) is not judged twice in a row. */
export function judge(text: string, sha256?: string): Checked {
  if (sha256 === undefined) return checkRequirements(text)
  const known = recent.get(sha256)
  if (known) return known
  const checked = checkRequirements(text)
  if (recent.size >= remembered) recent.delete([...recent.keys()][0] ?? '')
  recent.set(sha256, checked)
  return checked
}

export const errorsOf = (complaints: readonly Complaint[]): readonly Complaint[] =>
  complaints.filter((c) => c.severity === 'error')

export const asComplaints = (checked: Checked): Complaint[] =>
  checked.complaints.map((c) => {
    const { fix, ...rest } = c
    return fix
      ? { ...rest, fix: { title: fix.title, edits: fix.edits.map((e) => ({ ...e })) } }
      : rest
  })

/** Throws `policy_refused` with every error at its place; what comes back is what was only warned of. */
export function refuseErrors(complaints: readonly Complaint[], remedy?: string): void {
  const errors = errorsOf(complaints)
  const [first] = errors
  if (!first) return
  const others = errors.length === 1 ? '' : `, and ${errors.length - 1} more`
  throw new Problem(
    'policy_refused',
    `Line ${first.line}: ${first.message} ${first.effect}${others}`.trim(),
    {
      remedy: remedy ?? `Nothing was published. ${first.remedy}`,
      errors: errors.map((c): ProblemItem => ({
        field: c.key,
        code: c.code,
        line: c.line,
        column: c.column,
        message: `${c.message} ${c.remedy}`,
      })),
    },
  )
}

export interface KeyChange {
  readonly key: string
  readonly before?: string
  readonly after?: string
}

/** Which keys differ between two texts, values as text. An unreadable text counts as an empty one. */
export function keysBetween(
  before: { readonly text: string; readonly sha256: string } | null,
  after: { readonly text: string; readonly sha256: string } | null,
): KeyChange[] {
  const read = (side: typeof before) => (side && judge(side.text, side.sha256).document) ?? {}
  return changedKeys(read(before), read(after)).map((change) => ({ ...change }))
}
