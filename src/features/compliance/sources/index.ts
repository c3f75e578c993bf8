import { auditSource } from './audit.ts'
import { codexSource } from './codex.ts'
import type { Source } from './source.ts'

/** Where the lines of each type come from. */
export const sources: readonly Source[] = [
  codexSource,
  auditSource('AUTH_LOG'),
  auditSource('AUDIT_LOG'),
]
