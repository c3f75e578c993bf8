import { z } from 'zod'
import { line, page, pageQuery, time } from '../workspace/schema.ts'

/** The kinds of files. Programs that read them know these names. */
export const eventTypes = ['CODEX_LOG', 'AUTH_LOG', 'AUDIT_LOG'] as const
export type EventType = (typeof eventTypes)[number]
const eventType = z.enum(eventTypes)

/** A time as existing programs send it: ISO 8601 with a zone. */
const isoTime = z.iso.datetime({
  offset: true,
  error: 'Write a time with its zone: 2026-01-05T09:00:00Z.',
})

/** A file as programs read of it: names and times as the vendor's API for compliance has them. */
export const logFile = z.object({
  object: z.literal('compliance.log_file'),
  id: z.string(),
  event_type: z.string(),
  start_time: z.string(),
  end_time: z.string(),
  lines: z.int(),
  bytes: z.int(),
  sha256: z.string().describe('Of the file as it was closed; holds while nothing is erased.'),
  sealed_sha256: z.string().describe('Of its sealed lines; holds for good.'),
  previous_sealed_sha256: z.string().nullable().describe('Of the file of this type before it.'),
  erased_lines: z.int(),
  deleted_at: z.string().nullable().describe('Since when nothing is in it any more.'),
})
export type LogFile = z.infer<typeof logFile>

export const logParams = z.object({ workspace: z.string().max(100) })
export const logFileParams = logParams.extend({ file: z.string().max(100) })
export const logsQuery = z.object({
  event_type: z.string().max(100).optional(),
  after: isoTime.optional().describe('Files whose end_time is strictly later.'),
  before: isoTime.optional().describe('Files whose end_time is strictly earlier.'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  include: z.literal('deleted').optional().describe('List files too that were emptied since.'),
})
export const logs = z.object({
  object: z.literal('list'),
  data: z.array(logFile),
  has_more: z.boolean(),
  last_end_time: z.string().nullable().describe('`after` of the next page.'),
})
/** `open`: with what is left of the payloads. `sealed`: only what never changes. */
const form = z.enum(['open', 'sealed'])
export type Form = z.infer<typeof form>
export const logFileQuery = z.object({
  form: form.default('open').describe('`sealed`: only what never changes.'),
})
export const downloadParams = z.object({ token: z.string().max(1000) })
export const nothingHere = z.object({
  object: z.literal('list'),
  data: z.array(z.never()),
  has_more: z.literal(false),
})

export const typeState = z.object({
  eventType,
  retentionDays: z.int(),
  windowSeconds: z.int(),
  files: z.int(),
  lines: z.int(),
  bytes: z.int(),
  closedAt: time.nullable(),
  revision: z.int(),
})
export type TypeState = z.infer<typeof typeState>
export const typeStates = z.object({ items: z.array(typeState), workspaceId: z.string() })
export const typeParams = z.object({ eventType })
export const typeChange = z.object({
  revision: z.int(),
  retentionDays: z.int().min(1).max(3650).optional(),
  windowSeconds: z.int().min(5).max(86_400).optional(),
})

export const fileState = z.object({
  id: z.string(),
  eventType: z.string(),
  startAt: time,
  endAt: time,
  lines: z.int(),
  bytes: z.int(),
  sha256: z.string(),
  sealedSha256: z.string(),
  erasedLines: z.int(),
  deletedAt: time.nullable(),
  deletedBecause: z.string().nullable(),
})
export type FileState = z.infer<typeof fileState>
export const filesQuery = pageQuery.omit({ q: true }).extend({
  type: eventType.optional(),
  state: z.enum(['there', 'deleted']).optional(),
})
export const filesPage = page(fileState)
export const idParams = z.object({ id: z.string().max(100) })

/** For short lists, which come whole. */
export const wholeQuery = z.object({ format: z.enum(['csv', 'json']).optional() })

export const hold = z.object({
  id: z.string(),
  name: z.string(),
  reason: z.string(),
  eventType: eventType.nullable(),
  subject: z.object({ id: z.string(), label: z.string() }).nullable(),
  from: time.nullable(),
  until: time.nullable(),
  createdAt: time,
  createdBy: z.string(),
  releasedAt: time.nullable(),
  releasedBy: z.string().nullable(),
})
export type Hold = z.infer<typeof hold>
export const holds = z.object({ items: z.array(hold) })
export const newHold = z
  .object({
    name: line(100).min(1),
    reason: line(500).min(1),
    eventType: eventType.nullable().default(null),
    /** A member, an enrolment or a service account. */
    subjectId: z.string().max(100).nullable().default(null),
    from: time.nullable().default(null),
    until: time.nullable().default(null),
  })
  .refine(({ from, until }) => from === null || until === null || from < until, {
    path: ['until'],
    error: 'It must be later than the beginning.',
  })

export const newErasure = z.object({
  subjectId: z.string().min(1).max(100),
  reason: line(500).min(1),
})
export const erasure = z.object({
  id: z.string(),
  subjectId: z.string(),
  reason: z.string(),
  askedAt: time,
  askedBy: z.string(),
  files: z.int(),
  lines: z.int().describe('Erased so far.'),
  keptLines: z.int(),
  keptBy: z.array(z.string()).describe('Legal holds that kept lines.'),
  finishedAt: time.nullable(),
})
export type Erasure = z.infer<typeof erasure>
export const erasures = z.object({ items: z.array(erasure) })
export const erasurePreview = erasure
  .pick({ files: true, lines: true, keptLines: true, keptBy: true })
  .extend({ label: z.string() })
export type ErasurePreview = z.infer<typeof erasurePreview>

const subject = z.object({
  id: z.string(),
  label: z.string(),
  kind: z.enum(['member', 'service_account', 'enrolment', 'gone']),
})
export type Subject = z.infer<typeof subject>
export const subjects = z.object({ items: z.array(subject) })

const http = z.url({ protocol: /^https?$/ }).max(2000)
const folderSettings = z.object({
  folder: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Lower-case letters, digits and hyphens; no slash.'),
})
const s3Settings = z.object({
  endpoint: http.describe('https://s3.eu-central-1.amazonaws.com, or another store.'),
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'The name of a bucket.'),
  region: line(60).min(1),
  prefix: z
    .string()
    .max(500)
    .regex(/^([\w.-]+\/)*$/, 'Empty, or folders that each end with a slash: gatehouse/prod/')
    .default(''),
  accessKeyId: line(200).min(1),
})
export type S3Settings = z.infer<typeof s3Settings>
const webhookSettings = z.object({ url: http.describe('Shown without its query.') })
const syslogSettings = z.object({
  host: z.string().regex(/^[\w.:-]{1,253}$/, 'A host name or an address.'),
  port: z.int().min(1).max(65_535),
  tls: z.boolean().default(true),
  /** PEM; null: the well-known authorities. */
  ca: z.string().max(20_000).nullable().default(null),
  format: z.enum(['ocsf', 'cef']).default('ocsf'),
})
export type SyslogSettings = z.infer<typeof syslogSettings>

const common = {
  name: line(100).min(1),
  eventTypes: z.array(eventType).default([]).describe('Empty: all.'),
  from: z
    .enum(['beginning', 'now'])
    .default('beginning')
    .describe('Whether files that are there already are sent too.'),
}
export const newDestination = z.discriminatedUnion('kind', [
  z.object({ ...common, kind: z.literal('folder'), settings: folderSettings }),
  z.object({
    ...common,
    kind: z.literal('s3'),
    settings: s3Settings,
    secretAccessKey: z.string().min(1).max(500),
  }),
  z.object({ ...common, kind: z.literal('webhook'), settings: webhookSettings }),
  z.object({ ...common, kind: z.literal('syslog'), settings: syslogSettings }),
])
export type NewDestination = z.infer<typeof newDestination>

const edit = { revision: z.int(), name: common.name, eventTypes: common.eventTypes }
/** Of the kind that it is. What is left out of the secrets stays as it was. */
export const destinationEdit = z.discriminatedUnion('kind', [
  z.object({ ...edit, kind: z.literal('folder'), settings: folderSettings }),
  z.object({
    ...edit,
    kind: z.literal('s3'),
    settings: s3Settings,
    secretAccessKey: z.string().min(1).max(500).optional(),
  }),
  z.object({
    ...edit,
    kind: z.literal('webhook'),
    settings: webhookSettings.partial(),
  }),
  z.object({ ...edit, kind: z.literal('syslog'), settings: syslogSettings }),
])
export type DestinationEdit = z.infer<typeof destinationEdit>

export const destination = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['folder', 's3', 'webhook', 'syslog']),
  settings: z.record(z.string(), z.unknown()).describe('Without secrets.'),
  where: z.string().describe('Where to, without secrets.'),
  format: z.string().describe('What arrives there.'),
  eventTypes: z.array(z.string()),
  state: z.enum(['unused', 'working', 'failing', 'paused']),
  behind: z.int().describe('Files that have not arrived, counted to 10,000.'),
  lastFile: z.object({ id: z.string(), eventType: z.string(), endAt: time }).nullable(),
  failingSince: time.nullable(),
  failures: z.int().describe('One after the other, until now.'),
  lastError: z.string().nullable(),
  lastSuccessAt: time.nullable(),
  revision: z.int(),
  createdAt: time,
  createdBy: z.string(),
})
export type Destination = z.infer<typeof destination>
export const destinations = z.object({ items: z.array(destination) })
export const issuedDestination = z.object({
  destination,
  secret: z.string().nullable().describe('Of a webhook, this once.'),
})
export type IssuedDestination = z.infer<typeof issuedDestination>
export const destinationChange = z.object({ revision: z.int(), paused: z.boolean() })
export const destinationTest = z.object({ ok: z.boolean(), message: z.string() })

/** What a webhook is sent when a file was closed. */
export const fileNotice = z.object({
  type: z.enum(['compliance.file', 'test']),
  timestamp: z.string(),
  data: z.object({ file: logFile.nullable(), link: z.string().nullable() }),
})
export type FileNotice = z.infer<typeof fileNotice>
