import type { z } from 'zod'
import type { policyDetail } from '../schema.ts'

export type PolicyDetail = z.output<typeof policyDetail>

export const plural = (n: number, word: string): string =>
  `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`
