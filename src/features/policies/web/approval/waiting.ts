import { useApi, useCan } from '#web/kit/index.ts'
import { fourEyes } from '../../approval/schema.ts'

/** How many proposals and reviews wait for the one who looks. */
export function useWaiting(): number {
  const may = useCan('policies.approve')
  const { data } = useApi(['four-eyes'], '/api/v1/settings/four-eyes', fourEyes, { enabled: may })
  return data?.forYou ?? 0
}
