import type { Clock } from '#kernel/clock.ts'
import type { ChecklistLine, Feature } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { decisionRoutes } from './decisions/routes.ts'
import { overdueCount, type DecisionPorts } from './decisions/show.ts'
import { decisionMigrations } from './decisions/store.ts'
import { changesMigration, revisionMigration } from './revision.ts'
import { workspaceRoutes, type WorkspacePorts } from './routes.ts'
import { workspaceMigration } from './store.ts'
import { surfaceRoutes, type SurfacePorts } from './surfaces/routes.ts'
import { surfaceMigrations } from './surfaces/store.ts'

export { permissionKeys, permissions, type Permission } from './permissions.ts'
export {
  bump,
  changesBetween,
  newest,
  revisionChannel,
  revisions,
  slices,
  type Revisions,
  type Slice,
  type Touched,
} from './revision.ts'
export { route } from './route.ts'
export { forgetOwner } from './decisions/store.ts'
export { insertWorkspace, renameWorkspace, theWorkspace } from './store.ts'
export type { Surface, SurfaceKey } from './surfaces/schema.ts'
export { surfaceText, surfaceWords } from './surfaces/schema.words.ts'
export { surfaceByKey, surfaces } from './surfaces/store.ts'

interface Ports extends WorkspacePorts, SurfacePorts, DecisionPorts {
  readonly clock: Clock
}

/** The organisation itself: its settings, its surfaces, its overview, and the revision that everything answers from. */
export function createWorkspace(ports: Ports): Feature {
  return {
    name: 'workspace',
    migrations: [
      revisionMigration,
      workspaceMigration,
      ...surfaceMigrations,
      ...decisionMigrations,
      changesMigration,
    ],
    routes: [...workspaceRoutes(ports), ...surfaceRoutes(ports), ...decisionRoutes(ports)],
    checklist: () => reviews(ports.clock()),
  }
}

/** Says nothing before the first decision: an organisation may have no part in the vendor's cloud. */
function* reviews(now: number): Work<readonly ChecklistLine[]> {
  const { made, overdue } = yield* overdueCount(now)
  if (made === 0) return []
  return [
    {
      key: 'decisions',
      title: 'Review the recorded decisions',
      detail:
        overdue === 0
          ? `${made} recorded, none of them due for review.`
          : `${overdue} of ${made} should have been looked at again by now.`,
      done: overdue === 0,
      link: '/decisions',
    },
  ]
}
