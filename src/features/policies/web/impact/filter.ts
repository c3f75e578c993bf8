import { z } from 'zod'
import { useAddress } from '#web/kit/index.ts'

const filter = z.object({
  effect: z.string().optional().catch(undefined),
  pair: z.string().optional().catch(undefined),
  inGroup: z.string().optional().catch(undefined),
  q: z.string().optional().catch(undefined),
  cursor: z.string().optional().catch(undefined),
})

/** Whom the list of names shows, in the address. Any change but a page starts again at the first page. */
export function useImpactFilter() {
  const [view, setView] = useAddress(filter)
  const set = (patch: Partial<z.output<typeof filter>>): void =>
    setView({ cursor: undefined, ...patch }, { replace: 'q' in patch })
  return [view, set] as const
}
