import { IconKey, IconShieldHalf, IconUser, IconUsersGroup } from '@tabler/icons-react'
import { lazyScreen, type Screen } from '#web/kit/index.ts'

export const screens: readonly Screen[] = [
  {
    path: '/members',
    title: 'Members',
    component: lazyScreen(() => import('./members.tsx'), 'MembersScreen'),
    nav: { group: 'Access', order: 50, icon: IconUser, permission: 'members.read' },
  },
  {
    path: '/members/import',
    title: 'Import members',
    component: lazyScreen(() => import('./import.tsx'), 'ImportScreen'),
  },
  {
    path: '/members/$memberId',
    title: 'Member',
    component: lazyScreen(() => import('./member.tsx'), 'MemberScreen'),
  },
  {
    path: '/groups',
    title: 'Groups',
    component: lazyScreen(() => import('./groups.tsx'), 'GroupsScreen'),
    nav: { group: 'Access', order: 60, icon: IconUsersGroup, permission: 'members.read' },
  },
  {
    path: '/groups/$groupId',
    title: 'Group',
    component: lazyScreen(() => import('./group.tsx'), 'GroupScreen'),
  },
  {
    path: '/roles',
    title: 'Roles',
    component: lazyScreen(() => import('./roles.tsx'), 'RolesScreen'),
    nav: { group: 'Access', order: 62, icon: IconShieldHalf, permission: 'members.read' },
  },
  {
    path: '/roles/compare',
    title: 'Compare roles',
    component: lazyScreen(() => import('./role-compare.tsx'), 'RoleCompareScreen'),
  },
  {
    path: '/roles/$roleId',
    title: 'Role',
    component: lazyScreen(() => import('./role.tsx'), 'RoleScreen'),
  },
  {
    path: '/keys',
    title: 'Service keys',
    component: lazyScreen(() => import('./keys.tsx'), 'KeysScreen'),
    nav: { group: 'Settings', order: 10, icon: IconKey, permission: 'keys.manage' },
  },
]
