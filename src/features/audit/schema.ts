import { z } from 'zod'
import { auditRecord, page, time } from '../workspace/schema.ts'

const hex = z.string().regex(/^[0-9a-f]{64}$/)

/** A record with its place in the chain; null while it waits to be linked, for less than a second. */
export const placedRecord = auditRecord.extend({
  place: z.object({ seq: z.int(), commitment: hex, link: hex }).nullable(),
})

export const checkpoint = z.object({
  records: z.int().describe('How many records there were.'),
  link: hex,
  at: time,
  text: z.string().describe('The signed text, as `gatehouse audit verify --checkpoint` takes it.'),
  sends: z.array(
    z.object({
      outlet: z.string().describe('`mail:<address>`, `webhook:<id>` or `archive:<id>`.'),
      label: z.string(),
      state: z.enum(['waiting', 'sent', 'failed']),
      at: time,
      message: z.string().nullable(),
    }),
  ),
})
export type Checkpoint = z.infer<typeof checkpoint>
export const checkpointsPage = page(checkpoint)
export const checkpointsQuery = z.object({
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
})

export const publicKey = z.object({
  workspace: z.string(),
  algorithm: z.literal('Ed25519'),
  publicKey: z.string().describe('32 bytes in base64.'),
})

export const finding = z.object({
  trouble: z.enum(['edited', 'missing', 'order', 'link', 'signature', 'rewritten', 'cut', 'form']),
  seq: z.int().nullable(),
  message: z.string(),
})
export const verification = z.object({
  id: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  startedAt: time,
  startedBy: z.string(),
  total: z.int(),
  checked: z.int(),
  finishedAt: time.nullable(),
  troubles: z.int(),
  findings: z.array(finding),
})
export type Verification = z.infer<typeof verification>

export const chain = z.object({
  records: z.int().describe('How many are linked.'),
  link: hex,
  waiting: z.object({ count: z.int(), since: time.nullable() }),
  inherited: z
    .object({ records: z.int(), at: time })
    .nullable()
    .describe('Records that were there before the chain: it vouches for them only from then on.'),
  checkpoint: checkpoint.nullable(),
  verification: verification.nullable().describe('The newest, which may still run.'),
  verified: verification.nullable().describe('The newest that came to its end.'),
  refusedSince: time
    .nullable()
    .describe(
      'Since when nothing is signed, because the chain is not the one that was signed last.',
    ),
})
export type Chain = z.infer<typeof chain>

const choices = z.array(z.object({ id: z.string(), name: z.string(), on: z.boolean() }))
export const outlets = z.object({
  mailTo: z.array(z.string()),
  webhooks: choices,
  archives: choices.describe('Folders and buckets that the compliance log is exported to.'),
  mailConfigured: z.boolean(),
  revision: z.int(),
})
export type Outlets = z.infer<typeof outlets>
export const outletsChange = z.object({
  mailTo: z.array(z.email().max(254)).max(10),
  webhooks: z.array(z.string().max(100)).max(10),
  archives: z.array(z.string().max(100)).max(10).default([]),
  revision: z.int(),
})

export const exportQuery = z.object({
  from: z.coerce
    .number()
    .int()
    .min(1)
    .default(1)
    .describe('Number of the record to begin with; to go on after a checkpoint of N records, N.'),
})
