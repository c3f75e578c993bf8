import { IconBell, IconWebhook } from '@tabler/icons-react'
import { lazyScreen, type Screen } from '#web/kit/index.ts'

export const screens: readonly Screen[] = [
  {
    path: '/subscriptions',
    title: 'Subscriptions',
    component: lazyScreen(() => import('./subscriptions.tsx'), 'SubscriptionsScreen'),
    nav: { group: 'Watch', order: 20, icon: IconBell, permission: 'subscriptions.read' },
  },
  {
    path: '/webhooks',
    title: 'Webhooks',
    component: lazyScreen(() => import('./webhooks.tsx'), 'WebhooksScreen'),
    nav: { group: 'Settings', order: 15, icon: IconWebhook, permission: 'webhooks.manage' },
  },
  {
    path: '/webhooks/$webhookId',
    title: 'Webhook',
    component: lazyScreen(() => import('./webhook.tsx'), 'WebhookScreen'),
  },
  {
    path: '/webhooks/$webhookId/deliveries/$deliveryId',
    title: 'Delivery',
    component: lazyScreen(() => import('./delivery.tsx'), 'DeliveryScreen'),
  },
  {
    path: '/unsubscribe/$token',
    title: 'Stop these mails',
    component: lazyScreen(() => import('./unsubscribe.tsx'), 'UnsubscribeScreen'),
    shell: false,
  },
]
