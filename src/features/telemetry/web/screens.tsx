import { IconBroadcast } from '@tabler/icons-react'
import { lazyScreen, type Screen } from '#web/kit/index.ts'

export const screens: readonly Screen[] = [
  {
    path: '/settings/telemetry',
    title: 'Telemetry',
    component: lazyScreen(() => import('./settings.tsx'), 'TelemetrySettingsScreen'),
    nav: { group: 'Settings', order: 23, icon: IconBroadcast, permission: 'telemetry.manage' },
  },
]
