import { IconHandStop } from '@tabler/icons-react'
import { lazyScreen, type Screen } from '#web/kit/index.ts'

export const screens: readonly Screen[] = [
  {
    path: '/requests',
    title: 'Requests',
    component: lazyScreen(() => import('./requests.tsx'), 'RequestsScreen'),
    // For everybody: who may not decide finds her own there.
    nav: { group: 'Access', order: 64, icon: IconHandStop },
  },
  {
    path: '/requests/mine',
    title: 'My requests',
    component: lazyScreen(() => import('./requests.tsx'), 'OwnRequestsScreen'),
  },
  {
    path: '/requests/new',
    title: 'Ask for access',
    component: lazyScreen(() => import('./new-request.tsx'), 'NewRequestScreen'),
  },
  {
    path: '/requests/$requestId',
    title: 'Request',
    component: lazyScreen(() => import('./request.tsx'), 'RequestScreen'),
  },
]
