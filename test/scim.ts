import type { Answer, World } from './world.ts'

/** A directory as its provider sees it. */
export interface Provider {
  readonly id: string
  readonly token: string
  /** A request to `/scim/v2`, with the headers that providers send. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>
}

export async function connectDirectory(
  world: World,
  given: { readonly name: string; readonly provider?: string; readonly adopts?: boolean },
): Promise<Provider> {
  const made = await world.admin('POST', '/api/v1/directories', { provider: 'okta', ...given })
  if (made.status !== 201) throw new Error(made.text)
  const token = made.json.secret as string
  return {
    id: made.json.directory.id as string,
    token,
    ask: (method, path, body, headers = {}) => askScim(world, token, method, path, body, headers),
  }
}

export const askScim = (
  world: World,
  token: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  world.call(method, `/scim/v2${path}`, {
    key: token,
    headers: { accept: 'application/scim+json', ...typed(body), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

const typed = (body: unknown) =>
  body === undefined ? {} : { 'content-type': 'application/scim+json' }

export const patchOp = (...operations: readonly unknown[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: operations,
})

/** A user as Okta makes one. */
export const oktaUser = (name: string, more: object = {}) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: `${name}@acme.example`,
  name: { givenName: name, familyName: 'Okta' },
  emails: [{ primary: true, value: `${name}@acme.example`, type: 'work' }],
  displayName: `${name} Okta`,
  locale: 'en-US',
  externalId: `00u${name}`,
  groups: [],
  password: 'ignored-1mz050nq',
  active: true,
  ...more,
})
