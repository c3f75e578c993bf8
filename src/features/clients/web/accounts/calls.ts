import type { z } from 'zod'
import { api } from '#web/kit/index.ts'
import {
  account,
  type Account,
  type accountChange,
  type newAccount,
} from '../../accounts/schema.ts'

export const accounts = '/api/v1/service-accounts'
export const accountAt = (id: string) => `${accounts}/${encodeURIComponent(id)}`

export const makeAccount = (wish: z.input<typeof newAccount>) =>
  api.post(accounts, { body: wish, schema: account })

export const changeAccount = (
  { id, version }: Account,
  change: Omit<z.input<typeof accountChange>, 'version'>,
) => api.patch(accountAt(id), { body: { ...change, version }, schema: account })

export const deleteAccount = ({ id }: Account, changeSet: string | undefined) =>
  api.delete(accountAt(id), changeSet === undefined ? {} : { query: { changeSet } })

/** What may look different after any act on an account. */
export const touched = ['service-accounts', 'access-tokens', 'groups', 'lookup']
