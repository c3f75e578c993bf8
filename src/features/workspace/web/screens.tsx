import { IconHistory, IconLayoutDashboard, IconSettings } from '@tabler/icons-react'
import { lazyScreen, type Screen } from '#web/kit/index.ts'

export const screens: readonly Screen[] = [
  {
    path: '/',
    title: 'Overview',
    component: lazyScreen(() => import('./overview.tsx'), 'OverviewScreen'),
    nav: { group: 'Govern', order: 10, icon: IconLayoutDashboard, permission: 'workspace.read' },
  },
  {
    path: '/activity',
    title: 'Activity',
    component: lazyScreen(() => import('./activity.tsx'), 'ActivityScreen'),
    nav: { group: 'Prove', order: 10, icon: IconHistory, permission: 'audit.read' },
  },
  {
    path: '/activity/$recordId',
    title: 'Act',
    component: lazyScreen(() => import('./act.tsx'), 'ActScreen'),
  },
  {
    path: '/settings',
    title: 'Settings',
    component: lazyScreen(() => import('./settings.tsx'), 'SettingsScreen'),
    nav: { group: 'Settings', order: 20, icon: IconSettings, permission: 'workspace.read' },
  },
]
