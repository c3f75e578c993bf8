import { minute, type Clock } from '#kernel/clock.ts'
import { Problem } from '#kernel/problem.ts'
import { addressKey, createLimiter } from '#kernel/ratelimit.ts'

const window = 15 * minute
/** Wrong passwords for one account from one address. */
const byPair = 5
/** Wrong passwords from one address, whatever the account; an office shares one. */
const byAddress = 100
/** Wrong passwords for one account from anywhere: from here on somebody is guessing from many addresses. */
const byAccount = 20
/** Then each address gets this many, so that the owner of the account still gets in from hers. */
const byPairWhileGuessed = 1

export interface Attempt {
  /** The password was right: the attempt counts for nothing. */
  readonly succeeded: () => void
}

export interface Guard {
  /** Takes one attempt, before the password is looked at. Throws `rate_limited` with Retry-After. */
  readonly attempt: (account: string, ip: string) => Attempt
}

/**
 * Makes guessing passwords hopeless without a way to lock somebody out: an account is never closed as a whole. Whoever has
 * the right password gets in from any address that has not failed there itself, however many others are guessing.
 */
export function createGuard(clock: Clock): Guard {
  const pairs = createLimiter(clock, { limit: byPair, window })
  const addresses = createLimiter(clock, { limit: byAddress, window })
  const accounts = createLimiter(clock, { limit: byAccount, window })
  return {
    attempt(account, ip) {
      const address = addressKey(ip)
      const pair = `${address} ${account}`
      refuse(addresses.take(address))
      const guessed = accounts.taken(account) >= byAccount
      const wait = pairs.take(pair, guessed ? byPairWhileGuessed : byPair)
      refuse(wait)
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

function refuse(wait: number): void {
  if (wait === 0) return
  const seconds = Math.ceil(wait / 1000)
  throw new Problem('rate_limited', 'Too many wrong passwords from here.', {
    remedy: `Try again in ${seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`}, or replace the password.`,
    retryAfter: seconds,
  })
}
