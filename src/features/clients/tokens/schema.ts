import { z } from 'zod'
import { line, page, pageQuery, time } from '../../workspace/schema.ts'
import { longestDays } from '../../workspace/surfaces/schema.ts'

const id = z.string().min(1).max(100)

/** Lifetimes that people choose among; any other number of days may be given, or none. */
export const usualDays = [7, 30, 60, 90] as const

/** `suspended`: its member or service account is, and it is refused until that is over. */
export const tokenState = z.enum(['active', 'suspended', 'expired', 'revoked'])

export const accessToken = z.object({
  id,
  name: z.string(),
  purpose: z.string(),
  prefix: z.string().describe('The part that may be shown again, to recognise it by.'),
  of: z.object({
    kind: z.enum(['member', 'service_account']),
    id,
    name: z.string(),
    email: z.string().nullable(),
  }),
  state: tokenState,
  madeAt: time,
  madeBy: z.string(),
  expiresAt: time.nullable().describe('Null: it does not end by itself.'),
  lastUsedAt: time.nullable(),
  lastUsedFrom: z.string().nullable(),
  fetches: z.int(),
  program: z.string().describe('What it was last used with, as that named itself.'),
  served: z.string().nullable().describe('The policy version that was served to it last.'),
  replaces: z
    .object({ id, name: z.string() })
    .nullable()
    .describe('The token that it takes the place of.'),
  replacedBy: z.object({ id, name: z.string() }).nullable(),
  endedAt: time.nullable(),
  endedBy: z.string().nullable(),
  willKnowBy: time.describe(
    'Who ends it now: every newly started client knows by then, because it keeps an answer for an hour.',
  ),
})
export type AccessToken = z.infer<typeof accessToken>
export const accessTokenPage = page(accessToken)
export const accessTokenFilter = z.object({
  state: tokenState.optional(),
  member: z.string().max(100).optional().describe('The id of a member.'),
  account: z.string().max(100).optional().describe('The id of a service account.'),
  kind: z.enum(['member', 'service_account']).optional(),
  endsBefore: z.coerce.number().int().optional().describe('Ends by itself before this time (ms).'),
})
export const accessTokenQuery = pageQuery.extend(accessTokenFilter.shape)
export const ownTokenQuery = accessTokenQuery.omit({ member: true, account: true, kind: true })
export const accountTokenQuery = ownTokenQuery
export const tokenId = z.object({ id })

const expiresInDays = z
  .int()
  .min(1)
  .max(longestDays)
  .nullable()
  .describe('7, 30, 60, 90 or any number of days from now; null: it does not end by itself.')

export const newToken = z.object({
  name: line(100).min(1),
  purpose: line(500).default(''),
  expiresInDays,
})
export const rotation = z.object({
  expiresInDays,
  oldEndsInHours: z
    .int()
    .min(0)
    .max(24 * 90)
    .describe(
      'How long the old token goes on, so that what uses it can be given the new one; 0: it ends now.',
    ),
})

/** Lines for a runner, with what they ensure. */
export const runnerSnippet = z.object({
  id: z.enum(['github', 'gitlab', 'shell']),
  title: z.string(),
  fileName: z.string(),
  language: z.enum(['yaml', 'shell']),
  text: z.string(),
  notes: z.array(z.string()),
})
export type RunnerSnippet = z.infer<typeof runnerSnippet>
export const issuedToken = z.object({
  token: accessToken,
  secret: z.string().describe('Shown in this answer and nowhere else.'),
  old: accessToken.nullable().describe('Of a rotation: the old one, with its new end.'),
})
export type IssuedToken = z.infer<typeof issuedToken>

/** What somebody who makes a token has to know beforehand. */
export const tokenTerms = z.object({
  on: z.boolean(),
  message: z.string().describe('Why there are none at the moment, where there are none.'),
  maxDays: z.int().nullable().describe('The longest lifetime of a new one; null: any.'),
  mayMake: z.boolean().describe('Whether the caller may make one for herself.'),
  snippets: z.array(runnerSnippet),
})
export type TokenTerms = z.infer<typeof tokenTerms>
