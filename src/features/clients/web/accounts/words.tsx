import '../clients.css'
import { Status } from '#web/kit/index.ts'
import type { Account } from '../../accounts/schema.ts'

export const AccountState = ({ of }: { readonly of: Account }) =>
  of.status === 'active' ? <Status>active</Status> : <Status meaning="forbidden">suspended</Status>

export const groupNames = ({ groups }: Account): string =>
  groups.length === 0 ? 'none: the default policy' : groups.map(({ name }) => name).join(', ')
