import {
  IconBook2,
  IconEyeCheck,
  IconFileText,
  IconListNumbers,
  IconUserCheck,
  IconUserSearch,
} from '@tabler/icons-react'
import { lazyScreen, type Screen } from '#web/kit/index.ts'
import { useWaiting } from './approval/waiting.ts'

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
    path: '/policies/$policyId/publish',
    title: 'Publish',
    component: lazyScreen(() => import('./publish.tsx'), 'PublishScreen'),
  },
  {
    path: '/impact',
    title: 'Impact',
    component: lazyScreen(() => import('./impact/impact.tsx'), 'ImpactScreen'),
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
  {
    path: '/approvals',
    title: 'Approvals',
    component: lazyScreen(() => import('./approval/approvals.tsx'), 'ApprovalsScreen'),
    nav: {
      group: 'Govern',
      order: 42,
      icon: IconUserCheck,
      permission: 'policies.read',
      count: useWaiting,
    },
  },
  {
    path: '/approvals/$approvalId',
    title: 'Approval',
    component: lazyScreen(() => import('./approval/approval.tsx'), 'ApprovalScreen'),
  },
  {
    path: '/four-eyes',
    title: 'Four-eyes rule',
    component: lazyScreen(() => import('./approval/rule.tsx'), 'FourEyesScreen'),
    nav: { group: 'Settings', order: 25, icon: IconEyeCheck, permission: 'policies.read' },
  },
  {
    path: '/docs/requirements',
    title: 'Reference',
    component: lazyScreen(() => import('./reference/reference.tsx'), 'ReferenceScreen'),
    nav: { group: 'Govern', order: 45, icon: IconBook2, permission: 'policies.read' },
  },
  {
    path: '/docs/defaults',
    title: 'Reference of the defaults',
    component: lazyScreen(() => import('./reference/reference.tsx'), 'DefaultsReferenceScreen'),
  },
]
