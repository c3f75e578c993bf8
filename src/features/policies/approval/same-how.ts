import type { Act } from '../schema.act.ts'
import type { How, ProposedAct } from './schema.ts'

/**
 * Whether an act is done in the way that was approved: at that time, and with the same bounds of its rollout. Only acts that
 * begin something are done in more than one way.
 */
export const sameHow = (act: ProposedAct, approved: How, done: How): boolean =>
  waysOf(act, approved) === waysOf(act, done)

const begins = (act: ProposedAct): act is Extract<Act, { kind: 'publish' | 'rollout' }> =>
  act.kind === 'publish' || act.kind === 'rollout'

function waysOf(act: ProposedAct, { at, bounds, takeBackWhenHalted }: How): string {
  if (!begins(act)) return ''
  const refused = act.kind === 'rollout' ? bounds?.refusedFetches : null
  return JSON.stringify([
    at ?? null,
    refused ? [refused.count, refused.minutes] : null,
    act.kind === 'rollout' && takeBackWhenHalted === true,
  ])
}
