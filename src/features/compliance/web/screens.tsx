import { IconFileCertificate } from '@tabler/icons-react'
import { lazyScreen, type Screen } from '#web/kit/index.ts'

export const screens: readonly Screen[] = [
  {
    path: '/compliance',
    title: 'Compliance',
    component: lazyScreen(() => import('./compliance.tsx'), 'ComplianceScreen'),
    nav: { group: 'Prove', order: 40, icon: IconFileCertificate, permission: 'compliance.read' },
  },
]
