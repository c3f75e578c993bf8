import { memberById } from '#features/access/index.ts'
import { minute } from '#kernel/clock.ts'
import type { Job, Schedule } from '#kernel/jobs.ts'
import { Problem } from '#kernel/problem.ts'
import { createLimiter } from '#kernel/ratelimit.ts'
import type { Route } from '#kernel/route.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import type { Provider, SigninPorts, SingleSignOn } from '../setting.ts'
import { readableFor } from './attempt.ts'
import { demanded, rulesNow } from './enforce.ts'
import type { Ground } from './ground.ts'
import { createConversation } from './provider.ts'
import { callbackPath, flowRoutes } from './routes.flow.ts'
import { ownRoutes } from './routes.own.ts'
import { providerRoutes } from './routes.providers.ts'
import { ruleRoutes } from './routes.rules.ts'
import { deleteAttemptsBefore, forgetEnded } from './store.attempts.ts'
import { deleteLinksOf, linkedAmong, linksOf } from './store.links.ts'
import { allProviders, providersOfGroup, workspaceEnforces } from './store.providers.ts'
import type { ProviderRow } from './tables.ts'

export { keepBreakGlass } from './enforce.ts'
export { ssoMigrations } from './migrations.ts'

const sweep = 'signin.sweep-single-sign-on'
export const ssoSchedules: readonly Schedule[] = [{ job: sweep, cron: '47 * * * *' }]

export interface SsoRoom {
  /** What the rest of the feature asks. */
  readonly sso: SingleSignOn
  readonly routes: readonly Route[]
  readonly jobs: readonly Job[]
}

/** How many round trips one address may begin in a quarter of an hour: a whole office comes from one. */
const begunFrom = 1000

/** Sign-in through the organisation's own provider, by OpenID Connect. */
export function createSingleSignOn(runtime: Runtime, ports: SigninPorts): SsoRoom {
  const redirectUri = `${ports.siteUrl}${callbackPath}`
  const sso: SingleSignOn = {
    *providers() {
      return (yield* allProviders()).filter((row) => row.is_on === 1).map((row) => shown(row))
    },
    enforced: workspaceEnforces,
    refuseOtherWays,
    *confirmingAt(memberId) {
      const links = new Set((yield* linksOf(memberId)).map((link) => link.provider_id))
      return (yield* allProviders())
        .filter((row) => row.is_on === 1 && links.has(row.id))
        .map((row) => ({ ...shown(row), startUrl: `/sso/confirm/${row.id}` }))
    },
    linked: linkedAmong,
    forget: deleteLinksOf,
  }
  const ground: Ground = {
    runtime,
    ports,
    sso,
    conversation: createConversation({
      clock: runtime.clock,
      secrets: runtime.secrets,
      redirectUri,
      exceptions: ports.singleSignOn.exceptions,
    }),
    begun: createLimiter(runtime.clock, { limit: begunFrom, window: 15 * minute }),
  }
  return {
    sso,
    routes: [
      ...flowRoutes(ground),
      ...ownRoutes(ground),
      ...providerRoutes(ground, redirectUri),
      ...ruleRoutes,
    ],
    jobs: [
      {
        name: sweep,
        async handle() {
          const now = runtime.clock()
          await runtime.db.tx(function* () {
            yield* deleteAttemptsBefore(now - readableFor)
            yield* forgetEnded()
          })
        },
      },
    ],
  }
}

const shown = ({ id, button }: ProviderRow): Provider => ({
  id,
  name: button,
  startUrl: `/sso/start/${id}`,
})

function* refuseOtherWays(memberId: string): Work<void> {
  const rules = yield* rulesNow()
  if (rules.providers.length === 0) return
  const member = yield* memberById(memberId)
  const provider = member && demanded(rules, member)
  if (provider)
    throw new Problem('single_sign_on_required', `You sign in through ${provider.name} here.`, {
      remedy: 'Use its button on the sign-in page.',
      data: { providers: [shown(provider)] },
    })
}

/** Providers that put members into the group, as what keeps it from being deleted. */
export function* mappedTo(groupId: string) {
  return (yield* providersOfGroup(groupId)).map((row) => ({
    kind: 'sso_provider',
    id: row.id,
    label: `The provider ${row.name}`,
    link: `/settings/sign-in/providers/${row.id}`,
  }))
}
