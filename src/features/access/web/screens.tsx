import { IconKey, IconUser, IconUsersGroup } from '@tabler/icons-react'
import { lazyScreen, type Screen } from '#web/kit/index.ts'

export const screens: readonly Screen[] = [
  {
    path: '/members',
    title: 'Members',
    component: lazyScreen(() => import('./members.tsx'), 'MembersScreen'),
    nav: { group: 'Govern', order: 50, icon: IconUser, permission: 'members.read' },
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
    nav: { group: 'Govern', order: 60, icon: IconUsersGroup, permission: 'members.read' },
  },
  {
    path: '/groups/$groupId',
    title: 'Group',
    component: lazyScreen(() => import('./group.tsx'), 'GroupScreen'),
  },
  {
    path: '/keys',
    title: 'Service keys',
    component: lazyScreen(() => import('./keys.tsx'), 'KeysScreen'),
    nav: { group: 'Settings', order: 10, icon: IconKey, permission: 'keys.manage' },
  },
]
