import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { api } from '#web/kit/index.ts'
import { impact, impactPrincipals, type Impact } from '../../impact/schema.ts'
import type { Act } from '../../schema.act.ts'
import type { z } from 'zod'

/** The whole effect of an act, asked while nothing has happened yet; the former one stays until the new one is there. */
export function useImpact(act: Act | undefined): UseQueryResult<Impact> {
  return useQuery({
    queryKey: ['impact', act],
    queryFn: ({ signal }) => api.post('/api/v1/impact', { body: { act }, schema: impact, signal }),
    enabled: act !== undefined,
    staleTime: 0,
    gcTime: 0,
    placeholderData: keepPreviousData,
  })
}

export interface PrincipalsFilter {
  readonly effect?: string | undefined
  readonly pair?: string | undefined
  readonly group?: string | undefined
  readonly q?: string | undefined
  readonly cursor?: string | undefined
  readonly limit?: number
}

export const principalsPath = '/api/v1/impact/principals'

export function useImpactPrincipals(
  act: Act,
  filter: PrincipalsFilter,
): UseQueryResult<z.output<typeof impactPrincipals>> {
  return useQuery({
    queryKey: ['impact', 'principals', act, filter],
    queryFn: ({ signal }) =>
      api.post(principalsPath, { body: { act, ...filter }, schema: impactPrincipals, signal }),
    gcTime: 0,
    placeholderData: keepPreviousData,
  })
}
