import type { AccessPorts, Holding } from '#features/access/index.ts'
import type { Permission } from '#features/workspace/index.ts'
import { hour, minute } from '#kernel/clock.ts'
import { createLimiter } from '#kernel/ratelimit.ts'
import type { Actor } from '#kernel/route.ts'
import type { ChecklistLine, Feature, Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import {
  initFromEnvironment,
  ownerReset,
  ownersWhoSignIn,
  setupLink,
  type Ground,
  type InitialValues,
  type Initialised,
  type OwnerReset,
  type ResetWish,
} from './firstrun.ts'
import { createGuard } from './guard.ts'
import { schedules, signinJobs } from './jobs.ts'
import { migrations } from './migrations.ts'
import { invitationRoutes } from './routes.invitations.ts'
import { passkeyRoutes } from './passkeys/routes.ts'
import { totpRoutes } from './totp/routes.ts'
import { partyOf } from './passkeys/party.ts'
import { optionRoutes } from './routes.options.ts'
import { passwordRoutes } from './routes.password.ts'
import { sessionRoutes } from './routes.session.ts'
import { setupRoutes } from './routes.setup.ts'
import { giveRoutes } from './second-factor/routes.give.ts'
import { memberSignInRoutes } from './second-factor/routes.members.ts'
import { ownFactorRoutes } from './second-factor/routes.own.ts'
import { ruleRoutes } from './second-factor/routes.rule.ts'
import { createHalfSessionAuthenticator, createSessionAuthenticator } from './sessions.ts'
import type { Setting, SigninPorts } from './setting.ts'
import {
  createSingleSignOn,
  keepBreakGlass,
  mappedTo,
  ssoMigrations,
  ssoSchedules,
} from './sso/index.ts'
import { removeAllFactors } from './second-factor/remove-all.ts'
import { deleteCredential } from './store.credentials.ts'
import { deleteLinksOf } from './store.links.ts'
import { deleteSessionsOf, sessionsOf } from './store.sessions.ts'
import { describeClient } from './client.ts'
import { withWayIn } from './ways.ts'

export { foundWorkspace, type Founding, type InitialValues, type OwnerReset } from './firstrun.ts'
export type { SigninPorts } from './setting.ts'
export { setPassword } from './store.credentials.ts'

export interface Signin extends Feature {
  /** The authenticator for the session cookie. */
  readonly authenticateSession: (
    request: Request,
    now: number,
  ) => Promise<Actor<Permission> | undefined>
  /** The same for a session that still owes its second factor. */
  readonly authenticateHalfSession: Signin['authenticateSession']
  /** A new link to the first run; undefined when there is an owner. For the console, never for the log. */
  readonly setupLink: () => Promise<string | undefined>
  /** Call once after the migrations. Says in the log whether the values were taken or ignored. */
  readonly initFromEnvironment: (init: InitialValues) => Promise<Initialised>
  /** For the operator at the machine: a link that sets an owner's password, and her second factors gone where wanted. */
  readonly ownerReset: (wish?: ResetWish) => Promise<OwnerReset>
  /** Ports of access: what this feature keeps about a member. */
  readonly endSessions: AccessPorts['endSessions']
  readonly endLinks: AccessPorts['endLinks']
  readonly canSignIn: AccessPorts['canSignIn']
  readonly forget: AccessPorts['forget']
  readonly holdings: AccessPorts['holdings']
  /** Providers whose claims put members into the group. */
  readonly groupUsedBy: AccessPorts['groupUsedBy']
  /** Refuses what would leave nobody who gets in without a provider. */
  readonly keepBreakGlass: typeof keepBreakGlass
}

/** How people get in: the first run, invitations, passwords and sessions. */
export function createSignin(runtime: Runtime, ports: SigninPorts): Signin {
  const ground: Ground = { ...runtime, siteUrl: ports.siteUrl }
  const room = createSingleSignOn(runtime, ports)
  const setting: Setting = {
    runtime,
    ports,
    guard: createGuard(runtime.clock, { what: 'passwords', instead: 'replace the password' }),
    codeGuard: createGuard(runtime.clock, { what: 'codes', instead: 'use another way' }),
    party: partyOf(ports.siteUrl),
    sso: room.sso,
    // A morning in an office behind one address, with each sign-in page asking once by itself.
    challenges: createLimiter(runtime.clock, { limit: 300, window: 15 * minute }),
    resets: {
      byAccount: createLimiter(runtime.clock, { limit: 3, window: hour }),
      byAddress: createLimiter(runtime.clock, { limit: 20, window: 15 * minute }),
    },
  }
  return {
    name: 'signin',
    migrations: [...migrations, ...ssoMigrations],
    routes: [
      ...setupRoutes(setting),
      ...optionRoutes(setting),
      ...ruleRoutes,
      ...passkeyRoutes(setting),
      ...totpRoutes(setting),
      ...giveRoutes(setting),
      ...ownFactorRoutes(setting),
      ...memberSignInRoutes(setting),
      ...sessionRoutes(setting),
      ...passwordRoutes(setting),
      ...invitationRoutes(setting),
      ...room.routes,
    ],
    jobs: [...signinJobs(runtime, ports), ...room.jobs],
    schedules: [...schedules, ...ssoSchedules],
    checklist,
    authenticateSession: createSessionAuthenticator(runtime),
    authenticateHalfSession: createHalfSessionAuthenticator(runtime),
    setupLink: () => setupLink(ground),
    ownerReset: (wish) => ownerReset(ground, wish),
    endSessions,
    endLinks: deleteLinksOf,
    canSignIn: withWayIn,
    *forget(memberId) {
      yield* forget(memberId)
      yield* room.sso.forget(memberId)
    },
    holdings,
    groupUsedBy: mappedTo,
    keepBreakGlass,
    async initFromEnvironment(init) {
      const result = await initFromEnvironment(ground, init)
      if (result === 'done') runtime.log.info('the workspace was set up from the environment')
      if (result === 'ignored')
        runtime.log.info(
          'the workspace exists already: GATEHOUSE_INIT_… variables are ignored and can be removed',
        )
      return result
    },
  }
}

function* checklist(): Work<readonly ChecklistLine[]> {
  const owners = yield* ownersWhoSignIn()
  return [
    {
      key: 'owner',
      title: 'An owner has signed up',
      detail:
        owners > 1
          ? `${owners} owners can sign in.`
          : 'Make a second person owner, so that one lost password does not lock you out.',
      done: owners > 0,
      link: '/members?role=owner',
    },
  ]
}

/** Ends every session and link of a member; how many sessions there were. */
function* endSessions(memberId: string): Work<number> {
  yield* deleteLinksOf(memberId)
  return yield* deleteSessionsOf(memberId)
}

/** Removes everything this feature keeps about a member, before her row goes. */
function* forget(memberId: string): Work<void> {
  yield* endSessions(memberId)
  yield* removeAllFactors(memberId)
  yield* deleteCredential(memberId)
}

/** What ends when she leaves. */
function* holdings(memberId: string): Work<readonly Holding[]> {
  const sessions = yield* sessionsOf(memberId)
  if (sessions.length === 0) return []
  return [
    {
      kind: 'session',
      count: sessions.length,
      label: sessions.length === 1 ? '1 session' : `${sessions.length} sessions`,
      fate: 'Ends at once.',
      items: sessions.slice(0, 20).map((s) => ({ id: s.id, label: describeClient(s.user_agent) })),
    },
  ]
}
