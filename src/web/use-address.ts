import { useCallback } from 'react'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { z } from 'zod'

type Patch<S extends z.ZodObject> = { readonly [K in keyof z.input<S>]?: z.input<S>[K] | undefined }

/**
 * The state of a screen, kept in its address: `const [view, setView] = useAddress(z.object({ tab: z.enum(['a', 'b']).catch('a') }))`.
 * Values arrive as strings (numbers need `z.coerce.number()`); what the schema refuses falls back to the schema of an
 * empty address, so give every field a default, `.optional()` or `.catch()`.
 * `setView({ tab: 'b' })` changes only what it names and adds a step to the history; `{ replace: true }` does not.
 */
export function useAddress<S extends z.ZodObject>(
  schema: S,
): readonly [z.output<S>, (patch: Patch<S>, how?: { replace?: boolean }) => void] {
  const search: Record<string, unknown> = useSearch({ strict: false })
  const navigate = useNavigate()
  const set = useCallback(
    (patch: Patch<S>, how: { replace?: boolean } = {}) => {
      void navigate({
        to: '.',
        search: (before: Record<string, unknown>) => ({ ...before, ...patch }),
        replace: how.replace ?? false,
        resetScroll: false,
      })
    },
    [navigate],
  )
  const parsed = schema.safeParse(search)
  return [parsed.success ? parsed.data : schema.parse({}), set]
}

/** A part of the path: on `/policies/$policyId`, `useParam('policyId')`. */
export function useParam(name: string): string {
  const params: Record<string, string | undefined> = useParams({ strict: false })
  const value = params[name]
  if (value === undefined) throw new Error(`This screen's path has no $${name}.`)
  return value
}

/** `const go = useGo(); go('/policies/' + id)`: to another screen, optionally with the state it starts in. */
export function useGo(): (to: string, search?: Readonly<Record<string, unknown>>) => void {
  const navigate = useNavigate()
  return useCallback((to, search = {}) => void navigate({ to, search: search }), [navigate])
}
