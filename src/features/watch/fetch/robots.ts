import { day, minute, second, type Clock } from '#kernel/clock.ts'
import type { OutboundFailure, OutboundResult } from '#kernel/outbound.ts'
import { readRobots, type Robots as Rules } from '../sources/robots.ts'

export type Verdict =
  | { readonly ok: true; readonly crawlDelayMs: number }
  /** The site says no, or has not said anything readable yet. */
  | { readonly ok: false; readonly message: string }
  /** The host cannot be reached at all, which is what there is to tell. */
  | { readonly ok: false; readonly failure: OutboundFailure }

export interface Robots {
  /** Whether the address may be fetched. At once where the answer is known. */
  readonly judge: (
    url: URL,
    userAgent: string,
    get: (url: string) => Promise<OutboundResult>,
  ) => Verdict | Promise<Verdict>
}

/** "Crawlers … SHOULD NOT use the cached version for more than 24 hours" (RFC 9309, section 2.4). */
const keep = day
/** How soon a robots.txt that could not be read is asked for again. */
const again = minute
/** After this without a readable answer everything is allowed; 30 days is the RFC's own example (section 2.3.1.4). */
const patience = 30 * day
/** A site may ask for minutes between two requests; nobody would see a set of a thousand pages then. */
const longestDelay = 30 * second
const mostOrigins = 2000

interface Known {
  /** Undefined: all is allowed. */
  readonly rules: Rules | undefined
  /** Why nothing is allowed. */
  readonly refused: Exclude<Verdict, { ok: true }> | undefined
  readonly until: number
  /** Since when it could not be read. */
  readonly troubleSince: number | undefined
}

/** What sites ask of visitors, by origin, for the whole process (RFC 9309). */
export function createRobots(clock: Clock): Robots {
  const known = new Map<string, Known>()
  const asked = new Map<string, Promise<Known>>()

  const learn = async (
    origin: string,
    get: (url: string) => Promise<OutboundResult>,
  ): Promise<Known> => {
    const answer = await get(`${origin}/robots.txt`)
    const next = read(origin, answer, known.get(origin), clock())
    known.delete(origin)
    known.set(origin, next)
    if (known.size > mostOrigins)
      for (const oldest of known.keys()) {
        known.delete(oldest)
        break
      }
    return next
  }

  return {
    judge: (url, userAgent, get) => {
      const { origin } = url
      const now = known.get(origin)
      if (now !== undefined && now.until > clock()) return verdict(now, url, userAgent)
      let asking = asked.get(origin)
      if (asking === undefined) {
        asking = learn(origin, get).finally(() => asked.delete(origin))
        asked.set(origin, asking)
      }
      return asking.then((learnt) => verdict(learnt, url, userAgent))
    },
  }
}

function read(
  origin: string,
  answer: OutboundResult,
  before: Known | undefined,
  now: number,
): Known {
  const lost =
    !answer.ok && (answer.kind === 'too_many_redirects' || answer.kind === 'bad_redirect')
  // 429 says "later", as 5xx does; every other answer says what there is.
  if (lost || (answer.ok && answer.status < 500 && answer.status !== 429)) {
    // "Unavailable" (4xx, redirects without end) allows everything (sections 2.3.1.2 and 2.3.1.3).
    const found = answer.ok && answer.status >= 200 && answer.status < 300
    const rules = found ? readRobots(answer.body.toString(), `${origin}/robots.txt`) : undefined
    return { rules, refused: undefined, until: now + keep, troubleSince: undefined }
  }
  const troubleSince = before?.troubleSince ?? now
  // A host that was not reached is asked again with the page's own next attempt.
  const until = answer.ok ? now + again : now
  // What was read once holds until something else is; a site in trouble has not changed its mind.
  if (before !== undefined && before.refused === undefined)
    return { ...before, until, troubleSince }
  const why = answer.ok ? `answers ${answer.status}` : answer.message
  const refused: Known['refused'] =
    !answer.ok && answer.kind !== 'too_large'
      ? { ok: false, failure: answer }
      : {
          ok: false,
          message: `${origin}/robots.txt ${why}; until it can be read, nothing of the site is fetched.`,
        }
  const waitedEnough = now - troubleSince >= patience
  return { rules: undefined, refused: waitedEnough ? undefined : refused, until, troubleSince }
}

function verdict({ rules, refused }: Known, url: URL, userAgent: string): Verdict {
  if (refused !== undefined) return refused
  if (rules === undefined) return { ok: true, crawlDelayMs: 0 }
  if (!rules.allowed(url, userAgent))
    return { ok: false, message: `${url.origin}/robots.txt asks us not to fetch ${url.pathname}.` }
  const delay = (rules.crawlDelaySeconds(userAgent) ?? 0) * second
  return { ok: true, crawlDelayMs: Math.min(delay, longestDelay) }
}
