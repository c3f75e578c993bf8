import { z } from 'zod'
import { permissionKeys } from './permissions.ts'

/** Integer milliseconds since the epoch, UTC. */
export const time = z.int()
export const permission = z.enum(permissionKeys as [(typeof permissionKeys)[number]])

/**
 * One line of text as people type names: no control characters, no line breaks. Names end in mails, in scripts and in the
 * client's own warnings, where an escape sequence would be run by the terminal.
 */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'Only one line of text, without control characters.')

/** Whether this is the name of a time zone, such as UTC or Europe/Berlin. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** What every list takes: free text, a cursor of the previous page, and the size of a page. */
export const pageQuery = z.object({
  q: z.string().max(200).optional().describe('Shows only what contains this text.'),
  cursor: z.string().max(2000).optional().describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  format: z.enum(['json', 'csv']).optional().describe('Downloads the whole filtered list.'),
})

/** What every list answers. `total` counts everything that the filter lets through. */
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable(), total: z.int() })

export const workspace = z.object({ id: z.string(), name: z.string(), createdAt: time })
export type Workspace = z.infer<typeof workspace>
export const workspaceChange = z.object({ name: line(100).min(1) })

export const auditRecord = z.object({
  id: z.string(),
  at: time,
  actor: z.object({ kind: z.string(), id: z.string(), label: z.string() }),
  action: z.string(),
  target: z.object({ kind: z.string(), id: z.string(), label: z.string() }),
  touches: z.int().optional(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  requestId: z.string().nullable(),
  ip: z.string().nullable(),
})
export type AuditRecord = z.infer<typeof auditRecord>
export const auditQuery = pageQuery.extend({
  action: z.string().max(100).optional().describe('The action, or the start of it: `policy.`'),
  actor: z.string().max(100).optional(),
  target: z.string().max(100).optional(),
  since: z.coerce.number().int().optional(),
  until: z.coerce.number().int().optional(),
})
export const auditPage = page(auditRecord)

/** One step of the rollout, judged by what is in the database and not by a tick somebody made. */
export const checklistItem = z.object({
  key: z.string(),
  title: z.string(),
  detail: z.string(),
  done: z.boolean(),
  link: z.string(),
})
export type ChecklistItem = z.infer<typeof checklistItem>
export const overview = z.object({
  workspace,
  checklist: z.array(checklistItem),
  alarms: z.array(
    z.object({
      key: z.string(),
      severity: z.enum(['warning', 'error']),
      message: z.string(),
      remedy: z.string(),
      since: time.nullable(),
    }),
  ),
  figures: z.array(
    z.object({ key: z.string(), title: z.string(), value: z.number(), link: z.string() }),
  ),
})
export type Overview = z.infer<typeof overview>

export const findQuery = z.object({ q: z.string().max(100) })
export const findHit = z.object({
  kind: z.string(),
  id: z.string(),
  label: z.string(),
  detail: z.string(),
  link: z.string(),
})
export const findResult = z.object({ items: z.array(findHit) })
export type FindHit = z.infer<typeof findHit>

export const mailSettings = z.object({
  configured: z.boolean(),
  from: z.string().nullable(),
  host: z.string().nullable(),
  user: z.string().nullable(),
})
export const testMail = z.object({ to: z.email().max(254) })
export const testMailResult = z.object({ sent: z.boolean(), detail: z.string() })
