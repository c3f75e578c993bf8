import { createHash, randomBytes } from 'node:crypto'
import { devices, people, type Person } from './company.ts'
import type { Speaker, Visitor } from './visitor.ts'

interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}
interface Held extends Speaker {
  readonly bundle: string
  readonly oauthClient: string
  readonly json: boolean
  tokens: Tokens
  /** When the access token was given (ms). */
  since: number
  over: boolean
}

const workspaceClient = 'app_EMoamEEZ73f0CkXaXp7hrann'
const configServerClient = 'gatehouse-codex'
/** Shorter than an access token lives, so that a client renews before it is refused. */
const renewAfter = 7 * 3_600_000

/** People sign their clients in, through the same addresses as the client itself, and start them on working days. */
export function createDevices(
  visitor: Visitor,
  clock: { now: number },
  publicUrl: string,
  /** Told what the n-th of them is given; undefined: it is refused, or over. */
  given: (n: number, bundle: string | undefined) => void,
) {
  const held = new Map<number, Held>()
  const admin = people[1]

  async function ok<T>(answer: Promise<Response>): Promise<T> {
    const response = await answer
    const text = await response.text()
    if (!response.ok) throw new Error(`The demo could not be made: ${response.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  /** Who came from the file has no password yet, and chooses one when she needs it. */
  async function opened(person: Person): Promise<void> {
    if (visitor.canSignIn(person.email)) return
    const path = `/api/v1/members?q=${encodeURIComponent(person.email)}`
    const { items } = await visitor.call<{ items: { id: string }[] }>(admin, 'GET', path)
    const { link } = await visitor.call<{ link: { url: string } }>(
      admin,
      'POST',
      '/api/v1/invitations/for-member',
      { memberId: items[0]?.id },
    )
    const password = randomBytes(12).toString('base64url')
    await visitor.call(undefined, 'POST', '/api/v1/invitations/accept', {
      token: link.url.split('#')[1],
      name: person.name,
      password,
    })
    visitor.knows(person.email, password)
  }

  async function withBrowser(
    person: Person,
    speaker: Speaker,
    workspace: boolean,
  ): Promise<Tokens> {
    const verifier = randomBytes(32).toString('base64url')
    const asked = {
      response_type: 'code',
      client_id: workspace ? workspaceClient : configServerClient,
      redirect_uri: workspace
        ? 'http://127.0.0.1:1455/auth/callback'
        : `http://127.0.0.1:${40_000 + people.indexOf(person)}/callback`,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      state: randomBytes(12).toString('base64url'),
    }
    const begun = await visitor.speak(
      { ...speaker, agent: visitor.browser },
      'GET',
      `/oauth/authorize?${new URLSearchParams(asked)}`,
    )
    const id = begun.headers.get('location')?.split('/').at(-1) ?? ''
    const at = `/api/v1/authorizations/${id}`
    const { member } = await visitor.call<{ member: { id: string } }>(person, 'GET', at)
    const { redirectTo } = await visitor.call<{ redirectTo: string }>(
      person,
      'POST',
      `${at}/approve`,
      { member: member.id },
    )
    return exchange(speaker, {
      client_id: asked.client_id,
      redirect_uri: asked.redirect_uri,
      code: new URL(redirectTo).searchParams.get('code') ?? '',
      code_verifier: verifier,
    })
  }

  async function withCode(person: Person, speaker: Speaker): Promise<Tokens> {
    const base = '/api/accounts/deviceauth'
    const begun = await ok<{ device_auth_id: string; user_code: string }>(
      visitor.speak(speaker, 'POST', `${base}/usercode`, { json: { client_id: workspaceClient } }),
    )
    clock.now += 40_000
    const body = { userCode: begun.user_code }
    const { id, member } = await visitor.call<{ id: string; member: { id: string } }>(
      person,
      'POST',
      '/api/v1/device-requests/find',
      body,
    )
    await visitor.call(person, 'POST', `/api/v1/device-requests/${id}/approve`, {
      ...body,
      member: member.id,
    })
    const answer = await ok<{ authorization_code: string; code_verifier: string }>(
      visitor.speak(speaker, 'POST', `${base}/token`, {
        json: { device_auth_id: begun.device_auth_id, user_code: begun.user_code },
      }),
    )
    return exchange(speaker, {
      client_id: workspaceClient,
      redirect_uri: `${publicUrl}/deviceauth/callback`,
      code: answer.authorization_code,
      code_verifier: answer.code_verifier,
    })
  }

  const exchange = (speaker: Speaker, given: Readonly<Record<string, string>>): Promise<Tokens> =>
    ok(
      visitor.speak(speaker, 'POST', '/oauth/token', {
        form: { grant_type: 'authorization_code', ...given },
      }),
    )

  async function signIn(n: number): Promise<void> {
    const device = devices[n]
    const person = device && people[device.person]
    if (!person) throw new Error(`The company has no device ${n}.`)
    await opened(person)
    const workspace = device.way !== 'code'
    const speaker = { address: `10.${20 + (n % 3)}.${n % 7}.${30 + n}`, agent: device.agent }
    const tokens = await (device.way === 'device'
      ? // It names itself only once it is signed in (Codex 0.169).
        withCode(person, { ...speaker, agent: '' })
      : withBrowser(person, speaker, workspace))
    held.set(n, {
      ...speaker,
      bundle: workspace ? '/backend-api/wham/config/bundle' : '/member/codex/config/bundle',
      oauthClient: workspace ? workspaceClient : configServerClient,
      json: workspace,
      tokens,
      since: clock.now,
      over: false,
    })
  }

  async function renew(device: Held, token = device.tokens.refresh_token): Promise<boolean> {
    const said = {
      grant_type: 'refresh_token',
      client_id: device.oauthClient,
      refresh_token: token,
    }
    const answer = await visitor.speak(
      device,
      'POST',
      '/oauth/token',
      device.json ? { json: said } : { form: said },
    )
    if (!answer.ok) return false
    device.tokens = (await answer.json()) as Tokens
    device.since = clock.now
    return true
  }

  async function start(n: number, device: Held): Promise<void> {
    // Refused, and it goes on asking: her member is suspended, or it was ended.
    if (clock.now - device.since > renewAfter) await renew(device)
    const { access_token: bearer } = device.tokens
    const answer = await visitor.speak(device, 'GET', device.bundle, { bearer })
    given(n, answer.ok ? await answer.text() : undefined)
  }

  async function end(device: Held, by: 'logout' | 'admin' | 'copy', owner: string): Promise<void> {
    const { refresh_token: token } = device.tokens
    if (by === 'logout')
      await ok(visitor.speak(device, 'POST', '/oauth/revoke', { json: { token } }))
    else if (by === 'copy') {
      // Somebody else used a copy of the file: the owner's token comes again, too late.
      if (await renew({ ...device, address: '10.99.4.7' })) clock.now += 90_000
      await renew(device, token)
    } else {
      const { items } = await visitor.call<{
        items: { id: string; member: { email: string }; flow: string }[]
      }>(admin, 'GET', '/api/v1/clients?state=active&limit=100')
      const found = items.find(({ member, flow }) => member.email === owner && flow === 'device')
      if (found) await visitor.call(admin, 'DELETE', `/api/v1/clients/${found.id}`)
    }
    device.over = true
  }

  return {
    /** What happens with clients on the n-th day. */
    async live(today: number): Promise<void> {
      for (const [n, device] of devices.entries()) {
        const known = held.get(n)
        if (device.end?.day === today && known) {
          await end(known, device.end.by, people[device.person]?.email ?? '')
          given(n, undefined)
        }
        if (device.day === today) await signIn(n)
      }
      if (today % 7 >= 5) return
      for (const [n, device] of held) if (!device.over) await start(n, device)
    },
  }
}
