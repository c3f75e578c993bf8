import {
  changedKeys,
  checkRequirements,
  CLIENT_VERSION,
  type Checked,
} from '#requirements/index.ts'
import { valueOf, type Pool } from '#kernel/pool.ts'
import { Problem, type ProblemItem } from '#kernel/problem.ts'
import { sha256 } from './act.ts'
import type { Complaint } from './schema.ts'

/** Raised when the check judges differently, so that a version tells by which check it was found good. */
export const checkVersion = `codex-${CLIENT_VERSION}/1`

/** A text with its hash, as drafts and versions hold it. */
export interface Hashed {
  readonly text: string
  readonly sha256: string
}

export const hashed = (text: string): Hashed => ({ text, sha256: sha256(text) })

const recent = new Map<string, { readonly checked: Checked; readonly length: number }>()
const remembered = 200
/** Characters of all remembered texts together: the largest policy some thirty times. */
const rememberedLength = 16 * 1024 * 1024

/** The check of one text. The same text (by its hash) is not judged twice in a row. */
export function judge({ text, sha256 }: Hashed): Checked {
  const known = recent.get(sha256)
  if (known) return known.checked
  const checked = checkRequirements(text)
  remember(sha256, text.length, checked)
  return checked
}

function remember(sha256: string, length: number, checked: Checked): void {
  recent.set(sha256, { checked, length })
  let sum = 0
  for (const entry of recent.values()) sum += entry.length
  for (const [oldest, entry] of recent) {
    if (recent.size <= remembered && sum <= rememberedLength) break
    recent.delete(oldest)
    sum -= entry.length
  }
}

/**
 * From this many characters on a text is judged in a thread. Measured on a busy machine: 64 KiB take 0.1 s, 512 KiB 0.7 s,
 * and for that long nobody would be given a bundle.
 */
const large = 64 * 1024

/** Whether `judge` would hold up everything else now. */
export const takesLong = ({ text, sha256 }: Hashed): boolean =>
  text.length >= large && !recent.has(sha256)

/** The check of a text that is not kept, e.g. while somebody types it. */
export async function judgeApart(pool: Pool, text: string): Promise<Checked> {
  if (text.length < large) return checkRequirements(text)
  const door = new URL('../../requirements/index.ts', import.meta.url)
  return valueOf(await pool.run<typeof checkRequirements>(door, 'checkRequirements', text))
}

/** Judges what takes long in threads, so that `judge` knows the answer inside the transaction that follows. */
export async function judgeAhead(pool: Pool, texts: Iterable<Hashed>): Promise<void> {
  const long = new Map([...texts].filter(takesLong).map((one) => [one.sha256, one.text]))
  await Promise.all(
    [...long].map(async ([sha256, text]) =>
      remember(sha256, text.length, await judgeApart(pool, text)),
    ),
  )
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
export function keysBetween(before: Hashed | null, after: Hashed | null): KeyChange[] {
  const read = (side: Hashed | null) => (side && judge(side).document) ?? {}
  return changedKeys(read(before), read(after)).map((change) => ({ ...change }))
}
