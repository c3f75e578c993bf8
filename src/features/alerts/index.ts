import type { Feature, Hit, Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { createEvaluation } from './evaluate.ts'
import { alertMigrations } from './migrations.ts'
import type { AlertPorts } from './ports.ts'
import { changeRoutes } from './routes.change.ts'
import { alertRoutes } from './routes.ts'
import { allAlerts, deleteAlerts, openFirings } from './store.ts'
import type { AlertRow } from './tables.ts'

export type { AlertPorts } from './ports.ts'

export interface Alerts extends Feature {
  /** Removes what watches a member before the row goes. */
  readonly forget: (memberId: string) => Work<void>
}

/** Prove: budgets and other alerts on the questions of analytics. They tell, and refuse nothing. */
export function createAlerts(runtime: Runtime, ports: AlertPorts): Alerts {
  const parts = { ...ports, runtime }
  return {
    name: 'alerts',
    migrations: alertMigrations,
    routes: [...alertRoutes(parts), ...changeRoutes(parts)],
    ...createEvaluation(parts),
    *figures() {
      const open = new Set((yield* openFirings()).map((f) => f.alert_id))
      // Everybody sees the overview; what is exact shows persons.
      const firing = (yield* allAlerts()).filter(({ id, exact }) => exact === 0 && open.has(id))
      return [
        {
          key: 'alerts',
          title: 'Alerts that fire',
          value: firing.length,
          link: '/alerts?state=firing',
        },
      ]
    },
    finders: [{ permission: 'analytics.view', find: findAlerts }],
    *forget(memberId) {
      const mine = (yield* allAlerts()).filter((a) => a.of === 'member' && a.value === memberId)
      yield* deleteAlerts(mine.map(({ id }) => id))
    },
  }
}

function* there(): Work<readonly AlertRow[]> {
  return (yield* allAlerts()).filter((row) => row.deleted_at === null)
}

function* findAlerts(text: string): Work<readonly Hit[]> {
  const hits = (yield* there()).filter(
    ({ name, exact }) => exact === 0 && name.toLowerCase().includes(text),
  )
  return hits.slice(0, 5).map(({ id, name }) => ({
    kind: 'alert',
    id,
    label: name,
    detail: 'Alert',
    link: `/alerts/${id}`,
  }))
}
