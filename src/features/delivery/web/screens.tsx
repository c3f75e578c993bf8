import { IconDevices, IconToggleRight } from '@tabler/icons-react'
import { lazyScreen, type Screen } from '#web/kit/index.ts'

export const screens: readonly Screen[] = [
  {
    path: '/enrolments',
    title: 'Enrolments',
    component: lazyScreen(() => import('./enrolments.tsx'), 'EnrolmentsScreen'),
    nav: { group: 'Access', order: 70, icon: IconDevices, permission: 'enrolments.read' },
  },
  {
    path: '/enrolments/$enrolmentId',
    title: 'Enrolment',
    component: lazyScreen(() => import('./enrolment.tsx'), 'EnrolmentScreen'),
  },
  {
    path: '/surfaces',
    title: 'Surfaces',
    component: lazyScreen(() => import('./surfaces.tsx'), 'SurfacesScreen'),
    nav: { group: 'Govern', order: 80, icon: IconToggleRight, permission: 'workspace.read' },
  },
  {
    path: '/surfaces/$key',
    title: 'Surface',
    component: lazyScreen(() => import('./surface.tsx'), 'SurfaceScreen'),
  },
]
