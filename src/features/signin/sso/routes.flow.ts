import { z } from 'zod'
import { route } from '#features/workspace/index.ts'
import { found, Problem } from '#kernel/problem.ts'
import { addressKey } from '#kernel/ratelimit.ts'
import type { Call } from '#kernel/route.ts'
import { cookieFor, isSecure } from '../cookie.ts'
import { longest } from '../sessions.ts'
import { forgetCookie, ownAttempt, returned, setOut, stillborn } from './attempt.ts'
import { readClaims, type Claims, type Told } from './claims.ts'
import type { Decision } from './decide.ts'
import type { Ground } from './ground.ts'
import { localPath } from './next.ts'
import type { Heard } from './provider.ts'
import * as schema from './schema.ts'
import { admit, confirmOwn, judge, linkOwn } from './settle.ts'
import { keepOutcome } from './store.attempts.ts'
import { linksOf } from './store.links.ts'
import { markProved, providerById } from './store.providers.ts'
import type { AttemptRow, ProviderRow } from './tables.ts'
import { Failed, type Trouble } from './trouble.ts'

export const callbackPath = '/sso/callback'
const outcomePage = '/sign-in/outcome'

/** `code`, `state` and the session's cookie: nothing of it is kept by the browser or told to the next page. */
function goTo(siteUrl: string, path: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({ location: `${siteUrl}${path}`, 'cache-control': 'no-store' })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(null, { status: 303, headers })
}

export function refuseMany({ begun }: Ground, ip: string): void {
  const wait = begun.take(addressKey(ip))
  if (wait > 0)
    throw new Problem('rate_limited', 'Too many sign-ins were begun from your network address.', {
      remedy: 'Wait a little.',
      retryAfter: Math.ceil(wait / 1000),
    })
}

/** Sends the browser out, or to the page that says why that did not work. */
async function begin(
  ground: Ground,
  call: Call,
  provider: ProviderRow,
  order: Pick<Parameters<typeof setOut>[3], 'kind' | 'next' | 'sessionId'>,
): Promise<Response> {
  const { siteUrl } = ground.ports
  const secure = isSecure(call.request, siteUrl)
  try {
    const { redirectTo, cookie } = await setOut(ground, call.now, provider, { ...order, secure })
    return new Response(null, {
      status: 303,
      headers: { location: redirectTo, 'set-cookie': cookie, 'cache-control': 'no-store' },
    })
  } catch (error) {
    if (!(error instanceof Failed)) throw error
    call.log.warn({ provider: provider.id, why: error.trouble.code }, 'a provider was not reached')
    const outcome = outcomeOf(provider, order.kind, order.next, error.trouble)
    const { id, cookie } = await stillborn(ground, call.now, provider, {
      ...order,
      secure,
      outcome: JSON.stringify(outcome),
    })
    return goTo(siteUrl, `${outcomePage}?of=${id}`, [cookie])
  }
}

const outcomeOf = (
  provider: Pick<ProviderRow, 'id' | 'name'>,
  kind: AttemptRow['kind'],
  next: string | undefined,
  { code, message, remedy }: Trouble,
): schema.Outcome => ({
  kind,
  provider: { id: provider.id, name: provider.name },
  ok: false,
  code,
  message,
  remedy: remedy === '' ? null : remedy,
  next: localPath(next),
  claims: null,
})

const nextQuery = z.object({
  next: z.string().max(2000).optional().describe('A path of this site, for afterwards.'),
})

const startRoute = (ground: Ground) =>
  route({
    id: 'sso.start',
    method: 'GET',
    path: '/sso/start/{id}',
    summary: 'Begin a sign-in at a provider: sends the browser there',
    auth: ['public'],
    permission: null,
    params: schema.idParams,
    query: nextQuery,
    output: null,
    produces: 'text/html',
    errors: 'problem',
    audit: null,
    handle: async (call, { params, query }) => {
      refuseMany(ground, call.ip)
      const provider = await call.read(() => providerById(params.id))
      // A button of a page that was open for long.
      if (provider?.is_on !== 1) return goTo(ground.ports.siteUrl, '/sign-in')
      return begin(ground, call, provider, { kind: 'sign_in', next: query.next, sessionId: null })
    },
  })

const confirmRoute = (ground: Ground) =>
  route({
    id: 'sso.confirm',
    method: 'GET',
    path: '/sso/confirm/{id}',
    summary: 'Prove at a provider that it is still you: sends the browser there',
    auth: ['session'],
    permission: null,
    params: schema.idParams,
    query: nextQuery,
    output: null,
    produces: 'text/html',
    errors: 'problem',
    audit: null,
    handle: async (call, { params, query }) => {
      refuseMany(ground, call.ip)
      const provider = await call.read(function* () {
        const linked = (yield* linksOf(call.actor.id)).some((l) => l.provider_id === params.id)
        return found(linked ? yield* providerById(params.id) : undefined, 'linked sign-in')
      })
      const sessionId = call.actor.sessionId ?? null
      return begin(ground, call, provider, { kind: 'confirm', next: query.next, sessionId })
    },
  })

const callbackRoute = (ground: Ground) =>
  route({
    id: 'sso.return',
    method: 'GET',
    path: callbackPath,
    summary: 'Where a provider sends the browser back to',
    description:
      'The answer is taken once, from the browser that began, within ten minutes. Ends on the page that was asked for, or on one that says what went wrong.',
    auth: ['public'],
    permission: null,
    output: null,
    produces: 'text/html',
    errors: 'problem',
    audit: null,
    handle: async (call) => {
      const { siteUrl } = ground.ports
      const query = new URL(call.request.url).searchParams
      const state = query.get('state') ?? ''
      const back = await returned(ground, call.now, call.request, state)
      if (!back) return goTo(siteUrl, outcomePage)
      const { attempt, secrets } = back
      const provider = await call.read(() => providerById(attempt.provider_id))
      if (!provider || (provider.is_on !== 1 && attempt.kind !== 'test'))
        return goTo(siteUrl, '/sign-in')
      try {
        const heard = await ground.conversation.hear(provider, query, state, secrets)
        return await ends[attempt.kind](ground, call, { attempt, provider, heard })
      } catch (error) {
        if (!(error instanceof Failed)) throw error
        return failed(ground, call, attempt, provider, error.trouble)
      }
    },
  })

interface Trip {
  readonly attempt: AttemptRow
  readonly provider: ProviderRow
  readonly heard: Heard
}

const toldBy = ({ provider, heard }: Trip): Told =>
  readClaims(heard.idToken, heard.userinfo, provider.groups_claim)

type End = (ground: Ground, call: Call, trip: Trip) => Promise<Response>

/** A round trip of somebody who is signed in already, and goes back to where she was. */
function whoIsSignedIn(settle: typeof linkOwn): End {
  return async (ground, call, trip) => {
    const { attempt, provider } = trip
    const trouble = await ground.runtime.db.tx(() =>
      settle(ground, call, attempt, provider, toldBy(trip)),
    )
    return trouble
      ? failed(ground, call, attempt, provider, trouble)
      : goTo(ground.ports.siteUrl, attempt.next)
  }
}

const ends: Readonly<Record<AttemptRow['kind'], End>> = {
  async sign_in(ground, call, trip) {
    const { attempt, provider } = trip
    const admission = await ground.runtime.db.tx(() => admit(ground, call, provider, toldBy(trip)))
    if (!admission.ok) return failed(ground, call, attempt, provider, admission.trouble)
    if (provider.proved_at === null) await proved(ground, call, provider)
    const { siteUrl } = ground.ports
    const { row, token } = admission.session
    const secure = isSecure(call.request, siteUrl)
    const next =
      row.owes === 1
        ? `/sign-in/second-factor?next=${encodeURIComponent(attempt.next)}`
        : attempt.next
    return goTo(siteUrl, next, [
      cookieFor(token, longest, secure),
      forgetCookie(attempt.id, secure),
    ])
  },
  link: whoIsSignedIn(linkOwn),
  confirm: whoIsSignedIn(confirmOwn),
  async test(ground, call, trip) {
    const { attempt, provider, heard } = trip
    const told = toldBy(trip)
    await proved(ground, call, provider)
    const decision = await call.read(() => judge(provider, told, call.now))
    const outcome: schema.Outcome = {
      ...outcomeOf(provider, 'test', attempt.next, inWords(decision, told)),
      ok: decision.kind !== 'refuse',
      claims: withoutNonce({ ...heard.userinfo, ...heard.idToken }),
    }
    await ground.runtime.db.tx(() => keepOutcome(attempt.id, JSON.stringify(outcome)))
    return goTo(ground.ports.siteUrl, `${outcomePage}?of=${attempt.id}`)
  },
}

/** It is ours, and says nothing of the person. */
const withoutNonce = ({ nonce: _, ...claims }: Claims): Claims => claims

/** What a sign-in would have done. */
function inWords(decision: Decision, told: Told): Trouble {
  if (decision.kind === 'refuse') return decision.refusal
  const who = told.email ?? told.subject
  const message = {
    sign_in: `${who} would be signed in: the account is linked.`,
    link: `${who} would be signed in, and the account linked from then on.`,
    create: `A member would be made for ${who}.`,
  }[decision.kind]
  return { code: decision.kind, message, remedy: '' }
}

const proved = (ground: Ground, { now }: Call, { id, version }: ProviderRow): Promise<void> =>
  ground.runtime.db.tx(() => markProved(id, version, now))

/** Keeps what went wrong for the page that says it. */
async function failed(
  ground: Ground,
  call: Call,
  attempt: AttemptRow,
  provider: ProviderRow,
  trouble: Trouble,
): Promise<Response> {
  call.log.info(
    { provider: provider.id, why: trouble.code, ip: call.ip },
    'a sign-in at a provider came to nothing',
  )
  const outcome = outcomeOf(provider, attempt.kind, attempt.next, trouble)
  await ground.runtime.db.tx(() => keepOutcome(attempt.id, JSON.stringify(outcome)))
  return goTo(ground.ports.siteUrl, `${outcomePage}?of=${attempt.id}`)
}

const outcomeRoute = route({
  id: 'sso.outcome',
  method: 'GET',
  path: '/api/v1/sso/outcomes/{id}',
  summary: 'What came of a round trip to a provider, for the browser that made it',
  auth: ['public'],
  permission: null,
  params: schema.idParams,
  output: schema.outcome,
  errors: 'problem',
  audit: null,
  handle: (call, { params }) =>
    call.read(function* () {
      const { outcome } = yield* ownAttempt(call.request, params.id, call.now)
      return JSON.parse(found(outcome ?? undefined, 'outcome')) as schema.Outcome
    }),
})

export const flowRoutes = (ground: Ground) => [
  startRoute(ground),
  confirmRoute(ground),
  callbackRoute(ground),
  outcomeRoute,
]
