import { afterAll, beforeAll, expect, it } from 'vitest'
import { startOidcProvider, type Accounts, type RealProvider } from '../oidc-provider.ts'
import { startProduct, type Product } from './product.ts'

// openid-client, as the product uses it, against oidc-provider: both certified by the OpenID Foundation, neither of them ours.

const site = 'https://127.0.0.1:7443'
const accounts: Accounts = {
  ada: { email: 'ada@acme.example', email_verified: true, name: 'Ada', groups: ['staff'] },
  bob: { email: 'bob@acme.example', email_verified: false },
}

let product: Product
let provider: RealProvider
let id: string

beforeAll(async () => {
  ;[product, provider] = await Promise.all([
    startProduct(),
    startOidcProvider(accounts, `${site}/sso/callback`),
  ])
  await api('POST', '/api/v1/watch/exceptions', { target: provider.host, reason: 'The test' })
  const made = await api<{ id: string }>('POST', '/api/v1/sso/providers', {
    name: 'Acme ID',
    issuer: provider.issuer,
    clientId: provider.clientId,
    clientSecret: provider.clientSecret,
    domains: ['acme.example'],
    justInTime: true,
    groupsClaim: 'groups',
  })
  id = made.id
  const staff = await api<{ id: string }>('POST', '/api/v1/groups', { name: 'Staff' })
  const mappings = [{ value: 'staff', groupId: staff.id }]
  await api('PUT', `/api/v1/sso/providers/${id}/groups`, { version: 1, mappings })
  await api('PATCH', `/api/v1/sso/providers/${id}`, { version: 2, on: true })
})
afterAll(() => Promise.all([product.stop(), provider.stop()]))

async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(product.plainUrl + path, {
    method,
    headers: { authorization: `Bearer ${product.adminKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

/** A browser without a window: it follows redirects from site to site and keeps the cookies of each. */
function browser() {
  const jars = new Map<string, Map<string, string>>()
  async function open(address: string, form?: Record<string, string>): Promise<Response> {
    const url = new URL(address.replace(site, product.plainUrl))
    const jar = jars.get(url.origin) ?? new Map<string, string>()
    jars.set(url.origin, jar)
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    })
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=', 2)
      jar.set(name, value)
    }
    const next = answer.headers.get('location')
    return next === null ? answer : open(new URL(next, url).href)
  }
  return {
    open,
    /** The whole way; where it ends. */
    async signIn(name: string): Promise<URL> {
      const asked = await open(`${site}/sso/start/${id}?next=/policies`)
      return new URL((await open(asked.url, { name })).url)
    },
  }
}

it('signs a new member in by discovery, PKCE, a signed ID token and userinfo', async () => {
  const hers = browser()
  expect((await hers.signIn('ada')).pathname).toBe('/policies')
  const session = await hers.open(`${site}/api/v1/session`)
  expect(await session.json()).toMatchObject({
    member: { email: 'ada@acme.example', name: 'Ada' },
    session: { method: 'sso', secondFactor: 'given' },
  })
  const { items } = await api<{ items: { groups: { name: string }[] }[] }>(
    'GET',
    '/api/v1/members?q=ada@acme.example',
  )
  expect(items[0]?.groups.map(({ name }) => name)).toEqual(['Staff'])
})

it('takes the claims of each sign-in anew', async () => {
  accounts['ada'] = { ...accounts['ada'], groups: [], email: 'ada.byron@acme.example' }
  expect((await browser().signIn('ada')).pathname).toBe('/policies')
  const { items } = await api<{ items: { email: string; groups: unknown[] }[] }>(
    'GET',
    '/api/v1/members?q=ada',
  )
  expect(items).toMatchObject([{ email: 'ada@acme.example', groups: [] }])
})

it('lets nobody in whose address was not verified', async () => {
  const his = browser()
  const end = await his.signIn('bob')
  expect(end.pathname).toBe('/sign-in/outcome')
  const outcome = await his.open(`${site}/api/v1/sso/outcomes/${end.searchParams.get('of') ?? ''}`)
  expect(await outcome.json()).toMatchObject({ ok: false, code: 'unverified_email' })
})
