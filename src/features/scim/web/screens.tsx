import { IconAddressBook } from '@tabler/icons-react'
import { lazyScreen, type Screen } from '#web/kit/index.ts'

export const screens: readonly Screen[] = [
  {
    path: '/directories',
    title: 'Directories',
    component: lazyScreen(() => import('./directories.tsx'), 'DirectoriesScreen'),
    nav: { group: 'Settings', order: 22, icon: IconAddressBook, permission: 'directories.manage' },
  },
  {
    path: '/directories/$directoryId',
    title: 'Directory',
    component: lazyScreen(() => import('./directory.tsx'), 'DirectoryScreen'),
  },
]
