import { IconChartLine, IconCoins, IconMessages } from '@tabler/icons-react'
import { lazyScreen, type Screen } from '#web/kit/index.ts'

export const screens: readonly Screen[] = [
  {
    path: '/analytics',
    title: 'Analytics',
    component: lazyScreen(() => import('./dashboard.tsx'), 'DashboardScreen'),
    nav: { group: 'Prove', order: 10, icon: IconChartLine, permission: 'analytics.view' },
  },
  {
    path: '/conversations',
    title: 'Conversations',
    component: lazyScreen(() => import('./conversations.tsx'), 'ConversationsScreen'),
    nav: { group: 'Prove', order: 20, icon: IconMessages, permission: 'analytics.persons' },
  },
  {
    path: '/conversations/live',
    title: 'Live tail',
    component: lazyScreen(() => import('./tail.tsx'), 'TailScreen'),
  },
  {
    path: '/conversations/$conversationId',
    title: 'Conversation',
    component: lazyScreen(() => import('./conversation.tsx'), 'ConversationScreen'),
  },
  {
    path: '/settings/analytics',
    title: 'Figures and prices',
    component: lazyScreen(() => import('./settings.tsx'), 'AnalyticsSettingsScreen'),
    nav: { group: 'Settings', order: 24, icon: IconCoins, permission: 'analytics.view' },
  },
]
