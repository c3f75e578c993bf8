import { z } from 'zod'

const field = z.string().max(8000).optional()

/** What comes to the token endpoint, in a form or (the client's own refresh, 0.169) in JSON. What is not named is not read. */
export const tokenRequest = z.object({
  grant_type: field.describe('`authorization_code` or `refresh_token`.'),
  client_id: field,
  code: field,
  redirect_uri: field,
  code_verifier: field,
  refresh_token: field,
  scope: field,
  resource: field,
})
export type TokenRequest = z.infer<typeof tokenRequest>

export const tokenAnswer = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int().describe('Seconds.'),
  refresh_token: z.string(),
  scope: z.string(),
  id_token: z.string().optional(),
})

export const revocation = z.object({
  token: z.string().min(1).max(8000),
  token_type_hint: field,
  client_id: field,
})

export const bodyLimit = 64 * 1024

/** RFC 6749, section 5.1: no cache keeps what holds a token. */
const headers = { 'cache-control': 'no-store', pragma: 'no-cache' } as const

export const answered = (body: object, status = 200): Response =>
  Response.json(body, { status, headers })
