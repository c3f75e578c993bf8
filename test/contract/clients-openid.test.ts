import * as openid from 'openid-client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { day } from '#kernel/clock.ts'
import { newMember, type Person } from '../clients.ts'
import { configServer, decideRequest, issuer, requestIn } from '../oauth.ts'
import { startWorld, type World } from '../world.ts'

// A certified client of others (openid-client) against our authorization server: what it accepts, we have not read wrongly.

let world: World
let ada: Person
beforeAll(async () => {
  world = await startWorld()
  ada = await newMember(world, 'ada@acme.example')
})
afterAll(() => world.close())

const discover = async (algorithm: 'oidc' | 'oauth2'): Promise<openid.Configuration> => {
  const config = await openid.discovery(
    new URL(issuer),
    configServer.id,
    // Its clock is the real one, ours stands still.
    { [openid.clockSkew]: Math.round((world.clock.now - Date.now()) / 1000) },
    openid.None(),
    {
      algorithm,
      [openid.customFetch]: async (url, options) =>
        world.app.fetch(new Request(url, options as RequestInit)),
    },
  )
  return config
}

/** The address of the browser and what comes back to the program when she agrees. */
async function browse(url: URL): Promise<URL> {
  const opened = await world.call('GET', url.pathname + url.search)
  const decided = await decideRequest(world, ada.cookie, requestIn(opened))
  return new URL(decided.json.redirectTo as string)
}

it.each(['oidc', 'oauth2'] as const)('signs in, refreshes and signs out (%s)', async (kind) => {
  const config = await discover(kind)
  expect(config.serverMetadata().supportsPKCE()).toBe(true)
  const verifier = openid.randomPKCECodeVerifier()
  const [state, nonce] = [openid.randomState(), openid.randomNonce()]
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: configServer.redirect,
    scope: configServer.scope,
    resource: `${issuer}/member`,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  })
  const tokens = await openid.authorizationCodeGrant(config, await browse(url), {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    maxAge: day / 1000,
    idTokenExpected: true,
  })
  expect(tokens.claims()).toMatchObject({ iss: issuer, sub: ada.id, aud: configServer.id })
  const next = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
  expect(next.refresh_token).not.toBe(tokens.refresh_token)
  await openid.tokenRevocation(config, next.refresh_token ?? '')
  await expect(openid.refreshTokenGrant(config, next.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
})

it('is not fooled by an answer of another server (RFC 9207)', async () => {
  const config = await discover('oidc')
  const verifier = openid.randomPKCECodeVerifier()
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: configServer.redirect,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: 's',
  })
  for (const iss of ['https://evil.example', null]) {
    const back = await browse(url)
    if (iss === null) back.searchParams.delete('iss')
    else back.searchParams.set('iss', iss)
    await expect(
      openid.authorizationCodeGrant(config, back, {
        pkceCodeVerifier: verifier,
        expectedState: 's',
      }),
    ).rejects.toMatchObject({
      cause: { message: expect.stringContaining('"iss"') as string },
    })
  }
})
