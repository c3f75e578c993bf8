import type { Holding } from '#features/access/index.ts'
import type { Hit } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { countTokens, tokensPage } from './store.ts'

export { tokenJobs, tokenSchedules } from './jobs.ts'
export { tokenRoutes } from './routes.ts'

/** Items of a holding that are named. */
const named = 20

/** Access tokens of a member that work; they end with her. */
export function* tokensHeld(memberId: string, now: number): Work<readonly Holding[]> {
  const live = function* (state: 'active' | 'suspended') {
    const filter = { member: memberId, state }
    const count = yield* countTokens(filter, now)
    return { count, rows: yield* tokensPage(filter, undefined, named, now) }
  }
  const [active, suspended] = [yield* live('active'), yield* live('suspended')]
  const count = active.count + suspended.count
  if (count === 0) return []
  return [
    {
      kind: 'access_token',
      count,
      label: count === 1 ? 'access token' : 'access tokens',
      fate: 'Ended at once: runners and scripts with it are refused.',
      items: [...active.rows, ...suspended.rows]
        .slice(0, named)
        .map(({ id, name }) => ({ id, label: name, link: `/access-tokens/${id}` })),
    },
  ]
}

/** Those that work, of members and of service accounts. */
export function* findTokens(text: string, now: number): Work<readonly Hit[]> {
  const rows = yield* tokensPage({ text, state: 'active' }, undefined, 5, now)
  return rows.slice(0, 5).map(({ id, name, purpose }) => ({
    kind: 'access token',
    id,
    label: name,
    detail: purpose,
    link: `/access-tokens/${id}`,
  }))
}
