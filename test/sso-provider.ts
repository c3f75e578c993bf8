import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHash, randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { World } from './world.ts'

/** What somebody is at the provider, and what it says about her. */
export type Person = Readonly<Record<string, unknown>> & { readonly sub: string }

/** Things that a provider, or somebody between, can do wrongly. */
export interface Wrong {
  /** Changes what the ID token says. */
  readonly idToken?: Readonly<Record<string, unknown>>
  /** Signs with a key that nobody published. */
  readonly foreignKey?: boolean
  /** Changes what comes back in the query. */
  readonly query?: Readonly<Record<string, string | undefined>>
}

/**
 * An OpenID Connect provider in this process, on loopback: it does what RFC 6749, RFC 7636 and OpenID Connect Core ask of the code
 * flow, and wrongly what a test asks for. Its clock is the world's.
 */
export async function openProvider(clock: { readonly now: number }) {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const foreign = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }
  const codes = new Map<string, { person: Person; asked: URLSearchParams; wrong: Wrong }>()
  const secret = randomBytes(16).toString('hex')
  const asked: string[] = []
  let issuer = ''
  let userinfo: Readonly<Record<string, unknown>> | null = null

  const metadata = () => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    ...(userinfo === null ? {} : { userinfo_endpoint: `${issuer}/userinfo` }),
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    authorization_response_iss_parameter_supported: true,
  })

  async function token(request: IncomingMessage): Promise<[number, unknown]> {
    let body = ''
    for await (const part of request) body += String(part)
    const form = new URLSearchParams(body)
    const basic = Buffer.from(`gatehouse:${secret}`).toString('base64')
    if (request.headers.authorization !== `Basic ${basic}`)
      return [401, { error: 'invalid_client' }]
    const known = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (
      known?.asked.get('code_challenge') !== challenge ||
      known.asked.get('redirect_uri') !== form.get('redirect_uri')
    )
      return [400, { error: 'invalid_grant' }]
    const now = Math.floor(clock.now / 1000)
    const claims = {
      iss: issuer,
      aud: 'gatehouse',
      iat: now,
      exp: now + 300,
      ...(known.asked.has('max_age') ? { auth_time: now } : {}),
      nonce: known.asked.get('nonce'),
      ...known.person,
      ...known.wrong.idToken,
    }
    const id_token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .sign(known.wrong.foreignKey === true ? foreign.privateKey : privateKey)
    return [200, { access_token: 'at', token_type: 'Bearer', id_token }]
  }

  const answers: Record<string, (request: IncomingMessage) => Promise<[number, unknown]>> = {
    '/.well-known/openid-configuration': () => Promise.resolve([200, metadata()]),
    '/jwks': () => Promise.resolve([200, { keys: [jwk] }]),
    '/token': token,
    '/userinfo': () => Promise.resolve([200, userinfo]),
  }
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const answer = answers[path]?.(request) ?? Promise.resolve([404, {}] as [number, unknown])
    void answer.then(([status, body]) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  issuer = `http://127.0.0.1:${port}`
  return {
    issuer,
    secret,
    /** `host:port`, for the outbound exceptions. */
    host: `127.0.0.1:${port}`,
    /** Paths that were asked for. */
    asked: asked as readonly string[],
    /** From now on there is a userinfo endpoint that says this. */
    saysAtUserinfo(claims: Readonly<Record<string, unknown>>) {
      userinfo = claims
    },
    /** Where the provider sends the browser back to, as this person. */
    signIn(address: string, person: Person, wrong: Wrong = {}): string {
      const { searchParams } = new URL(address)
      const code = randomBytes(16).toString('hex')
      codes.set(code, { person, asked: searchParams, wrong })
      const back = new URL(searchParams.get('redirect_uri') ?? '')
      const query: Wrong['query'] = {
        code,
        state: searchParams.get('state') ?? '',
        iss: issuer,
        ...wrong.query,
      }
      for (const [key, value] of Object.entries(query))
        if (value !== undefined) back.searchParams.set(key, value)
      return back.pathname + back.search
    },
    close: () => new Promise((done) => server.close(done)),
  }
}
export type StandIn = Awaited<ReturnType<typeof openProvider>>

/** Whatever cookies an answer sets, put on top of those the browser has. */
export class Browser {
  readonly #world: World
  readonly #cookies = new Map<string, string>()

  constructor(world: World) {
    this.#world = world
  }

  /** A page is opened: no header of our own scripts. */
  async open(path: string) {
    const answer = await this.#world.call('GET', path, { headers: { cookie: this.cookie } })
    this.#keep(answer.headers)
    return answer
  }

  async send(method: string, path: string, body?: unknown) {
    const answer = await this.#world.call(method, path, {
      cookie: this.cookie,
      ...(body === undefined ? {} : { body }),
    })
    this.#keep(answer.headers)
    return answer
  }

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  #keep(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=', 2)
      if (value === '') this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
  }
}
