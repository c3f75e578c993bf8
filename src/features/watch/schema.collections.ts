import { z } from 'zod'
import { line, pageQuery, time } from '../workspace/schema.ts'

/** One part of a collection's address. */
export const slug = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/,
    'Use up to 64 small letters, digits, dots, dashes and underscores, such as openai or docs.',
  )
/** `vendor/product/set/language`, e.g. openai/codex/docs/en. */
export const collectionParams = z.object({ v: slug, p: slug, s: slug, l: slug })
export type CollectionParams = z.infer<typeof collectionParams>
export const pageParams = collectionParams.extend({ page: z.string().min(1).max(500) })

const url = z.url({ protocol: /^https?$/ }).max(2000)
const globs = z.array(z.string().trim().min(1).max(300)).max(50).default([])

/** Which pages of a source belong to the collection; globs over the page's path (`*`, `**`). */
const chosen = {
  /** Chosen by the server when left out. */
  id: z.string().max(40).optional(),
  include: globs,
  exclude: globs,
}
/** Where the pages of a collection are found. `prefix` is what their addresses begin with and their paths leave out. */
export const source = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('urls'),
    ...chosen,
    urls: z.array(url).min(1).max(5000),
    prefix: url.optional(),
  }),
  z.object({ kind: z.literal('llms'), ...chosen, url, prefix: url.optional() }),
  z.object({ kind: z.literal('sitemap'), ...chosen, url, prefix: url.optional() }),
  z.object({
    kind: z.literal('links'),
    ...chosen,
    url,
    prefix: url,
    depth: z.int().min(0).max(10).default(3),
  }),
  z.object({
    kind: z.literal('git'),
    ...chosen,
    url: z.url({ protocol: /^https?$/ }).max(2000),
    branch: line(200).optional(),
    folder: line(300).default(''),
  }),
  z.object({ kind: z.literal('feed'), ...chosen, url, prefix: url.optional() }),
])
export type Source = z.infer<typeof source>
export const sourceKinds = ['urls', 'llms', 'sitemap', 'links', 'git', 'feed'] as const

/** How fetched bytes become the text that is compared. CSS selectors. */
export const extractSettings = z.object({
  keep: z.array(z.string().trim().min(1).max(300)).max(20).default([]),
  remove: z.array(z.string().trim().min(1).max(300)).max(50).default([]),
  absoluteLinks: z.boolean().default(true),
  /** Ask for the vendor's own Markdown beside an HTML page first. */
  preferMarkdown: z.boolean().default(true),
})
export type ExtractSettings = z.infer<typeof extractSettings>

export const fetchSettings = z.object({
  timeoutMs: z.int().min(1000).max(120_000).default(20_000),
  maxBytes: z.int().min(10_000).max(50_000_000).default(5_000_000),
  retries: z.int().min(0).max(5).default(2),
  concurrencyPerHost: z.int().min(1).max(16).default(2),
  delayMs: z.int().min(0).max(60_000).default(200),
  respectRobots: z.boolean().default(true),
  userAgent: line(200).optional(),
  render: z.enum(['never', 'when_empty', 'always']).default('never'),
})
export type FetchSettings = z.infer<typeof fetchSettings>

/** Lines that match are left out of announcements and views. RE2 syntax, linear time. */
export const ignoreRule = z.object({
  id: z.string().max(40).optional(),
  pattern: z.string().min(1).max(500),
  /** Glob over page paths; every page when left out. */
  page: z.string().trim().min(1).max(300).optional(),
  note: line(200).default(''),
})
export type IgnoreRule = z.infer<typeof ignoreRule>

export const schedule = z.object({
  /** Five fields. Empty: only when somebody asks for a check. */
  cron: z.string().trim().max(100).default('30 */6 * * *'),
  timeZone: z.string().max(60).default('UTC'),
  /** A random delay of up to this many seconds, so that not everybody comes at once. */
  jitterSeconds: z.int().min(0).max(3600).default(300),
})
export type Schedule = z.infer<typeof schedule>

/** What is kept, and how much of it. Null: without a bound. */
export const retention = z.object({
  /** Snapshots older than this are dropped; each page's text at that moment is kept. */
  keepDays: z.int().min(1).max(36_500).nullable().default(null),
  /** The bytes as fetched, needed to extract history again. */
  keepRawDays: z.int().min(1).max(36_500).nullable().default(null),
  /** Stored bytes of the collection, raw and text together. New versions are refused above it, with an alarm. */
  quotaBytes: z.int().min(1_000_000).nullable().default(null),
})
export type Retention = z.infer<typeof retention>

const settings = {
  title: line(120).min(1),
  sources: z.array(source).max(20),
  schedule: schedule.prefault({}),
  extract: extractSettings.prefault({}),
  fetch: fetchSettings.prefault({}),
  ignore: z.array(ignoreRule).max(100).default([]),
  retention: retention.prefault({}),
  paused: z.boolean().default(false),
  /** `public`: everybody may read its pages and feeds without signing in. */
  visibility: z.enum(['members', 'public']).default('members'),
  /** Its pages describe what policies can say: keys are compared with the schema table and the workspace's policies. */
  policyDocumentation: z.boolean().default(false),
}

export const newCollection = z.object({
  vendor: slug,
  product: slug,
  set: slug,
  language: slug,
  ...settings,
})
/** Whole settings, based on the revision they were read at. */
export const collectionChange = z.object({ revision: z.int(), ...settings })
export type CollectionChange = z.infer<typeof collectionChange>

export const collectionSecret = z.object({
  name: z.string(),
  origin: z.string(),
  setAt: time,
  setBy: z.string(),
})
export const secretChange = z.object({
  /** The only origin it is sent to, e.g. https://docs.example.com. */
  origin: url,
  /** A header's name, e.g. authorization or cookie. */
  name: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
  /** Null removes it. */
  value: z
    .string()
    .min(1)
    .max(8000)
    .regex(/^[^\r\n\0]*$/)
    .nullable(),
})

export const collectionHead = z.object({
  id: z.string(),
  vendor: z.string(),
  product: z.string(),
  set: z.string(),
  language: z.string(),
  /** `vendor/product/set/language`. */
  path: z.string(),
  title: z.string(),
  paused: z.boolean(),
  visibility: z.enum(['members', 'public']),
  policyDocumentation: z.boolean(),
  pages: z.int(),
  snapshots: z.int(),
  /** Pages that failed in the newest run. */
  failing: z.int(),
  lastSnapshot: z
    .object({ at: time, stamp: z.string(), pages: z.int(), added: z.int(), removed: z.int() })
    .nullable(),
  lastRunAt: time.nullable(),
  nextRunAt: time.nullable(),
  running: z.boolean(),
  createdAt: time,
})
export type CollectionHead = z.infer<typeof collectionHead>

export const collection = collectionHead.extend({
  ...settings,
  revision: z.int(),
  secrets: z.array(collectionSecret),
  /** Name and version of the extractor that made the texts. */
  extractor: z.string(),
  stored: z.object({
    versions: z.int(),
    textBytes: z.int(),
    rawBytes: z.int(),
    indexBytes: z.int(),
  }),
  /** The newest snapshot that the asking member has looked at. */
  lastSeen: z.object({ stamp: z.string(), at: time }).nullable(),
  firstSnapshot: z.object({ at: time, stamp: z.string() }).nullable(),
})
export type Collection = z.infer<typeof collection>

export const collectionQuery = pageQuery.extend({
  vendor: z.string().max(64).optional(),
  sort: z.enum(['path', '-path', 'changed', '-changed']).default('path'),
})

/** A host:port that may be called although it is not public. */
export const outboundException = z.object({
  id: z.string(),
  target: z.string(),
  note: z.string(),
  createdAt: time,
  createdBy: z.string(),
  /** Named in the configuration of the server: it can only be changed there. */
  fixed: z.boolean(),
})
export const newException = z.object({
  target: z
    .string()
    .trim()
    .regex(/^(\[[0-9a-fA-F:.]+\]|[^:\s/]+):\d{1,5}$/, 'write it as host:port, e.g. wiki.corp:443'),
  note: line(200).default(''),
})
