import type { Permission } from '#features/workspace/index.ts'
import type { Actor } from '#kernel/route.ts'
import type { Feature, Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { createScimAuthenticator } from './authenticate.ts'
import { scimJobs, sweepJob } from './let-go.ts'
import { migrations } from './migrations.ts'
import type { ScimPorts } from './ports.ts'
import { createRecorder } from './recorder.ts'
import { directoryRoutes } from './routes.directories.ts'
import { discoveryRoutes } from './routes.discovery.ts'
import { groupRoutes } from './routes.groups.ts'
import { userRoutes } from './routes.users.ts'
import { directoryById } from './store.directories.ts'
import { groupRow } from './store.groups.ts'
import { forgetUsers, userRow } from './store.users.ts'
import { createTurns } from './turns.ts'

export interface Scim extends Feature {
  /** The authenticator for the token of a directory. */
  readonly authenticateScim: (
    request: Request,
    now: number,
  ) => Promise<Actor<Permission> | undefined>
  /** What is kept of a member who is being deleted. */
  readonly forget: (memberId: string) => Work<void>
}

/** Directories that provision members and groups (SCIM 2.0, RFC 7643 and 7644). */
export function createScim(runtime: Runtime, ports: ScimPorts): Scim {
  const recorder = createRecorder(runtime)
  const turn = createTurns()
  const setting = { runtime, ports, recorder, turn, base: `${runtime.publicUrl}/scim/v2` }
  return {
    name: 'scim',
    migrations,
    routes: [
      ...directoryRoutes(setting),
      ...discoveryRoutes(setting),
      ...userRoutes(setting),
      ...groupRoutes(setting),
    ],
    jobs: scimJobs(runtime, ports),
    schedules: [{ job: sweepJob, cron: '20 3 * * *' }],
    authenticateScim: createScimAuthenticator(runtime),
    forget: (memberId) => forgetUsers([memberId]),
    stop: recorder.stop,
  }
}

/** The directory that keeps a member or a group. `active`: whether it says that she is. */
export interface Keeper {
  readonly id: string
  readonly name: string
  readonly active: boolean
}

export function* keeperOf(kind: 'member' | 'group', id: string): Work<Keeper | undefined> {
  const user = kind === 'member' ? yield* userRow(id) : undefined
  const row = kind === 'member' ? user : yield* groupRow(id)
  if (!row || (user && user.deleted_at !== null)) return undefined
  const directory = yield* directoryById(row.directory_id)
  return directory && { id: directory.id, name: directory.name, active: user?.active !== 0 }
}
