import { IconTimeline } from '@tabler/icons-react'
import { lazyScreen, type Screen } from '#web/kit/index.ts'

const place = lazyScreen(() => import('./place.tsx'), 'PlaceScreen')

export const screens: readonly Screen[] = [
  {
    path: '/watch',
    title: 'Collections',
    component: lazyScreen(() => import('./collections.tsx'), 'CollectionsScreen'),
    nav: { group: 'Watch', order: 10, icon: IconTimeline, permission: 'watch.read' },
  },
  {
    path: '/watch/new',
    title: 'Add a collection',
    component: lazyScreen(() => import('./new.tsx'), 'NewCollectionScreen'),
  },
  {
    path: '/watch/exceptions',
    title: 'Outbound exceptions',
    component: lazyScreen(() => import('./exceptions.tsx'), 'ExceptionsScreen'),
  },
  { path: '/watch/$v/$p/$s/$l', title: 'Collection', component: place },
  { path: '/watch/$v/$p/$s/$l/$', title: 'Collection', component: place },
]
