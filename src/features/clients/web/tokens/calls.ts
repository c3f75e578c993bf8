import type { z } from 'zod'
import { api } from '#web/kit/index.ts'
import { issuedToken, type AccessToken, type newToken, type rotation } from '../../tokens/schema.ts'

type New = z.input<typeof newToken>
type Rotation = z.input<typeof rotation>

/** One of the two places where tokens are made: for oneself, or for a service account. */
export interface TokenPlace {
  readonly path: string
  readonly of: { readonly kind: 'own' } | { readonly kind: 'service_account'; readonly id: string }
}

export const ownTokens: TokenPlace = { path: '/api/v1/me/access-tokens', of: { kind: 'own' } }
export const tokensOfAccount = (id: string): TokenPlace => ({
  path: `/api/v1/service-accounts/${encodeURIComponent(id)}/tokens`,
  of: { kind: 'service_account', id },
})

export const allTokens = '/api/v1/access-tokens'
export const terms = '/api/v1/access-token-terms'

export const makeToken = ({ path }: TokenPlace, wish: New) =>
  api.post(path, { body: wish, schema: issuedToken })

export const rotateToken = ({ path }: TokenPlace, { id }: AccessToken, wish: Rotation) =>
  api.post(`${path}/${encodeURIComponent(id)}/rotate`, { body: wish, schema: issuedToken })

export const revokeToken = (path: string, { id }: AccessToken) =>
  api.delete(`${path}/${encodeURIComponent(id)}`)

/** What may look different after any act on a token. */
export const touched = ['access-tokens', 'service-accounts', 'overview']
