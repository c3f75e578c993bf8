import { routesFor } from '#kernel/route.ts'
import type { Permission } from './permissions.ts'

/** `route()` of this product: its permission is one of the closed list. */
export const route = routesFor<Permission>()
