import { z } from 'zod'
import { pageQuery, time } from '../workspace/schema.ts'
import { extractSettings, fetchSettings, source } from './schema.collections.ts'

/** Why a page could not be taken in. Stable codes. */
export const failureKinds = [
  'blocked',
  'rate_limited',
  'gone',
  'moved',
  'timeout',
  'too_large',
  'empty',
  'changed_kind',
  'selector_broken',
  'server_error',
  'network',
  'tls',
  'refused_address',
  'robots',
  'needs_browser',
  'render_failed',
  'unreadable',
  'quota',
] as const
export const failureKind = z.enum(failureKinds)
export type FailureKind = z.infer<typeof failureKind>

/** One run of a collection. */
export const run = z.object({
  id: z.string(),
  cause: z.enum(['schedule', 'hand', 'import', 'extract']),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'stopped']),
  startedAt: time,
  finishedAt: time.nullable(),
  /** Pages to check, and how many are done. */
  total: z.int(),
  checked: z.int(),
  notModified: z.int(),
  changed: z.int(),
  failures: z.int(),
  snapshot: z.string().nullable(),
  message: z.string().nullable(),
  startedBy: z.string().nullable(),
})
export type Run = z.infer<typeof run>
export const runQuery = pageQuery

/** A page (or the list of a source) that could not be fetched, in one run. */
export const failure = z.object({
  id: z.string(),
  at: time,
  runId: z.string(),
  /** The page's path; null for a source's own list. */
  page: z.string().nullable(),
  url: z.string(),
  kind: failureKind,
  status: z.int().nullable(),
  message: z.string(),
  remedy: z.string(),
  /** How many runs in a row, this one included. */
  inARow: z.int(),
  /** Later runs took the page in again. */
  mended: z.boolean(),
})
export type Failure = z.infer<typeof failure>
export const failureQuery = pageQuery.extend({
  kind: failureKind.optional(),
  open: z.stringbool().optional().describe('Only what still fails.'),
})

/** Try settings on a live page; nothing is stored. */
export const previewRequest = z.object({
  url: z.url({ protocol: /^https?$/ }).max(2000),
  extract: extractSettings.prefault({}),
  fetch: fetchSettings.prefault({}),
})
export const preview = z.object({
  ok: z.boolean(),
  failure: failure.pick({ kind: true, status: true, message: true, remedy: true }).nullable(),
  url: z.string(),
  title: z.string().nullable(),
  kind: z.string().nullable(),
  extractor: z.string().nullable(),
  contentType: z.string().nullable(),
  bytes: z.int(),
  ms: z.int(),
  rendered: z.boolean(),
  text: z.string(),
  /** The text as sanitised HTML. */
  html: z.string(),
  selectors: z.array(
    z.object({ selector: z.string(), use: z.enum(['keep', 'remove']), matches: z.int() }),
  ),
  warnings: z.array(z.string()),
})
export type Preview = z.infer<typeof preview>

/** What a source would bring in; nothing is stored. */
export const discoverRequest = z.object({ source, fetch: fetchSettings.prefault({}) })
export const discovery = z.object({
  ok: z.boolean(),
  failure: failure.pick({ kind: true, status: true, message: true, remedy: true }).nullable(),
  found: z.int(),
  /** The first 200. */
  pages: z.array(z.object({ url: z.string(), path: z.string(), title: z.string().nullable() })),
  leftOut: z.int(),
})
export type Discovery = z.infer<typeof discovery>
