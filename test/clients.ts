import { expect } from 'vitest'
import { form, issuer, workspaceApp } from './oauth.ts'
import { cookieOf, signIn, tokenOf } from './signin.ts'
import { owner, type Answer, type World } from './world.ts'

export const password = 'eleven black storks glide'

export interface Person {
  readonly id: string
  readonly email: string
  readonly cookie: string
  /** Anew, when a proof of the password has to be a recent one: the cookie. */
  readonly signIn: () => Promise<string>
}

/** The owner, signed in. */
export const theOwner = (world: World): Promise<Person> =>
  signedIn(world, owner.email, owner.password)

/** A member who was invited and has signed in. */
export async function newMember(
  world: World,
  email: string,
  role: 'member' | 'admin' = 'member',
): Promise<Person> {
  const name = email.split('@')[0]
  const invited = await world.admin('POST', '/api/v1/invitations', { email, name, role })
  expect(invited.status, invited.text).toBe(201)
  const token = tokenOf(invited.json.link.url as string)
  await world.call('POST', '/api/v1/invitations/accept', { body: { token, name, password } })
  return signedIn(world, email, password)
}

async function signedIn(world: World, email: string, password: string): Promise<Person> {
  const answer = await signIn(world, email, password)
  expect(answer.status, answer.text).toBeLessThan(300)
  return {
    id: answer.json.member.id as string,
    email: answer.json.member.email as string,
    cookie: cookieOf(answer),
    signIn: async () => cookieOf(await signIn(world, email, password)),
  }
}

export interface AskedDevice {
  readonly deviceAuthId: string
  readonly userCode: string
}

/** What the client does first; `from`: its network address. */
export async function askForCode(world: World, from?: string): Promise<AskedDevice> {
  const answer = await askUserCode(world, from)
  expect(answer.status, answer.text).toBe(200)
  return {
    deviceAuthId: answer.json.device_auth_id as string,
    userCode: answer.json.user_code as string,
  }
}

/** For a world that believes what a request says of its address, as behind a proxy. */
export const behindProxy = { GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1' } as const

let machines = 0
/** Each from a machine of its own, unless said otherwise. */
export const askUserCode = (
  world: World,
  from = `10.0.${++machines >> 8}.${machines & 255}`,
): Promise<Answer> =>
  world.call('POST', '/api/accounts/deviceauth/usercode', {
    body: { client_id: workspaceApp.id },
    headers: { 'x-forwarded-for': from },
  })

export const poll = (world: World, { deviceAuthId, userCode }: AskedDevice): Promise<Answer> =>
  world.call('POST', '/api/accounts/deviceauth/token', {
    body: { device_auth_id: deviceAuthId, user_code: userCode },
  })

export const findDevice = (
  world: World,
  cookie: string,
  userCode: string,
  from?: string,
): Promise<Answer> =>
  world.call('POST', '/api/v1/device-requests/find', {
    cookie,
    body: { userCode },
    ...(from === undefined ? {} : { headers: { 'x-forwarded-for': from } }),
  })

/** Types the code and decides, as the page does. */
export async function decide(
  world: World,
  cookie: string,
  userCode: string,
  act: 'approve' | 'deny' = 'approve',
): Promise<Answer> {
  const { json } = await findDevice(world, cookie, userCode)
  return world.call('POST', `/api/v1/device-requests/${json.id as string}/${act}`, {
    cookie,
    body: { userCode, member: json.member?.id as string | undefined },
  })
}

/** What the client does with the answer of a poll. */
export const exchange = (world: World, answered: Answer): Promise<Answer> =>
  world.call(
    'POST',
    '/oauth/token',
    form({
      grant_type: 'authorization_code',
      client_id: workspaceApp.id,
      code: answered.json.authorization_code as string,
      redirect_uri: `${issuer}/deviceauth/callback`,
      code_verifier: answered.json.code_verifier as string,
    }),
  )

/** Signs a client in from the beginning to its tokens. */
export async function deviceSignIn(world: World, person: Person): Promise<Answer> {
  const asked = await askForCode(world)
  expect((await decide(world, person.cookie, asked.userCode)).status).toBe(204)
  return exchange(world, await poll(world, asked))
}
