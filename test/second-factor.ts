import { TOTP } from 'otpauth'
import { newAuthenticator, type Authenticator } from './authenticator.ts'
import { cookieOf, signIn, tokenOf } from './signin.ts'
import type { Answer, World } from './world.ts'

/** One browser: it keeps the cookies that it is given, as browsers do. */
export interface Browser {
  readonly post: (path: string, body?: unknown) => Promise<Answer>
  readonly call: (method: string, path: string, body?: unknown) => Promise<Answer>
  /** What it sends. */
  cookie: string
}

export function openBrowser(world: World, cookie = ''): Browser {
  const jar = new Map<string, string>()
  const keep = (pair: string): void => {
    const [name = '', value = ''] = pair.split('=', 2)
    if (name !== '') jar.set(name, value)
  }
  keep(cookie)
  const browser: Browser = {
    cookie,
    async call(method, path, body) {
      const answer = await world.call(method, path, {
        cookie: browser.cookie,
        ...(body === undefined ? {} : { body }),
      })
      for (const set of answer.headers.getSetCookie()) keep(set.split(';')[0] ?? '')
      browser.cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      return answer
    },
    post: (path, body) => browser.call('POST', path, body),
  }
  return browser
}

/** The code of the app at the moment of the world, or some steps away from it. */
export const codeAt = (world: World, secret: string, steps = 0): string =>
  new TOTP({ secret }).generate({ timestamp: world.clock.now + steps * 30_000 })

/** An active member with a password, signed in. */
export async function newPerson(
  world: World,
  email: string,
  role = 'member',
): Promise<{ readonly id: string; readonly browser: Browser; readonly password: string }> {
  const invited = await world.admin('POST', '/api/v1/invitations', { email, name: email, role })
  const password = `a good password of ${email}`
  const accepted = await world.call('POST', '/api/v1/invitations/accept', {
    body: { token: tokenOf(invited.json.link.url as string), name: email, password },
  })
  const id = accepted.json.member.id as string
  return { id, browser: openBrowser(world, cookieOf(accepted)), password }
}

/** Signs in with the password, in a browser of its own. */
export async function passwordSignIn(
  world: World,
  email: string,
  password: string,
): Promise<{ readonly answer: Answer; readonly browser: Browser }> {
  const answer = await signIn(world, email, password)
  return { answer, browser: openBrowser(world, cookieOf(answer)) }
}

export async function addApp(
  world: World,
  browser: Browser,
): Promise<{
  readonly secret: string
  readonly codes: readonly string[]
  readonly answer: Answer
}> {
  const begun = await browser.post('/api/v1/authenticator')
  const secret = String(begun.json.secret)
  const answer = await browser.post('/api/v1/authenticator/confirm', {
    code: codeAt(world, secret),
  })
  return { secret, codes: answer.json.codes as readonly string[], answer }
}

export async function addPasskey(
  browser: Browser,
  passkey: Authenticator = newAuthenticator(),
): Promise<{ readonly passkey: Authenticator; readonly answer: Answer }> {
  const asked = await browser.post('/api/v1/passkeys/challenge')
  const answer = await browser.post('/api/v1/passkeys', {
    name: 'Laptop',
    passkey: passkey.create(asked.json.options as { challenge: string }),
  })
  return { passkey, answer }
}
