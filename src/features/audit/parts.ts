import type { Runtime } from '#kernel/runtime.ts'
import type { Chainer } from './chainer.ts'
import type { CheckpointPorts, Checkpoints } from './checkpoints.ts'

/** What the routes of the audit trail work with. */
export interface AuditParts extends CheckpointPorts {
  readonly runtime: Runtime
  readonly chainer: Chainer
  readonly checkpoints: Checkpoints
}

export const admins = {
  auth: ['session', 'key'],
  errors: 'problem',
  permission: 'audit.read',
} as const
