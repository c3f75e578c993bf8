import type { z } from 'zod'
import type { policyDetail } from '../schema.ts'

export type PolicyDetail = z.output<typeof policyDetail>
