import { minute, type Clock } from '#kernel/clock.ts'
import { Problem } from '#kernel/problem.ts'
import { addressKey, createLimiter } from '#kernel/ratelimit.ts'

const window = 15 * minute
/** Wrong ones for one account from one address. */
const byPair = 5
/** Wrong ones from one address, whatever the account; an office shares one. */
const byAddress = 100
/** Wrong passwords for one account from anywhere: from here on somebody is guessing from many addresses. */
const byAccount = 20
/** Then each address gets this many, so that the owner of the account still gets in from hers. */
const byPairWhileGuessed = 1

export interface Attempt {
  /** It was right: the attempt counts for nothing. */
  readonly succeeded: () => void
}

export interface Guard {
  /** Takes one attempt, before what was typed is looked at. Throws `rate_limited` with Retry-After. */
  readonly attempt: (account: string, ip: string) => Attempt
}

/** What is guessed, and what whoever forgot it can do instead, as an error says it. */
export interface Guessed {
  readonly what: string
  readonly instead: string
}

/**
 * Makes guessing hopeless without a way to lock somebody out: an account is never closed as a whole. Whoever has
 * the right one gets in from any address that has not failed there itself, however many others are guessing.
 */
export function createGuard(clock: Clock, guessed: Guessed): Guard {
  const pairs = createLimiter(clock, { limit: byPair, window })
  const addresses = createLimiter(clock, { limit: byAddress, window })
  const accounts = createLimiter(clock, { limit: byAccount, window })
  return {
    attempt(account, ip) {
      const address = addressKey(ip)
      const pair = `${address} ${account}`
      refuse(addresses.take(address), guessed)
      const attacked = accounts.taken(account) >= byAccount
      refuse(pairs.take(pair, attacked ? byPairWhileGuessed : byPair), guessed)
      const counted = accounts.take(account) === 0
      return {
        succeeded() {
          addresses.giveBack(address)
          pairs.giveBack(pair)
          if (counted) accounts.giveBack(account)
        },
      }
    },
  }
}

function refuse(wait: number, { what, instead }: Guessed): void {
  if (wait === 0) return
  const seconds = Math.ceil(wait / 1000)
  throw new Problem('rate_limited', `Too many wrong ${what} from here.`, {
    remedy: `Try again in ${seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`}, or ${instead}.`,
    retryAfter: seconds,
  })
}
