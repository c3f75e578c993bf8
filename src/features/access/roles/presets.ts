import type { Permission } from '#features/workspace/index.ts'
import type { Preset } from './schema.ts'

const everybody: readonly Permission[] = ['workspace.read', 'watch.read', 'subscriptions.read']
const uses: readonly Permission[] = ['codex.local.use', 'codex.device_code.use']

/**
 * Roles to start from. A role takes the place of the default role, so each of them holds what somebody needs who administers
 * and uses Codex herself. `note` says what the vendor's rollout guide gives such a role beside it.
 */
export const presets: readonly Preset[] = [
  {
    key: 'codex_admin',
    name: 'Codex admin',
    description:
      'Writes, assigns and publishes policies, and looks after enrolments, clients and the surfaces of Codex.',
    permissions: [
      ...everybody,
      'surfaces.manage',
      'members.read',
      ...uses,
      'codex.access_tokens.create',
      'access_tokens.manage',
      'decisions.manage',
      'policies.read',
      'policies.edit',
      'policies.publish',
      'policies.approve',
      'enrolments.read',
      'enrolments.manage',
      'clients.read',
      'clients.manage',
      'telemetry.manage',
      'analytics.view',
      'drift.read',
      'alerts.manage',
      'audit.read',
    ],
    note: 'The guide’s Codex admin also manages cloud environments: those belong to the vendor’s own cloud.',
  },
  {
    key: 'codex_user',
    name: 'Codex user',
    description: 'Uses Codex on the own machines, signed in with the browser or a device code.',
    permissions: [...uses],
    note: '',
  },
  {
    key: 'auditor',
    name: 'Auditor',
    description:
      'Sees everything that decides what people get and what was done, and changes nothing.',
    permissions: [
      ...everybody,
      'members.read',
      ...uses,
      'policies.read',
      'enrolments.read',
      'clients.read',
      'analytics.view',
      'drift.read',
      'audit.read',
      'compliance.read',
    ],
    note: '',
  },
  {
    key: 'help_desk',
    name: 'Help desk',
    description:
      'Invites and looks after members, and ends the sign-ins of clients; touches no policy.',
    permissions: [
      ...everybody,
      'members.read',
      'members.manage',
      ...uses,
      'clients.read',
      'clients.manage',
    ],
    note: '',
  },
]
