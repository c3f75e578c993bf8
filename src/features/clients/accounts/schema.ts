import { z } from 'zod'
import { line, page, pageQuery, time } from '../../workspace/schema.ts'

const id = z.string().min(1).max(100)
const named = z.object({ id, name: z.string() })

export const accountStatus = z.enum(['active', 'suspended'])
export const accountOwner = z.object({ kind: z.enum(['member', 'group']), id })

export const account = z.object({
  id,
  name: z.string(),
  purpose: z.string(),
  owner: accountOwner
    .extend({ name: z.string(), present: z.boolean().describe('False: gone, or not active.') })
    .describe('Who answers for it, and is told before one of its tokens ends.'),
  groups: z.array(named).describe('They decide its policy, and give nothing else.'),
  status: accountStatus,
  tokens: z.int().describe('Access tokens that work now.'),
  createdAt: time,
  createdBy: z.string(),
  lastUsedAt: time.nullable(),
  version: z.int(),
})
export type Account = z.infer<typeof account>
export const accountPage = page(account)
export const accountQuery = pageQuery.extend({ status: accountStatus.optional() })
export const accountId = z.object({ id })
export const accountTokenId = z.object({ id, tokenId: id })

const groupIds = z.array(id).max(100).readonly()
const changeSet = z.string().max(100).optional().describe('The hash of the previewed change set.')
const name = line(100).min(1)
const purpose = line(500)

export const newAccount = z.object({
  name,
  purpose: purpose.min(1).describe('What it does, so that others know what breaks without it.'),
  owner: accountOwner,
  groupIds: groupIds.default([]),
  changeSet,
})
export const accountChange = z.object({
  name: name.optional(),
  purpose: purpose.optional(),
  owner: accountOwner.optional(),
  groupIds: groupIds.optional(),
  status: accountStatus.optional(),
  version: z.int().describe('That of the account as it was looked at.'),
  changeSet,
})
export const accountEnd = z.object({ changeSet })
