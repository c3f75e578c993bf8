import { IconClipboardList, IconLayoutDashboard, IconSettings } from '@tabler/icons-react'
import { lazyScreen, type Screen } from '#web/kit/index.ts'

export const screens: readonly Screen[] = [
  {
    path: '/',
    title: 'Overview',
    component: lazyScreen(() => import('./overview.tsx'), 'OverviewScreen'),
    nav: { group: 'Govern', order: 10, icon: IconLayoutDashboard, permission: 'workspace.read' },
  },
  {
    path: '/decisions',
    title: 'Decisions',
    component: lazyScreen(() => import('./decisions/decisions.tsx'), 'DecisionsScreen'),
    nav: { group: 'Govern', order: 85, icon: IconClipboardList, permission: 'workspace.read' },
  },
  {
    path: '/decisions/$key',
    title: 'Decision',
    component: lazyScreen(() => import('./decisions/decision.tsx'), 'DecisionScreen'),
  },
  {
    path: '/settings',
    title: 'Settings',
    component: lazyScreen(() => import('./settings.tsx'), 'SettingsScreen'),
    nav: { group: 'Settings', order: 20, icon: IconSettings, permission: 'workspace.read' },
  },
]
