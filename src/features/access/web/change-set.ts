import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { z } from 'zod'
import { api } from '#web/kit/index.ts'

/** Acts of these screens that may change somebody's effective policy. */
export type Act =
  | {
      readonly kind: 'membership'
      readonly groupId: string
      readonly add: readonly string[]
      readonly remove: readonly string[]
    }
  | { readonly kind: 'remove_member'; readonly memberId: string }

const side = z.object({ name: z.string(), version: z.number() }).nullable()
const given = z.enum(['policy', 'nothing', 'refused', 'gone'])

/** The part of a change set that these screens show (`POST /api/v1/change-sets/preview`). */
const changeSet = z.object({
  hash: z.string(),
  touches: z.number(),
  changes: z.array(
    z.object({
      before: side,
      beforeIs: given,
      after: side,
      afterIs: given,
      count: z.number(),
      sample: z.array(z.object({ id: z.string(), label: z.string() })),
      keys: z.array(
        z.object({ key: z.string(), before: z.string().optional(), after: z.string().optional() }),
      ),
    }),
  ),
  moreChanges: z.number(),
  clients: z.string(),
  undo: z.string(),
})
export type ChangeSet = z.infer<typeof changeSet>

/** Asks what the act would do, each time anew: the answer holds only for this moment. */
export function useChangeSet(act: Act | undefined): UseQueryResult<ChangeSet> {
  return useQuery({
    queryKey: ['change-set', act],
    queryFn: ({ signal }) =>
      api.post('/api/v1/change-sets/preview', { body: { act }, schema: changeSet, signal }),
    enabled: act !== undefined,
    staleTime: 0,
    gcTime: 0,
  })
}
