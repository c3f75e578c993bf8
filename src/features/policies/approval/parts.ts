import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import type { Directory } from '../directory.ts'
import type { Contributor } from './store.contributors.ts'

/** What this room works with. */
export interface ApprovalParts {
  readonly runtime: Runtime
  readonly directory: Directory
  /** Active members who can approve and have a way to sign in. */
  readonly approvers: () => Work<readonly Contributor[]>
}
