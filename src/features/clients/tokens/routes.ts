import { route } from '#features/workspace/index.ts'
import { found } from '#kernel/problem.ts'
import type { Call, Route } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { accountById } from '../accounts/store.ts'
import { accountId, accountTokenId } from '../accounts/schema.ts'
import type { Setting } from '../ports.ts'
import { listTokens } from './list.ts'
import { makeToken, revokeToken, rotateToken, shown } from './make.ts'
import { ownTokenRoutes } from './routes.own.ts'
import * as schema from './schema.ts'
import { listedToken, type ListedToken } from './store.ts'

const everybodys = {
  auth: ['session', 'key'],
  permission: 'access_tokens.manage',
  errors: 'problem',
} as const
const ofAccounts = { ...everybodys, permission: 'service_accounts.manage' } as const

/** All access tokens: the own ones, everybody's, and those of service accounts. */
export const tokenRoutes = (setting: Setting): readonly Route[] => [
  ...ownTokenRoutes(setting),
  ...workspaceRoutes,
  ...accountTokenRoutes(setting),
]

const workspaceRoutes: readonly Route[] = [
  route({
    ...everybodys,
    id: 'access-tokens.list',
    method: 'GET',
    path: '/api/v1/access-tokens',
    summary: 'The access tokens of all members and service accounts, the newest first',
    query: schema.accessTokenQuery,
    output: schema.accessTokenPage,
    audit: null,
    handle: (call, { query }) => listTokens(call, query),
  }),
  route({
    ...everybodys,
    id: 'access-tokens.get',
    method: 'GET',
    path: '/api/v1/access-tokens/{id}',
    summary: 'One access token, without its secret',
    params: schema.tokenId,
    output: schema.accessToken,
    audit: null,
    handle: (call, { params }) => call.read(() => shown(params.id, call.now)),
  }),
  route({
    ...everybodys,
    id: 'access-tokens.revoke',
    method: 'DELETE',
    path: '/api/v1/access-tokens/{id}',
    summary: 'End anybody’s access token for good',
    params: schema.tokenId,
    output: null,
    audit: 'access-token.revoke',
    handle: (call, { params }) =>
      call.write(function* (record) {
        const row = found(yield* listedToken(params.id, call.now), 'access token')
        yield* revokeToken(call, record, row)
      }),
  }),
]

function* ofAccount(call: Call, id: string, tokenId: string): Work<ListedToken> {
  found(yield* accountById(id), 'service account')
  const row = yield* listedToken(tokenId, call.now)
  return found(row?.account_id === id ? row : undefined, 'access token of this service account')
}

const accountTokenRoutes = (setting: Setting): readonly Route[] => [
  route({
    ...ofAccounts,
    id: 'service-accounts.tokens',
    method: 'GET',
    path: '/api/v1/service-accounts/{id}/tokens',
    summary: 'The access tokens of a service account, the newest first',
    params: accountId,
    query: schema.accountTokenQuery,
    output: schema.accessTokenPage,
    audit: null,
    handle: async (call, { params, query }) => {
      const { id } = found(await call.read(() => accountById(params.id)), 'service account')
      return listTokens(call, { ...query, account: id })
    },
  }),
  route({
    ...ofAccounts,
    id: 'service-accounts.create-token',
    method: 'POST',
    path: '/api/v1/service-accounts/{id}/tokens',
    summary: 'Make an access token for a service account; it is shown this once',
    params: accountId,
    body: schema.newToken,
    output: schema.issuedToken,
    status: 201,
    recent: true,
    audit: 'access-token.create',
    handle: (call, { params, body }) =>
      call.write(function* (record) {
        const { id } = found(yield* accountById(params.id), 'service account')
        return yield* makeToken(setting, call, record, { kind: 'service_account', id }, body)
      }),
  }),
  route({
    ...ofAccounts,
    id: 'service-accounts.rotate-token',
    method: 'POST',
    path: '/api/v1/service-accounts/{id}/tokens/{tokenId}/rotate',
    summary: 'Make a second token in place of one of a service account, which goes on for a while',
    params: accountTokenId,
    body: schema.rotation,
    output: schema.issuedToken,
    status: 201,
    recent: true,
    audit: 'access-token.rotate',
    handle: (call, { params, body }) =>
      call.write(function* (record) {
        const row = yield* ofAccount(call, params.id, params.tokenId)
        return yield* rotateToken(setting, call, record, row, body)
      }),
  }),
  route({
    ...ofAccounts,
    id: 'service-accounts.revoke-token',
    method: 'DELETE',
    path: '/api/v1/service-accounts/{id}/tokens/{tokenId}',
    summary: 'End an access token of a service account for good',
    params: accountTokenId,
    output: null,
    audit: 'access-token.revoke',
    handle: (call, { params }) =>
      call.write(function* (record) {
        yield* revokeToken(call, record, yield* ofAccount(call, params.id, params.tokenId))
      }),
  }),
]
