import { api } from '#web/kit/index.ts'
import {
  clientsEnded,
  decided,
  deviceRequest,
  type Authorization,
  type Client,
  type DeviceRequest,
} from '../schema.ts'

/** The addresses that the screens of this feature ask. */
export const at = {
  authorization: (id: string) => `/api/v1/authorizations/${encodeURIComponent(id)}`,
  clients: '/api/v1/clients',
  client: (id: string) => `/api/v1/clients/${encodeURIComponent(id)}`,
  ownClients: '/api/v1/me/clients',
} as const

/** More than anybody has; the rest is in the download. */
export const ownQuery = { limit: 500 }

export type Decision = 'approve' | 'deny'

/** For the person whom the page showed: if another one is signed in by now, nothing is decided. */
export const decideAuthorization = ({ id, member }: Authorization, decision: Decision) =>
  api.post(`${at.authorization(id)}/${decision}`, { body: { member: member.id }, schema: decided })

export const findDevice = (userCode: string) =>
  api.post('/api/v1/device-requests/find', { body: { userCode }, schema: deviceRequest })

/** With the code once more: an id alone decides nothing. */
export const decideDevice = ({ id, member }: DeviceRequest, userCode: string, decision: Decision) =>
  api.post(`/api/v1/device-requests/${encodeURIComponent(id)}/${decision}`, {
    body: { userCode, member: member.id },
  })

export const endOwnClient = ({ id }: Client) =>
  api.delete(`${at.ownClients}/${encodeURIComponent(id)}`)

export const endClient = ({ id }: Client) => api.delete(at.client(id))

export interface EndFilter {
  readonly member?: string
  readonly route?: Client['route']
  readonly signedInBefore?: number
  readonly unusedSince?: number
}
export const endClients = (filter: EndFilter, expected: number) =>
  api.post(`${at.clients}/end`, { body: { ...filter, expected }, schema: clientsEnded })
