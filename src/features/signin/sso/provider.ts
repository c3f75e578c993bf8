import type * as OpenId from 'openid-client'
import { hour, type Clock } from '#kernel/clock.ts'
import { later } from '#kernel/later.ts'
import type { Secrets } from '#kernel/secrets.ts'
import { wantsUserinfo, type Claims } from './claims.ts'
import type { ProviderRow } from './tables.ts'
import { Failed, troubleOf } from './trouble.ts'
import { createFetch, isNamed } from './way-out.ts'

/** A start signs nobody in through a provider. */
const openid = later('openid-client') as () => typeof OpenId

export const secretContext = (providerId: string): string => `sso.secret:${providerId}`

/** What a provider is asked with. */
export interface Client extends Pick<ProviderRow, 'name' | 'issuer' | 'client_id'> {
  readonly secret: string | null
}

/** What only this browser and we know of a round trip. */
export interface TripSecrets {
  readonly verifier: string
  readonly nonce: string
}

export interface Heard {
  readonly idToken: Claims
  readonly userinfo: Claims | undefined
}

export interface Conversation {
  /** Asks the provider what it is; throws `Failed`. Nothing of it is kept. */
  readonly meet: (client: Client) => Promise<void>
  /** The address at the provider, for a browser that has just begun. */
  readonly wayOut: (
    provider: ProviderRow,
    state: string,
    secrets: TripSecrets,
    again: boolean,
  ) => Promise<string>
  /** What the provider says of whoever has come back with this query. Throws `Failed`. */
  readonly hear: (
    provider: ProviderRow,
    query: URLSearchParams,
    state: string,
    secrets: TripSecrets,
  ) => Promise<Heard>
  readonly newSecrets: () => TripSecrets & { readonly state: string }
}

export interface ConversationParts {
  readonly clock: Clock
  readonly secrets: Secrets
  /** Registered at the provider: the same for all, compared letter by letter (RFC 9700, section 4.1.3). */
  readonly redirectUri: string
  /** Hosts that may be called although they are not public, as `host:port`. */
  readonly exceptions: () => Promise<readonly string[]>
}

/** What a provider says of itself is asked for again after this long; its keys, as soon as one is unknown. */
const knownFor = hour
const mostKnown = 100

export function createConversation(parts: ConversationParts): Conversation {
  const known = new Map<string, { readonly at: number; readonly config: OpenId.Configuration }>()

  async function configure(client: Client): Promise<OpenId.Configuration> {
    // Deprecated only to stand out: it is for a provider that somebody has named as reachable in the clear.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    const { allowInsecureRequests, clockSkew, customFetch, discovery, enableNonRepudiationChecks } =
      openid()
    const exceptions = await parts.exceptions()
    const issuer = new URL(client.issuer)
    if (issuer.protocol === 'http:' && !isNamed(issuer, exceptions))
      throw new Failed({
        code: 'provider_refused_address',
        message: `${client.issuer} would be called in the clear.`,
        remedy: 'Use https, or allow this host under Outbound exceptions.',
      })
    const config = await discovery(
      issuer,
      client.client_id,
      // The product's clock is the one that counts.
      { [clockSkew]: Math.round((parts.clock() - Date.now()) / 1000) },
      client.secret === null ? openid().None() : authentication(client.secret),
      {
        [customFetch]: createFetch(exceptions),
        execute: [
          // The signature of an ID token is looked at although TLS has brought it (OpenID Connect Core, section 3.1.3.7).
          enableNonRepudiationChecks,
          ...(issuer.protocol === 'http:' ? [allowInsecureRequests] : []),
        ],
      },
    )
    const metadata = config.serverMetadata()
    // Discovery, section 4.3: letter by letter. A provider with one issuer for many organisations is none of them.
    if (metadata.issuer !== client.issuer)
      throw new Failed({
        code: 'provider_issuer',
        message: `${client.issuer} calls itself ${metadata.issuer}.`,
        remedy: 'Enter the issuer exactly as the provider writes it, of your organisation alone.',
      })
    const lacks = (['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const).filter(
      (key) => metadata[key] === undefined,
    )
    if (lacks.length > 0)
      throw new Failed({
        code: 'provider_metadata',
        message: `${client.name} names no ${lacks.join(', ')}.`,
        remedy: 'Use an OpenID Connect provider with the authorization code flow.',
      })
    return config
  }

  const inWords = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw new Failed(troubleOf(error, name, openid()), error)
    }
  }

  async function configured(provider: ProviderRow): Promise<OpenId.Configuration> {
    const key = `${provider.id} ${provider.version}`
    const had = known.get(key)
    if (had && parts.clock() - had.at < knownFor) return had.config
    const config = await configure(clientOf(provider))
    if (known.size >= mostKnown) known.clear()
    known.set(key, { at: parts.clock(), config })
    return config
  }

  const clientOf = (provider: ProviderRow): Client => ({
    ...provider,
    secret:
      provider.secret_sealed === null
        ? null
        : parts.secrets.open(provider.secret_sealed, secretContext(provider.id)),
  })

  return {
    meet: (client) =>
      inWords(client.name, async () => {
        await configure(client)
      }),
    newSecrets() {
      const { randomNonce, randomPKCECodeVerifier, randomState } = openid()
      return { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() }
    },
    wayOut: (provider, state, { verifier, nonce }, again) =>
      inWords(provider.name, async () => {
        const { buildAuthorizationUrl, calculatePKCECodeChallenge } = openid()
        const url = buildAuthorizationUrl(await configured(provider), {
          redirect_uri: parts.redirectUri,
          scope: provider.scopes,
          state,
          nonce,
          code_challenge: await calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          // OpenID Connect Core, section 3.1.2.1: with max_age the ID token has to say when she was asked.
          ...(again ? { prompt: 'login', max_age: '0' } : {}),
        })
        return url.href
      }),
    hear: (provider, query, state, { verifier, nonce }) =>
      inWords(provider.name, async () => {
        const config = await configured(provider)
        const { authorizationCodeGrant, fetchUserInfo } = openid()
        const tokens = await authorizationCodeGrant(
          config,
          new URL(`${parts.redirectUri}?${query.toString()}`),
          {
            expectedState: state,
            expectedNonce: nonce,
            pkceCodeVerifier: verifier,
            idTokenExpected: true,
          },
        )
        const idToken: Claims = tokens.claims() ?? {}
        const { userinfo_endpoint } = config.serverMetadata()
        const asks =
          userinfo_endpoint !== undefined && wantsUserinfo(idToken, provider.groups_claim)
        const userinfo = asks
          ? await fetchUserInfo(config, tokens.access_token, String(idToken['sub']))
          : undefined
        return { idToken, userinfo }
      }),
  }
}

/** RFC 6749, section 2.3.1: every provider has to take `client_secret_basic`, but some say that they do not. */
const authentication =
  (secret: string): OpenId.ClientAuth =>
  (server, ...rest) => {
    const { ClientSecretBasic, ClientSecretPost } = openid()
    const supported = server.token_endpoint_auth_methods_supported
    const basic = supported === undefined || supported.includes('client_secret_basic')
    ;(basic ? ClientSecretBasic(secret) : ClientSecretPost(secret))(server, ...rest)
  }
