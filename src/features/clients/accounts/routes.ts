import { route } from '#features/workspace/index.ts'
import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import { found } from '#kernel/problem.ts'
import type { Call, Route } from '#kernel/route.ts'
import type { Setting } from '../ports.ts'
import { changeAccount, createAccount, deleteAccount } from './act.ts'
import * as schema from './schema.ts'
import { showAccounts } from './show.ts'
import { accountsPage, countAccounts, listedAccount } from './store.ts'

/** The most rows that one download holds. */
const exportLimit = 50_000

const managers = {
  auth: ['session', 'key'],
  permission: 'service_accounts.manage',
  errors: 'problem',
} as const

const one = (call: Call, id: string) =>
  call.read(function* () {
    const row = found(yield* listedAccount(id, call.now), 'service account')
    return found((yield* showAccounts([row]))[0], 'service account')
  })

export const accountRoutes = (setting: Setting): readonly Route[] => [
  listRoute,
  route({
    ...managers,
    id: 'service-accounts.create',
    method: 'POST',
    path: '/api/v1/service-accounts',
    summary: 'Make a service account: for access tokens that are tied to no person',
    description:
      'Its groups decide its policy. It holds no permission of administration, whatever its groups give to people.',
    body: schema.newAccount,
    output: schema.account,
    status: 201,
    audit: 'service-account.create',
    handle: async (call, { body }) => {
      const id = await call.write((record) => createAccount(setting, call, record, body))
      return one(call, id)
    },
  }),
  route({
    ...managers,
    id: 'service-accounts.get',
    method: 'GET',
    path: '/api/v1/service-accounts/{id}',
    summary: 'One service account',
    params: schema.accountId,
    output: schema.account,
    audit: null,
    handle: (call, { params }) => one(call, params.id),
  }),
  route({
    ...managers,
    id: 'service-accounts.change',
    method: 'PATCH',
    path: '/api/v1/service-accounts/{id}',
    summary: 'Rename a service account, give it another owner or other groups, suspend it',
    description: 'Suspended, its access tokens are refused until it is active again.',
    params: schema.accountId,
    body: schema.accountChange,
    output: schema.account,
    audit: 'service-account.change',
    handle: async (call, { params, body }) => {
      await call.write((record) => changeAccount(setting, call, record, params.id, body))
      return one(call, params.id)
    },
  }),
  route({
    ...managers,
    id: 'service-accounts.delete',
    method: 'DELETE',
    path: '/api/v1/service-accounts/{id}',
    summary: 'Delete a service account and end all its access tokens',
    params: schema.accountId,
    query: schema.accountEnd,
    output: null,
    audit: 'service-account.delete',
    recent: true,
    handle: (call, { params, query }) =>
      call.write((record) => deleteAccount(setting, call, record, params.id, query.changeSet)),
  }),
]

const listRoute = route({
  ...managers,
  id: 'service-accounts.list',
  method: 'GET',
  path: '/api/v1/service-accounts',
  summary: 'The service accounts, by name',
  query: schema.accountQuery,
  output: schema.accountPage,
  audit: null,
  handle: async (call, { query }) => {
    const { q: text, status, cursor, format, limit: size } = query
    const limit = format === undefined ? size : exportLimit
    const after = cursor === undefined ? undefined : decodeCursor(cursor)
    const { page, items, total } = await call.read(function* () {
      const rows = yield* accountsPage({ text, status }, after, limit, call.now)
      const page = pageOf(rows, limit, (row) => [row.name_key])
      return {
        page,
        items: yield* showAccounts(page.items),
        total: yield* countAccounts({ text, status }),
      }
    })
    if (format === 'json') return jsonResponse('service-accounts', items)
    if (format === 'csv') return csvResponse('service-accounts', csvColumns, items.map(csvRow))
    return { items, next: page.next, total }
  },
})

const csvColumns = [
  'id',
  'name',
  'purpose',
  'owner',
  'groups',
  'status',
  'tokens',
  'created',
  'created by',
  'last used',
] as const
const csvRow = (a: schema.Account) => [
  a.id,
  a.name,
  a.purpose,
  a.owner.name,
  a.groups.map(({ name }) => name).join(', '),
  a.status,
  a.tokens,
  timeCell(a.createdAt),
  a.createdBy,
  timeCell(a.lastUsedAt),
]
