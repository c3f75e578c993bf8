import { IconArrowsSplit } from '@tabler/icons-react'
import { lazyScreen, type Screen } from '#web/kit/index.ts'

export const screens: readonly Screen[] = [
  {
    path: '/drift',
    title: 'Drift',
    component: lazyScreen(() => import('./drift.tsx'), 'DriftScreen'),
    nav: { group: 'Prove', order: 30, icon: IconArrowsSplit, permission: 'drift.read' },
  },
  {
    path: '/drift/findings',
    title: 'Disagreements',
    component: lazyScreen(() => import('./findings.tsx'), 'FindingsScreen'),
  },
  {
    path: '/drift/settings',
    title: 'What clients are held to',
    component: lazyScreen(() => import('./settings.tsx'), 'DriftSettingsScreen'),
  },
  {
    path: '/drift/$driftId',
    title: 'Reporting client',
    component: lazyScreen(() => import('./client.tsx'), 'DriftClientScreen'),
  },
]
