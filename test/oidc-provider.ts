import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider, type Configuration } from 'oidc-provider'

/** Whoever has an account at the provider: her claims by the name that she signs in with. */
export type Accounts = Record<string, Readonly<Record<string, unknown>>>

export interface RealProvider {
  readonly issuer: string
  /** `host:port`, for the outbound exceptions. */
  readonly host: string
  readonly clientId: string
  readonly clientSecret: string
  readonly stop: () => Promise<unknown>
}

/**
 * oidc-provider, certified by the OpenID Foundation, on loopback. Its page asks for a name and for nothing else; whoever signs in
 * has consented. Claims of scopes come from its userinfo endpoint, as the standard has it for the code flow.
 */
export async function startOidcProvider(
  accounts: Accounts,
  redirectUri: string,
): Promise<RealProvider> {
  const server = createServer()
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  const issuer = `http://127.0.0.1:${port}`
  const clientId = 'gatehouse'
  const clientSecret = 'a secret of the provider and Gatehouse'
  const configuration: Configuration = {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: {
      openid: ['sub', 'amr'],
      email: ['email', 'email_verified'],
      profile: ['name', 'groups'],
    },
    cookies: { keys: ['a key for the cookies of a test'] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (_, { uid }) => `/name/${uid}` },
    findAccount: (_, id) =>
      accounts[id] === undefined
        ? undefined
        : { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
    async loadExistingGrant({ oidc }) {
      if (!oidc.client || !oidc.session?.accountId) return undefined
      const grant = new oidc.provider.Grant({
        clientId: oidc.client.clientId,
        accountId: oidc.session.accountId,
      })
      grant.addOIDCScope('openid email profile')
      await grant.save()
      return grant
    },
  }
  const provider = new Provider(issuer, configuration)
  const answer = provider.callback()
  server.on('request', (request, response) => {
    const path = request.url ?? ''
    if (!path.startsWith('/name/')) {
      void answer(request, response)
      return
    }
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page)
      return
    }
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.on('end', () => {
      const accountId = new URLSearchParams(body).get('name') ?? ''
      void provider.interactionFinished(request, response, {
        login: { accountId, amr: ['pwd', 'mfa'] },
      })
    })
  })
  return {
    issuer,
    host: `127.0.0.1:${port}`,
    clientId,
    clientSecret,
    stop: () => {
      server.closeAllConnections()
      return new Promise((done) => server.close(done))
    },
  }
}

const page = `<!doctype html><html lang="en"><title>Acme ID</title><link rel="icon" href="data:,">
<h1>Acme ID</h1><form method="post"><label>Name <input name="name"></label><button>Continue</button></form>`
