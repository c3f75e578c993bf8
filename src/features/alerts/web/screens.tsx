import { IconGauge } from '@tabler/icons-react'
import { lazyScreen, type Screen } from '#web/kit/index.ts'

export const screens: readonly Screen[] = [
  {
    path: '/alerts',
    title: 'Alerts',
    component: lazyScreen(() => import('./alerts.tsx'), 'AlertsScreen'),
    nav: { group: 'Prove', order: 60, icon: IconGauge, permission: 'analytics.view' },
  },
  {
    path: '/alerts/new',
    title: 'New alert',
    component: lazyScreen(() => import('./edit.tsx'), 'NewAlertScreen'),
  },
  {
    path: '/alerts/$alertId',
    title: 'Alert',
    component: lazyScreen(() => import('./alert.tsx'), 'AlertScreen'),
  },
  {
    path: '/alerts/$alertId/edit',
    title: 'Change alert',
    component: lazyScreen(() => import('./edit.tsx'), 'EditAlertScreen'),
  },
]
