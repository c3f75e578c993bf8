import { IconHistory } from '@tabler/icons-react'
import { lazyScreen, type Screen } from '#web/kit/index.ts'

export const screens: readonly Screen[] = [
  {
    path: '/audit',
    title: 'Audit',
    component: lazyScreen(() => import('./records.tsx'), 'RecordsScreen'),
    nav: { group: 'Prove', order: 50, icon: IconHistory, permission: 'audit.read' },
  },
  {
    path: '/audit/chain',
    title: 'Chain and checkpoints',
    component: lazyScreen(() => import('./chain.tsx'), 'ChainScreen'),
  },
  {
    path: '/audit/$recordId',
    title: 'Act',
    component: lazyScreen(() => import('./record.tsx'), 'RecordScreen'),
  },
  // Links of before.
  {
    path: '/activity',
    title: 'Audit',
    component: lazyScreen(() => import('./moved.tsx'), 'MovedScreen'),
  },
  {
    path: '/activity/$recordId',
    title: 'Act',
    component: lazyScreen(() => import('./moved.tsx'), 'MovedScreen'),
  },
]
