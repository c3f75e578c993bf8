import type { Call } from '#kernel/route.ts'
import { hashSecret } from '#kernel/tokens.ts'
import type { Work } from '#kernel/work.ts'
import type { ChallengeRow } from '../tables.ts'
import { challengeFor } from './party.ts'
import { deleteChallengesExpiredBefore, insertChallenge } from './store.ts'

/** What a challenge is for and who may answer it: an answer for anything or anybody else opens nothing. */
export type Bound = Pick<ChallengeRow, 'purpose' | 'bound_to'>

/** A half session proves a second factor, a whole one that it is still her. */
export const toThisSession = ({ actor }: Pick<Call, 'actor'>): Bound => ({
  purpose: actor.kind === 'half_session' ? 'second_factor' : 'confirm',
  bound_to: actor.sessionId ?? '',
})

/** Keeps the challenge for five minutes, and forgets those whose time is over. */
export function* keepChallenge(challenge: string, bound: Bound, now: number): Work<void> {
  yield* deleteChallengesExpiredBefore(now)
  yield* insertChallenge({
    hash: hashSecret(challenge),
    ...bound,
    expires_at: now + challengeFor,
  })
}
