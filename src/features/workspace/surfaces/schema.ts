import { z } from 'zod'
import { time } from '../schema.ts'

/** What Gatehouse itself can turn off. Part of the vendor's own cloud is no surface: we could not enforce it. */
export const surfaceKeys = [
  'codex_local',
  'device_code',
  'access_tokens',
  'workspace_sign_in',
  'config_server_sign_in',
  'role_administration',
] as const
export type SurfaceKey = (typeof surfaceKeys)[number]

/** The longest lifetime that a workspace can allow for access tokens, in days. */
export const longestDays = 3650

export const surface = z.object({
  key: z.enum(surfaceKeys),
  on: z.boolean(),
  message: z.string(),
  maxDays: z
    .int()
    .nullable()
    .describe(
      'Of access_tokens: the longest lifetime that a new access token may have, in days. Null: no limit.',
    ),
  changedAt: time.nullable(),
  changedBy: z.string().nullable(),
})
export type Surface = z.infer<typeof surface>

export const surfaceChange = z.object({
  on: z.boolean(),
  message: z
    .string()
    .trim()
    .max(500)
    .optional()
    .describe('The text that goes out with the refusal.'),
  maxDays: z
    .int()
    .min(1)
    .max(longestDays)
    .nullable()
    .optional()
    .describe('Of access_tokens only: the longest lifetime of a new access token, in days.'),
  changeSet: z.string().max(100).optional().describe('The hash of the previewed change set.'),
})
