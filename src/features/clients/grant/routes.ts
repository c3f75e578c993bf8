import type { Route } from '#kernel/route.ts'
import type { Setting } from '../ports.ts'
import { discoveryRoutes } from './routes.discovery.ts'
import { revokeRoute } from './routes.revoke.ts'
import { authorizeRoute } from './routes.authorize.ts'
import { consentRoutes } from './routes.consent.ts'
import { tokenRoute } from './routes.token.ts'

/** Our own authorization server, one file for each request. */
export const grantRoutes = (setting: Setting): readonly Route[] => [
  ...discoveryRoutes(setting),
  authorizeRoute(setting),
  ...consentRoutes(setting),
  tokenRoute(setting),
  revokeRoute(setting),
]
