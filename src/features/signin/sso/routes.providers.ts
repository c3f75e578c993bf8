import type { Acting } from '#features/access/index.ts'
import { route } from '#features/workspace/index.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { isSecure } from '../cookie.ts'
import { setOut } from './attempt.ts'
import { providerTarget, type Ground } from './ground.ts'
import { secretContext } from './provider.ts'
import { mappingRoute } from './routes.mapping.ts'
import { asProblem } from './routes.own.ts'
import * as schema from './schema.ts'
import { refusePublicMail } from './public-mail.ts'
import { endSessionsFrom } from './store.attempts.ts'
import {
  allDomains,
  allProviders,
  deleteProvider,
  domainsOf,
  insertProvider,
  providerById,
  providerByIssuer,
  replaceDomains,
  updateProvider,
  workspaceEnforces,
} from './store.providers.ts'
import type { ProviderRow } from './tables.ts'
import { manage, one, refuseOutdated, shownAll } from './view.ts'

/** What a record keeps of a provider: what decides who gets in, and whether the secret is another one. */
function* audited(row: ProviderRow): Work<object> {
  return {
    name: row.name,
    issuer: row.issuer,
    clientId: row.client_id,
    scopes: row.scopes,
    groupsClaim: row.groups_claim,
    justInTime: row.just_in_time === 1,
    secondFactor: row.second_factor,
    on: row.is_on === 1,
    domains: yield* domainsOf(row.id),
  }
}

/** One provider for one domain. What an owner states about it is hers to answer for; whose name server says so cannot be asked. */
function* setDomains(
  actor: Acting,
  now: number,
  id: string,
  wanted: readonly string[],
): Work<void> {
  const domains = [...new Set(wanted)]
  refusePublicMail(domains)
  const all = yield* allDomains()
  const taken = all.find((d) => d.provider_id !== id && domains.includes(d.domain))
  if (taken)
    throw new Problem('already_exists', `${taken.domain} belongs to another provider.`, {
      remedy: 'Take it out there first.',
      errors: [{ field: 'domains', message: `${taken.domain} belongs to another provider.` }],
    })
  const had = new Set(all.filter((d) => d.provider_id === id).map((d) => d.domain))
  yield* replaceDomains(
    id,
    domains.filter((d) => had.has(d)),
    domains
      .filter((d) => !had.has(d))
      .map((domain) => ({ domain, provider_id: id, stated_by: actor.label, stated_at: now })),
  )
}

const list = (redirectUri: string) =>
  route({
    ...manage,
    id: 'sso-providers.list',
    method: 'GET',
    path: '/api/v1/sso/providers',
    summary: 'Identity providers, who has to use them, and who gets in without',
    output: schema.providers,
    audit: null,
    handle: (call) => call.read(() => shownAll(redirectUri)),
  })

const get = route({
  ...manage,
  id: 'sso-providers.get',
  method: 'GET',
  path: '/api/v1/sso/providers/{id}',
  summary: 'One identity provider',
  params: schema.idParams,
  output: schema.provider,
  audit: null,
  handle: (call, { params }) => call.read(() => one(params.id)),
})

const create = ({ runtime, conversation }: Ground) =>
  route({
    ...manage,
    id: 'sso-providers.create',
    method: 'POST',
    path: '/api/v1/sso/providers',
    summary: 'Add an OpenID Connect provider; it is off until it is turned on',
    description:
      'Asks the provider for its metadata first, and is refused where that does not fit.',
    body: schema.newProvider,
    output: schema.provider,
    status: 201,
    audit: 'sso-provider.create',
    recent: true,
    handle: async (call, { body }) => {
      refusePublicMail(body.domains)
      const secret = body.clientSecret === '' ? null : body.clientSecret
      await asProblem(() =>
        conversation.meet({
          name: body.name,
          issuer: body.issuer,
          client_id: body.clientId,
          secret,
        }),
      )
      return call.write(function* (record) {
        const taken = yield* providerByIssuer(body.issuer)
        if (taken)
          throw new Problem('already_exists', `${taken.name} has this issuer.`, {
            remedy: 'Change that provider instead.',
            errors: [{ field: 'issuer', message: 'A provider with this issuer exists.' }],
          })
        const id = runtime.ids('idp')
        const row: ProviderRow = {
          id,
          name: body.name,
          button: body.button ?? body.name.slice(0, 60),
          issuer: body.issuer,
          client_id: body.clientId,
          secret_sealed: sealedSecret(runtime, id, body.clientSecret),
          scopes: body.scopes,
          groups_claim: body.groupsClaim === '' ? null : body.groupsClaim,
          just_in_time: body.justInTime ? 1 : 0,
          second_factor: body.secondFactor,
          is_on: 0,
          enforced: 0,
          proved_at: null,
          created_at: call.now,
          updated_at: call.now,
          version: 1,
        }
        yield* insertProvider(row)
        yield* setDomains(call.actor, call.now, id, body.domains)
        yield* record({ target: providerTarget(row), after: yield* audited(row) })
        return yield* one(id)
      })
    },
  })

/** Changes after which nobody knows whether a round trip still works. */
const asksAnew = ['clientId', 'clientSecret', 'scopes'] as const

const change = ({ runtime }: Ground) =>
  route({
    ...manage,
    id: 'sso-providers.change',
    method: 'PATCH',
    path: '/api/v1/sso/providers/{id}',
    summary:
      'Change a provider, turn it on or off; turning it off ends the sessions that came through it',
    params: schema.idParams,
    body: schema.providerChange,
    output: schema.provider,
    audit: 'sso-provider.change',
    recent: true,
    handle: (call, { params, body }) =>
      call.write(function* (record) {
        const before = found(yield* providerById(params.id), 'provider')
        refuseOutdated(before, body.version)
        const auditedBefore = yield* audited(before)
        const anew = asksAnew.some((key) => body[key] !== undefined)
        const off = body.on === false && before.is_on === 1
        if (off) yield* refuseLast(before)
        const after = {
          ...before,
          name: body.name ?? before.name,
          button: body.button ?? before.button,
          client_id: body.clientId ?? before.client_id,
          secret_sealed:
            body.clientSecret === undefined
              ? before.secret_sealed
              : sealedSecret(runtime, before.id, body.clientSecret),
          scopes: body.scopes ?? before.scopes,
          groups_claim:
            body.groupsClaim === undefined ? before.groups_claim : body.groupsClaim || null,
          just_in_time: flag(body.justInTime, before.just_in_time),
          second_factor: body.secondFactor ?? before.second_factor,
          is_on: flag(body.on, before.is_on),
          proved_at: anew ? null : before.proved_at,
          updated_at: call.now,
        }
        const { id, issuer: _, version: __, ...values } = after
        if (!(yield* updateProvider(id, before.version, values)))
          refuseOutdated(found(yield* providerById(id), 'provider'), body.version)
        if (body.domains) yield* setDomains(call.actor, call.now, id, body.domains)
        const endedSessions = off ? yield* endSessionsFrom(id) : 0
        yield* record({
          target: providerTarget(after),
          before: auditedBefore,
          after: {
            ...(yield* audited(after)),
            ...(body.clientSecret === undefined ? {} : { secret: 'replaced' }),
            ...(off ? { endedSessions } : {}),
          },
        })
        return yield* one(id)
      }),
  })

/** Empty: a public client, which has none. */
const sealedSecret = ({ secrets }: Ground['runtime'], id: string, secret: string): string | null =>
  secret === '' ? null : secrets.seal(secret, secretContext(id))

const flag = (wanted: boolean | undefined, before: number): number =>
  wanted === undefined ? before : wanted ? 1 : 0

/** While everybody signs in through a provider, there is one. */
function* refuseLast(row: ProviderRow): Work<void> {
  const others = (yield* allProviders()).filter((p) => p.is_on === 1 && p.id !== row.id)
  if (row.is_on === 1 && others.length === 0 && (yield* workspaceEnforces()))
    throw new Problem('in_use', 'Everybody has to sign in through it.', {
      remedy: 'Let people sign in another way first.',
    })
}

const remove = route({
  ...manage,
  id: 'sso-providers.delete',
  method: 'DELETE',
  path: '/api/v1/sso/providers/{id}',
  summary: 'Delete a provider with its links; sessions that came through it end',
  params: schema.idParams,
  query: schema.providerRemoval,
  output: null,
  audit: 'sso-provider.delete',
  recent: true,
  handle: async (call, { params, query }) => {
    await call.write(function* (record) {
      const row = found(yield* providerById(params.id), 'provider')
      refuseOutdated(row, query.version)
      yield* refuseLast(row)
      const before = yield* audited(row)
      const endedSessions = yield* endSessionsFrom(row.id)
      yield* deleteProvider(row.id)
      yield* record({ target: providerTarget(row), before, after: { endedSessions } })
    })
  },
})

const test = (ground: Ground) =>
  route({
    ...manage,
    id: 'sso-providers.test',
    method: 'POST',
    path: '/api/v1/sso/providers/{id}/test',
    summary: 'Begin a round trip that shows what the provider says, and signs nobody in',
    auth: ['session'],
    params: schema.idParams,
    output: schema.wayOut,
    audit: null,
    handle: async (call, { params }) => {
      const provider = found(await call.read(() => providerById(params.id)), 'provider')
      const { redirectTo, cookie } = await asProblem(() =>
        setOut(ground, call.now, provider, {
          kind: 'test',
          next: `/settings/sign-in/providers/${provider.id}`,
          sessionId: call.actor.sessionId ?? null,
          secure: isSecure(call.request, ground.ports.siteUrl),
        }),
      )
      return Response.json(
        { redirectTo },
        {
          headers: { 'set-cookie': cookie, 'cache-control': 'no-store' },
        },
      )
    },
  })

export const providerRoutes = (ground: Ground, redirectUri: string) => [
  list(redirectUri),
  get,
  create(ground),
  change(ground),
  remove,
  mappingRoute,
  test(ground),
]
