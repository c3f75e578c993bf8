import type { Route } from '#kernel/route.ts'
import type { WatchParts } from '../parts.ts'
import type { GoingOut } from '../runs/going-out.ts'
import { changeRoutes } from './routes.change.ts'
import { exceptionRoutes } from './routes.exceptions.ts'
import { listRoutes } from './routes.list.ts'
import { secretRoutes } from './routes.secrets.ts'
import { tryRoutes } from './routes.try.ts'

export const collectionsRoutes = (parts: WatchParts, going: GoingOut): readonly Route[] => [
  ...listRoutes(parts),
  ...changeRoutes(parts),
  ...secretRoutes(parts),
  ...exceptionRoutes(parts),
  ...tryRoutes(parts, going),
]
