import type { AccessPorts } from '#features/access/index.ts'
import type { Permission } from '#features/workspace/index.ts'
import type { Route } from '#kernel/route.ts'
import type { Feature, Finder, Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import {
  accountRoutes,
  groupUsedByAccounts,
  ownedAccounts,
  serviceAccounts,
  findAccounts,
} from './accounts/index.ts'
import { createBearers, type Bearers } from './bearers.ts'
import { deviceRoutes } from './device/routes.ts'
import { endClientsOf, figures, find, forget, holdings, lastServed } from './fleet/index.ts'
import { fleetRoutes } from './fleet/routes.ts'
import { grantRoutes } from './grant/routes.ts'
import { clientJobs, schedules } from './jobs.ts'
import { createSigningKeys } from './keys/index.ts'
import { createLimits } from './limits.ts'
import { migrations } from './migrations.ts'
import type { ClientsPorts, Setting } from './ports.ts'
import { machineRoutes } from './machine/routes.ts'
import { reachRoutes } from './reach/routes.ts'
import { setupRoutes } from './setup/routes.ts'
import { tokenJobs, tokenRoutes, tokenSchedules, tokensHeld, findTokens } from './tokens/index.ts'

export type { Bearer, Bearers } from './bearers.ts'
export { looksLikeBearer, readAccessToken } from './bearers.form.ts'
export { serviceAccounts } from './accounts/index.ts'
export { kindOf } from './accounts/principal.ts'
export {
  addEvents,
  addUses,
  fetchesOf,
  lastServedOf,
  principalsServed,
  type ClientFetches,
  type EventSum,
  type UseSum,
} from './fleet/index.ts'
export type { ClientsPorts } from './ports.ts'
export { liveClient } from './store.clients.ts'

export interface Clients extends Feature {
  readonly bearers: Bearers
  /** Ports of access: what this feature keeps about a member. */
  readonly forget: AccessPorts['forget']
  readonly endClients: AccessPorts['endClients']
  readonly holdings: AccessPorts['holdings']
  /** Port of signin: she has a new password and wants her clients out as well; how many there were. */
  readonly endForPassword: (memberId: string, at: number, by: string) => Work<number>
  /** Service accounts, for who resolves policies. */
  readonly serviceAccounts: typeof serviceAccounts
  /** Port of access: service accounts that are in a group, or that it answers for. */
  readonly groupUsedBy: typeof groupUsedByAccounts
  /** The newest fetch of any client of the member or service account, for look-ups. */
  readonly lastServed: typeof lastServed
}

/** The agents themselves: how they sign in to us, what they hold, and who ends it. */
export function createClients(runtime: Runtime, ports: ClientsPorts): Clients {
  const keys = createSigningKeys(runtime)
  const setting: Setting = {
    runtime,
    ports,
    keys,
    limits: createLimits(runtime.clock),
  }
  const bearers = createBearers(runtime)
  return {
    name: 'clients',
    migrations,
    routes: [
      ...grantRoutes(setting),
      ...deviceRoutes(setting),
      // Before /api/v1/clients/{id}, which would take every name for an id.
      ...setupRoutes(setting),
      ...machineRoutes(setting),
      ...fleetRoutes(),
      ...reachRoutes(),
      ...tokenRoutes(setting),
      ...accountRoutes(setting),
    ].map((route) => settled(route, bearers)),
    start: bearers.start,
    stop: bearers.stop,
    jobs: [...clientJobs(setting), ...tokenJobs(setting), ...keys.jobs],
    schedules: [...schedules, ...tokenSchedules, ...keys.schedules],
    figures,
    finders: [
      { permission: 'clients.read', find },
      { permission: 'access_tokens.manage', find: (text) => findTokens(text, runtime.clock()) },
      { permission: 'service_accounts.manage', find: findAccounts },
    ] satisfies readonly (Finder & { readonly permission: Permission })[],
    bearers,
    forget,
    endClients: (memberId, at, by) => endClientsOf(memberId, { at, by, reason: 'member_removed' }),
    endForPassword: (memberId, at, by) =>
      endClientsOf(memberId, { at, by, reason: 'password_changed' }),
    *holdings(memberId) {
      return [
        ...(yield* holdings(memberId)),
        ...(yield* tokensHeld(memberId, runtime.clock())),
        ...(yield* ownedAccounts(memberId)),
      ]
    },
    lastServed,
    serviceAccounts,
    groupUsedBy: groupUsedByAccounts,
  }
}

/** Whoever is told that a client was ended, or that it has signed in, finds it so in this process: also after a refusal. */
function settled(route: Route, bearers: Bearers): Route {
  if (route.method === 'GET') return route
  return {
    ...route,
    async handle(call, input) {
      try {
        return await route.handle(call, input)
      } finally {
        // The write is committed: a database that goes away now is the poll's business, not the caller's.
        await bearers.refresh().catch(() => undefined)
      }
    },
  }
}
