import {
  changedKeys,
  checkPolicy,
  CLIENT_VERSION,
  type Checked,
  type CheckedPolicy,
} from '#requirements/index.ts'
import { valueOf, type Pool } from '#kernel/pool.ts'
import { Problem, type ProblemItem } from '#kernel/problem.ts'
import { documentHash, type Document } from './act.ts'
import type { Complaint } from './schema.ts'

/** Raised when the check judges differently, so that a version tells by which check it was found good. */
export const checkVersion = `codex-${CLIENT_VERSION}/2`

/** Both texts with their hash, as drafts and versions hold them. */
export interface Hashed extends Document {
  readonly sha256: string
}

export const hashed = ({ text, defaults }: Document): Hashed => ({
  text,
  defaults,
  sha256: documentHash({ text, defaults }),
})

const lengthOf = ({ text, defaults }: Document): number => text.length + defaults.length

const recent = new Map<string, { readonly checked: CheckedPolicy; readonly length: number }>()
const remembered = 200
/** Characters of all remembered texts together: the largest policy some thirty times. */
const rememberedLength = 16 * 1024 * 1024

/** The check of both texts. The same ones (by their hash) are not judged twice in a row. */
export function judge(document: Hashed): CheckedPolicy {
  const known = recent.get(document.sha256)
  if (known) return known.checked
  const checked = checkPolicy(document)
  remember(document, checked)
  return checked
}

function remember(document: Hashed, checked: CheckedPolicy): void {
  const { sha256 } = document
  const length = lengthOf(document)
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
export const takesLong = (document: Hashed): boolean =>
  lengthOf(document) >= large && !recent.has(document.sha256)

/** The check of texts that are not kept, e.g. while somebody types them. */
export async function judgeApart(pool: Pool, document: Document): Promise<CheckedPolicy> {
  if (lengthOf(document) < large) return checkPolicy(document)
  const door = new URL('../../requirements/index.ts', import.meta.url)
  const { text, defaults } = document
  return valueOf(await pool.run<typeof checkPolicy>(door, 'checkPolicy', { text, defaults }))
}

/** Judges what takes long in threads, so that `judge` knows the answer inside the transaction that follows. */
export async function judgeAhead(pool: Pool, documents: Iterable<Hashed>): Promise<void> {
  const long = new Map([...documents].filter(takesLong).map((one) => [one.sha256, one]))
  await Promise.all(
    [...long.values()].map(async (one) => remember(one, await judgeApart(pool, one))),
  )
}

export const errorsOf = (complaints: readonly Complaint[]): readonly Complaint[] =>
  complaints.filter((c) => c.severity === 'error')

/** What was found in both texts, as the API says it: first the requirements, then the defaults. */
export const asComplaints = ({ requirements, defaults }: CheckedPolicy): Complaint[] => [
  ...complaintsOf('requirements', requirements),
  ...complaintsOf('defaults', defaults),
]

const complaintsOf = (document: Complaint['document'], checked: Checked): Complaint[] =>
  checked.complaints.map(({ fix, ...rest }) => ({
    document,
    ...rest,
    ...(fix && { fix: { title: fix.title, edits: fix.edits.map((e) => ({ ...e })) } }),
  }))

/** Throws `policy_refused` with every error at its place; what comes back is what was only warned of. */
export function refuseErrors(complaints: readonly Complaint[], remedy?: string): void {
  const errors = errorsOf(complaints)
  const [first] = errors
  if (!first) return
  const others = errors.length === 1 ? '' : `, and ${errors.length - 1} more`
  throw new Problem(
    'policy_refused',
    `${first.document === 'defaults' ? 'Defaults, line' : 'Line'} ${first.line}: ${first.message} ${first.effect}${others}`.trim(),
    {
      remedy: remedy ?? `Nothing was published. ${first.remedy}`,
      errors: errors.map((c): ProblemItem => ({
        field: c.document === 'defaults' ? 'defaults' : c.key,
        code: c.code,
        line: c.line,
        column: c.column,
        message: `${c.message} ${c.remedy}`,
      })),
    },
  )
}

export interface KeyChange {
  readonly document: Complaint['document']
  readonly key: string
  readonly before?: string
  readonly after?: string
}

/** Which keys differ between two policies, values as text. An unreadable text counts as an empty one. */
export function keysBetween(before: Hashed | null, after: Hashed | null): KeyChange[] {
  return (['requirements', 'defaults'] as const).flatMap((document) => {
    const read = (side: Hashed | null) => (side && judge(side)[document].document) ?? {}
    return changedKeys(read(before), read(after)).map((change) => ({ document, ...change }))
  })
}
