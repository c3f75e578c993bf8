import { afterAll, beforeAll, expect, it } from 'vitest'
import { adminOf, type Admin, type Member } from './admin.ts'
import { runSnippet, snippetIn } from './machine.ts'
import { startMockModel, type MockModel } from './mock-model.ts'
import { startBrowsers, type Browsers } from './person.ts'
import { startProduct, type Product } from './product.ts'
import { deviceLogin, setupOf, startDeviceLogin, workspaceHome } from './sign-in.ts'

// Somebody whose role does not include Codex reads in her terminal where to ask for it; when it was granted, her client starts.

let product: Product
let admin: Admin
let model: MockModel
let browsers: Browsers
let member: Member
const owner = { email: 'owner@acme.example', password: 'quay lantern 41 thistle' }

beforeAll(async () => {
  ;[model, product, browsers] = await Promise.all([
    startMockModel(),
    startProduct(),
    startBrowsers(),
  ])
  admin = adminOf(product)
  member = await admin.newMember('Imani')
  runSnippet(snippetIn((await setupOf(admin, 'workspace')).snippets, 'environment').install)
})

afterAll(async () => {
  await browsers.close()
  await model.close()
  await product.stop()
})

type Ask = <T>(method: string, path: string, body?: unknown) => Promise<T>

/** Calls the API as somebody who has signed in at the pages. */
async function as({ email, password }: Pick<Member, 'email' | 'password'>): Promise<Ask> {
  const send = (method: string, path: string, body: unknown, cookie = '') =>
    fetch(`${product.plainUrl}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', 'x-gatehouse-csrf': '1', cookie },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const session = await send('POST', '/session', { email, password })
  const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? ''
  return async <T>(method: string, path: string, body?: unknown) => {
    const answer = await send(method, path, body, cookie)
    expect(answer.status, `${method} ${path}`).toBeLessThan(300)
    return (await answer.json()) as T
  }
}

it('the refusal in the terminal holds the address; what is asked there lets the client in', async () => {
  const ann = await as(owner)
  const imani = await as(member)
  const person = await browsers.person(member)
  const { running, address, code } = await startDeviceLogin(await workspaceHome(admin, model))
  await person.typeCode(address, code)
  running.pause()
  await person.answer('Allow')
  await ann('PUT', '/roles/default', { roleId: null })
  running.resume()
  const refused = await running.done
  expect(refused.code).toBe(1)
  const said = /https:\/\/\S+\/requests\/new\?permission=(codex\.[a-z_.]+)/.exec(refused.stderr)
  expect(said, refused.stderr).not.toBeNull()

  const asked = await imani<{ id: string }>('POST', '/requests', {
    wanted: { kind: 'permission', permission: said?.[1] },
    reason: 'I am new here.',
    lasts: 3_600_000,
  })
  const { roles } = await ann<{ roles: { id: string; fits: boolean }[] }>(
    'GET',
    `/requests/${asked.id}/ways`,
  )
  const way = { kind: 'role', id: roles.find(({ fits }) => fits)?.id }
  await ann('POST', `/requests/${asked.id}/grant`, { way, lasts: 3_600_000 })

  const home = await workspaceHome(admin, model)
  expect(await deviceLogin(home, person)).toMatchObject({ code: 0 })
  expect((await home.startupConfig()).run.code).toBe(0)
})
