import type { Holding } from '#features/access/index.ts'
import type { Feature, Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { mailJobs } from './mails.ts'
import { migrations } from './migrations.ts'
import type { RequestPorts } from './ports.ts'
import { requestRoutes } from './routes.ts'
import { countOpen, deleteRequestsOf, openRequests } from './store.ts'

export type { RequestPorts, Given, RoleWish } from './ports.ts'
export type { RefusedRule } from './schema.ts'

export interface Requests extends Feature {
  /** Removes what a member asked for, before her row goes. */
  readonly forget: (memberId: string) => Work<void>
  readonly holdings: (memberId: string) => Work<readonly Holding[]>
}

/** Members ask for access; who may decide grants it, for a time or for good, or declines. */
export function createRequests(runtime: Runtime, ports: RequestPorts): Requests {
  const setting = { runtime, ports }
  return {
    name: 'requests',
    migrations,
    routes: requestRoutes(setting),
    jobs: mailJobs(setting),
    *figures() {
      const value = yield* countOpen()
      return value === 0
        ? []
        : [{ key: 'requests', title: 'Requests waiting', value, link: '/requests?state=open' }]
    },
    forget: deleteRequestsOf,
    *holdings(memberId) {
      const open = yield* openRequests(memberId)
      return [
        {
          kind: 'request',
          count: open.length,
          label: open.length === 1 ? 'request for access' : 'requests for access',
          fate: 'Nobody can grant it while the account is not active.',
          items: open.map((row) => ({ id: row.id, label: row.title, link: `/requests/${row.id}` })),
        },
      ]
    },
  }
}
