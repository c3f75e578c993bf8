import type { Route } from '#kernel/route.ts'
import type { Setting } from '../ports.ts'
import { pageRoutes } from './routes.pages.ts'
import { wireRoutes } from './routes.wire.ts'

/** Signing in with a code that is typed on another screen: what the client asks, and what the member decides. */
export const deviceRoutes = (setting: Setting): readonly Route[] => [
  ...wireRoutes(setting),
  ...pageRoutes(setting),
]
