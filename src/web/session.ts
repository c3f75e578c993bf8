import { z } from 'zod'
import type { UseQueryResult } from '@tanstack/react-query'
import { useApi } from './query.ts'

/** What every screen needs to know about who is looking: `GET /api/v1/session`. */
export const sessionSchema = z.object({
  member: z.object({ id: z.string(), name: z.string(), email: z.string() }),
  workspace: z.object({ id: z.string().optional(), name: z.string() }),
  role: z.object({ name: z.string() }).optional(),
  permissions: z.array(z.string()),
})
export type Session = z.infer<typeof sessionSchema>

export function useSession(): UseQueryResult<Session> {
  return useApi(['session'], '/api/v1/session', sessionSchema)
}

/**
 * Where she goes who has signed out. Loaded anew: nothing of hers stays in memory, and nothing that is still on screen asks
 * again as nobody.
 */
export const toSignIn = (): void => window.location.replace('/sign-in')

/** Whether the member at the screen holds a permission. The server decides again; this only hides what would be refused. */
export function useCan(permission: string): boolean {
  return useSession().data?.permissions.includes(permission) ?? false
}
