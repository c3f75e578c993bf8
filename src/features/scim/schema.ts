import { z } from 'zod'
import { line, page, pageQuery, time } from '../workspace/schema.ts'

export const providers = ['okta', 'entra', 'other'] as const
export const provider = z.enum(providers)
export type Provider = z.infer<typeof provider>

const name = line(100).min(1)
const version = z.int().min(1)
export const idParams = z.object({ id: z.string().max(100) })
export const tokenParams = z.object({ id: z.string().max(100), token: z.string().max(100) })

export const token = z.object({
  id: z.string(),
  prefix: z.string(),
  createdAt: time,
  createdBy: z.string(),
  expiresAt: time
    .nullable()
    .describe('The end of the time in which it works beside its successor.'),
  lastUsedAt: time.nullable(),
  state: z.enum(['working', 'ending', 'ended']),
})
export type Token = z.infer<typeof token>

export const directory = z.object({
  id: z.string(),
  name: z.string(),
  provider,
  adopts: z
    .boolean()
    .describe('Whether it may take over members and groups that were made by hand.'),
  state: z.enum(['connected', 'disconnected']),
  users: z.int(),
  inactive: z.int(),
  groups: z.int(),
  createdAt: time,
  createdBy: z.string(),
  disconnectedAt: time.nullable(),
  lastRequestAt: time.nullable(),
  lastRefusedAt: time.nullable(),
  version,
})
export type Directory = z.infer<typeof directory>
export const directoriesPage = page(directory)
export const directoriesQuery = pageQuery

export const directoryPage = directory.extend({
  address: z.string().describe('What the provider calls the tenant or base address.'),
  tokens: z.array(token),
})
export type DirectoryPage = z.infer<typeof directoryPage>

export const newDirectory = z.object({ name, provider, adopts: z.boolean().default(false) })
export const directoryChange = z.object({
  name: name.optional(),
  adopts: z.boolean().optional(),
  version,
})
export const issued = z.object({
  directory: directoryPage,
  secret: z.string().describe('The token itself. It is shown this once and cannot be read back.'),
})

export const rotation = z.object({
  overlapHours: z
    .int()
    .min(0)
    .max(720)
    .describe('How long the tokens until now work beside the new one.'),
})

export const disconnection = z.object({
  people: z
    .enum(['keep', 'suspend'])
    .describe('`keep`: they stay as they are, and are kept by hand. `suspend`: suspended, too.'),
  version,
})

export const outcomes = ['changed', 'unchanged', 'read', 'refused'] as const
export const logQuery = pageQuery.extend({ outcome: z.enum(outcomes).optional() })
export const entry = z.object({
  id: z.string(),
  at: time,
  method: z.string(),
  resource: z.string(),
  targetId: z.string().nullable(),
  targetLabel: z.string(),
  status: z.int(),
  outcome: z.enum(outcomes),
  detail: z.string().describe('Why it was refused, as the provider was told.'),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  requestId: z.string(),
})
export type Entry = z.infer<typeof entry>
export const logPage = page(entry)
