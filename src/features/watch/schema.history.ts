import { z } from 'zod'
import { page, pageQuery, time } from '../workspace/schema.ts'
import { collectionParams, ignoreRule } from './schema.collections.ts'

/** `YYYY-MM-DD-HHMM` in UTC, with `-2` and so on for further snapshots of the same minute. */
export const stamp = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}-\d{4}(?:-\d{1,4})?$/, 'write it as YYYY-MM-DD-HHMM, in UTC')

const size = { added: z.int(), removed: z.int() }

/** A moment at which something changed, with the size of the step from the snapshot before. */
export const snapshot = z.object({
  at: time,
  stamp: z.string(),
  ...size,
  /** Pages that changed in more than formatting and by more than flipping back. */
  pages: z.int(),
  newPages: z.int(),
  gonePages: z.int(),
  /** Changed in formatting only, or only in ignored lines. */
  quietPages: z.int(),
  /** Came back to a text they had a few versions ago. */
  flippedPages: z.int(),
  kind: z.enum(['first', 'run', 'import', 'boundary']),
  /** Why a boundary stands here. */
  note: z.string().nullable(),
})
export type Snapshot = z.infer<typeof snapshot>
export const snapshotQuery = pageQuery.extend({
  since: z.coerce.number().int().optional(),
  until: z.coerce.number().int().optional(),
  quiet: z.stringbool().default(true).describe('With steps in which nothing was announced.'),
})
/** Every snapshot, for pickers and the timeline; newest first. */
export const allSnapshots = z.object({ items: z.array(snapshot) })

/** `gone`: was there and is no longer. `quiet`: formatting or ignored lines only. */
export const stepKinds = ['new', 'gone', 'moved', 'changed', 'quiet', 'flip', 'boundary'] as const
export const stepKind = z.enum(stepKinds)
export type StepKind = z.infer<typeof stepKind>

export const watchedPage = z.object({
  page: z.string(),
  url: z.string(),
  title: z.string().nullable(),
  state: z.enum(['present', 'gone', 'failing', 'expected']),
  firstSeen: z.object({ at: time, stamp: z.string() }).nullable(),
  lastChange: z.object({ at: time, stamp: z.string(), kind: stepKind, ...size }).nullable(),
  versions: z.int(),
  lines: z.int(),
  checkedAt: time.nullable(),
  failure: z.object({ kind: z.string(), message: z.string(), since: time }).nullable(),
})
export type WatchedPage = z.infer<typeof watchedPage>
export const pagesQuery = pageQuery.extend({
  state: z.enum(['present', 'gone', 'failing']).optional(),
  sort: z.enum(['page', '-page', 'changed', '-changed']).default('page'),
  at: stamp.optional().describe('The pages as they were at this snapshot.'),
})

/** One version of a page. */
export const version = z.object({
  at: time,
  stamp: z.string(),
  kind: stepKind,
  ...size,
  bytes: z.int(),
  lines: z.int(),
  extractor: z.string(),
  /** The stamp of the version whose text came back. */
  flipOf: z.string().nullable(),
  /** The bytes as fetched are still kept. */
  raw: z.boolean(),
})
export type Version = z.infer<typeof version>

/** How a diff is asked for; the same words stand in the addresses of the screens. */
export const diffOptions = z.object({
  view: z.enum(['side', 'unified']).default('side'),
  formatting: z.enum(['shown', 'hidden']).default('hidden'),
  /** Lines that ignore rules leave out. */
  ignored: z.enum(['shown', 'hidden']).default('hidden'),
  paragraphs: z.enum(['on', 'off']).default('off'),
  context: z.union([z.literal('all'), z.coerce.number().int().min(0).max(1000)]).default(3),
})
export type DiffOptions = z.infer<typeof diffOptions>

const cell = z
  .object({
    line: z.int(),
    text: z.string(),
    marks: z.array(z.tuple([z.int(), z.int()])),
  })
  .nullable()
export const diffRow = z.object({
  kind: z.enum(['same', 'changed', 'removed', 'added', 'moved']),
  left: cell,
  right: cell,
  /** Where a moved line stands on the other side. */
  movedTo: z.object({ page: z.string(), line: z.int() }).optional(),
})
const side = z.object({ at: time, version: z.string().describe('The stamp.') })
const pageSide = side.extend({
  since: stamp
    .optional()
    .describe('The snapshot in which the page came to read as it does on this side.'),
  page: z.string().optional().describe('Its path on this side, where it moved since.'),
})
/** What changed in one page between two snapshots. `from` or `to` is null where the page did not exist. */
export const pageDiff = z.object({
  page: z.string(),
  title: z.string().nullable(),
  url: z.string(),
  kind: stepKind,
  from: pageSide.nullable(),
  to: pageSide.nullable(),
  ...size,
  /** The texts differ, but in formatting (or ignored lines) only. */
  formattingOnly: z.boolean(),
  /** Set where an extractor changed between and history could not be derived again. */
  boundary: z.string().nullable(),
  leftLines: z.int(),
  rightLines: z.int(),
  hunks: z.array(
    z.object({
      leftFrom: z.int(),
      rightFrom: z.int(),
      section: z.string().nullable(),
      rows: z.array(diffRow),
    }),
  ),
  /** There are more rows than one answer holds. */
  cut: z.boolean().optional(),
})
export type PageDiff = z.infer<typeof pageDiff>
export const pageDiffQuery = diffOptions.extend({
  page: z.string().min(1).max(500),
  format: z.enum(['json', 'patch', 'html', 'markdown']).default('json'),
})
export const rangeParams = collectionParams.extend({ a: stamp, b: stamp })

/** The whole set between two snapshots: one line a page. */
export const changedPage = z.object({
  page: z.string(),
  title: z.string().nullable(),
  kind: stepKind,
  ...size,
  /** Where the text went to, or came from. */
  movedFrom: z.string().nullable(),
})
export type ChangedPage = z.infer<typeof changedPage>
export const changes = z.object({
  from: side,
  to: side,
  ...size,
  pages: z.int(),
  newPages: z.int(),
  gonePages: z.int(),
  movedPages: z.int(),
  quietPages: z.int(),
  flippedPages: z.int(),
  boundary: z.string().nullable(),
  /** So many pages changed more than once in between that the sizes are summed over their steps. */
  estimated: z.boolean().optional(),
  ...page(changedPage).shape,
})
export type Changes = z.infer<typeof changes>
export const changesQuery = pageQuery.extend({
  kind: stepKind.optional(),
  formatting: diffOptions.shape.formatting,
  ignored: diffOptions.shape.ignored,
})

export const pageText = z.object({
  page: z.string(),
  title: z.string().nullable(),
  url: z.string(),
  at: time,
  stamp: z.string(),
  text: z.string(),
  sha256: z.string(),
  /** Sanitised HTML, where it was asked for. */
  html: z.string().nullable(),
  extractor: z.string(),
  fetchedAt: time.nullable(),
})
export type PageText = z.infer<typeof pageText>
export const pageTextQuery = z.object({
  at: stamp.optional().describe('The newest when left out.'),
  format: z.enum(['json', 'html', 'markdown', 'raw']).default('json'),
  html: z.stringbool().default(false).describe('Also rendered as sanitised HTML.'),
})

/** Since when each line of a version stands. */
export const blame = z.object({
  page: z.string(),
  stamp: z.string(),
  lines: z.array(z.object({ line: z.int(), text: z.string(), since: z.string(), at: time })),
})
export type Blame = z.infer<typeof blame>

export const searchQuery = pageQuery.extend({
  q: z.string().trim().min(1).max(200),
  scope: z
    .enum(['current', 'ever'])
    .default('current')
    .describe('Pages as they are, or every line that ever existed.'),
})
export const searchHit = z.object({
  page: z.string(),
  title: z.string().nullable(),
  line: z.int().nullable(),
  text: z.string(),
  appeared: z.object({ at: time, stamp: z.string() }).nullable(),
  /** Null: it still stands. */
  disappeared: z.object({ at: time, stamp: z.string() }).nullable(),
})
export type SearchHit = z.infer<typeof searchHit>
export const searchAnswer = z.object({
  items: z.array(searchHit),
  next: z.string().nullable(),
  /** False while lines are still being indexed: more may be found a moment later. */
  complete: z.boolean(),
})

export const seenChange = z.object({ stamp })

/** What rules would have left out of history; nothing is stored. */
export const rulesTrial = z.object({ rules: z.array(ignoreRule).max(100) })
export const rulesTrialResult = z.object({
  steps: z.int(),
  /** Page changes that would not have been announced. */
  silenced: z.int(),
  lines: z.int(),
  sample: z.array(
    z.object({
      page: z.string(),
      stamp: z.string(),
      line: z.int(),
      text: z.string(),
      rule: z.int(),
    }),
  ),
})

/** Keys of policies that a step adds or takes away (policy documentation only). */
export const keyChange = z.object({
  key: z.string(),
  what: z.enum(['requirements_key', 'feature', 'value']),
  change: z.enum(['new', 'gone']),
  pages: z.array(z.object({ page: z.string(), line: z.int() })),
  /** Gatehouse's schema table knows it. */
  known: z.boolean(),
  /** Published policies that say something on it, and those that do not. */
  decided: z.array(z.object({ id: z.string(), name: z.string() })),
  undecided: z.array(z.object({ id: z.string(), name: z.string() })),
})
export const keyChanges = z.object({
  summary: z.string(),
  items: z.array(keyChange),
})
export type KeyChanges = z.infer<typeof keyChanges>
