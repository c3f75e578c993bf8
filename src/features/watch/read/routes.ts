import type { Route } from '#kernel/route.ts'
import type { WatchParts } from '../parts.ts'
import { changeRoutes } from './routes.changes.ts'
import { diffRoutes } from './routes.diff.ts'
import { pageRoutes } from './routes.pages.ts'
import { textRoutes } from './routes.text.ts'
import { searchRoutes } from './routes.search.ts'
import { snapshotRoutes } from './routes.snapshots.ts'

export const readRoutes = (parts: WatchParts): readonly Route[] => [
  ...snapshotRoutes(parts),
  ...pageRoutes(),
  ...textRoutes(parts),
  ...changeRoutes(parts),
  ...diffRoutes(parts),
  ...searchRoutes(parts),
]
