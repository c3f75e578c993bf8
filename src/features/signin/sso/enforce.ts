import { breakGlassOwners, type Member } from '#features/access/index.ts'
import { Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { withFactor, withPasskey } from '../second-factor/store.ts'
import { withPassword } from '../store.credentials.ts'
import { domainOf } from './claims.ts'
import { allDomains, allProviders, workspaceEnforces } from './store.providers.ts'
import type { ProviderRow } from './tables.ts'

/** What decides who has to sign in through which provider. */
export interface Rules {
  /** Only those that are on. */
  readonly providers: readonly ProviderRow[]
  /** Domain → id of the provider that owns it. */
  readonly owners: ReadonlyMap<string, string>
  /** Everybody, whatever the domain. */
  readonly everybody: boolean
  readonly breakGlass: ReadonlySet<string>
}

export function* rulesNow(): Work<Rules> {
  return {
    providers: (yield* allProviders()).filter((row) => row.is_on === 1),
    owners: new Map((yield* allDomains()).map((row) => [row.domain, row.provider_id])),
    everybody: yield* workspaceEnforces(),
    breakGlass: yield* breakGlassOwners(),
  }
}

/**
 * Where this member has to sign in; undefined: she may sign in any way. A provider that is off asks nobody, so that turning off a
 * provider that is down lets people in again.
 */
export function demanded(
  rules: Rules,
  member: Pick<Member, 'id' | 'email'>,
): ProviderRow | undefined {
  if (rules.breakGlass.has(member.id)) return undefined
  const owner = rules.owners.get(domainOf(member.email) ?? '')
  const own = rules.providers.find((row) => row.id === owner)
  if (own?.enforced === 1) return own
  return rules.everybody ? (own ?? rules.providers[0]) : undefined
}

/** Break-glass owners who get in with two factors and without a provider: password and app, or a passkey. */
export function* readyOwners(): Work<ReadonlySet<string>> {
  const marked = [...(yield* breakGlassOwners())]
  const [passwords, factors, passkeys] = [
    yield* withPassword(marked),
    yield* withFactor(marked),
    yield* withPasskey(marked),
  ]
  return new Set(marked.filter((id) => passkeys.has(id) || (passwords.has(id) && factors.has(id))))
}

/** While anybody has to sign in through a provider, somebody has to get in without it. */
export function* refuseWithoutBreakGlass(): Work<void> {
  if ((yield* readyOwners()).size === 0)
    throw new Problem('wrong_state', 'No break-glass owner could sign in without the provider.', {
      remedy:
        'Mark an owner as break-glass who has a password and an authenticator app, or a passkey. Then do this again.',
    })
}

function* isEnforced(): Work<boolean> {
  const { providers, everybody } = yield* rulesNow()
  return providers.some((row) => everybody || row.enforced === 1)
}

const lastOne = (): Problem =>
  new Problem('last_owner', 'She is the last break-glass owner who gets in without a provider.', {
    remedy:
      'Mark another owner who has two factors first, or let people sign in another way again.',
  })

/** Before an act that takes this owner away, or her mark. */
export function* keepBreakGlass(memberId: string): Work<void> {
  const ready = yield* readyOwners()
  if (ready.size === 1 && ready.has(memberId) && (yield* isEnforced())) throw lastOne()
}

/** Around an act that takes a factor away: she may have others. */
export function* keepingBreakGlass<T>(act: Work<T>): Work<T> {
  const before = yield* readyOwners()
  const done = yield* act
  if (before.size > 0 && (yield* isEnforced()) && (yield* readyOwners()).size === 0) throw lastOne()
  return done
}
