import { IconFileText, IconListNumbers, IconUserSearch } from '@tabler/icons-react'
import { lazyScreen, type Screen } from '#web/kit/index.ts'

export const screens: readonly Screen[] = [
  {
    path: '/policies',
    title: 'Policies',
    component: lazyScreen(() => import('./policies.tsx'), 'PoliciesScreen'),
    nav: { group: 'Govern', order: 20, icon: IconFileText, permission: 'policies.read' },
  },
  {
    path: '/policies/$policyId',
    title: 'Policy',
    component: lazyScreen(() => import('./policy.tsx'), 'PolicyScreen'),
  },
  {
    path: '/policies/$policyId/versions/$number',
    title: 'Version',
    component: lazyScreen(() => import('./version.tsx'), 'VersionScreen'),
  },
  {
    path: '/rules',
    title: 'Group rules',
    component: lazyScreen(() => import('./rules.tsx'), 'RulesScreen'),
    nav: { group: 'Govern', order: 30, icon: IconListNumbers, permission: 'policies.read' },
  },
  {
    path: '/lookup',
    title: 'Lookup',
    component: lazyScreen(() => import('./lookup.tsx'), 'LookupScreen'),
    nav: { group: 'Govern', order: 40, icon: IconUserSearch, permission: 'policies.read' },
  },
]
