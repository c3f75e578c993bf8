import type { z } from 'zod'
import type { principalKind } from '../schema.act.ts'

const places = {
  member: '/members',
  enrolment: '/enrolments',
  service_account: '/service-accounts',
} as const

/** What somebody is who gets a policy, in a column. */
export const kindWords = {
  member: 'Member',
  enrolment: 'Enrolment',
  service_account: 'Service account',
} as const

/** The page of whoever gets a policy. */
export const principalPath = (of: {
  readonly kind: z.infer<typeof principalKind>
  readonly id: string
}): string => `${places[of.kind]}/${of.id}`
