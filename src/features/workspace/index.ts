import type { Feature } from '#kernel/runtime.ts'
import { revisionMigration } from './revision.ts'
import { workspaceRoutes, type WorkspacePorts } from './routes.ts'
import { workspaceMigration } from './store.ts'

export { permissionKeys, permissions, type Permission } from './permissions.ts'
export {
  bump,
  newest,
  revisionChannel,
  revisions,
  slices,
  type Revisions,
  type Slice,
} from './revision.ts'
export { route } from './route.ts'
export { insertWorkspace, renameWorkspace, surfaces, theWorkspace } from './store.ts'

/** The organisation itself: its settings, its surfaces, its overview, and the revision that everything answers from. */
export function createWorkspace(ports: WorkspacePorts): Feature {
  return {
    name: 'workspace',
    migrations: [revisionMigration, workspaceMigration],
    routes: workspaceRoutes(ports),
  }
}
