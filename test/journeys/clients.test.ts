import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { workspaceApp } from '../oauth.ts'
import { call, choose, dialog, fillSignIn, signIn } from './acts.ts'
import { axe, overhang } from './axe.ts'
import { journeys } from './journey.ts'
import { owner, withOwner, type Product } from './product.ts'
import {
  askForCode,
  exchangePolled,
  listenForAnswer,
  poll,
  token,
  type Waiting,
} from './program.ts'

const journey = journeys(withOwner)

const looks = [
  { width: 1440, scheme: 'light' },
  { width: 1440, scheme: 'dark' },
  { width: 390, height: 844, scheme: 'light' },
  { width: 390, height: 844, scheme: 'dark' },
] as const

const codeField = (page: Page) => page.getByLabel('The code that your terminal shows')

/** Types the code of a terminal and goes on to the question. */
async function typeCode(page: Page, { user_code: code }: Waiting): Promise<void> {
  await page.goto('/codex/device')
  // As people do: small letters, without the hyphen.
  await codeField(page).pressSequentially(code.toLowerCase().replace('-', ''))
  await expect.poll(() => codeField(page).inputValue()).toBe(code)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Allow' }).waitFor()
}

/** Lets a client in by a device code; what it holds then. */
async function connect(product: Product, page: Page): Promise<Readonly<Record<string, string>>> {
  const waiting = await askForCode(product)
  await typeCode(page, waiting)
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByRole('heading', { name: 'Go back to your terminal' }).waitFor()
  const { status, json } = await exchangePolled(product, await poll(product, waiting))
  expect(status).toBe(200)
  return json
}

const refresh = (product: Product, held: Readonly<Record<string, string>>) =>
  token(product, {
    grant_type: 'refresh_token',
    client_id: workspaceApp.id,
    refresh_token: held['refresh_token'] ?? '',
  })

journey('a terminal shows a code, and the person behind it lets the client in', async (j) => {
  const { page, ...person } = await j.person()
  const waiting = await askForCode(j.product)
  expect((await poll(j.product, waiting)).status).toBe(403)

  // Signed out: the sign-in comes first and leads back to exactly this page.
  person.expectFailure('401 /api/v1/session')
  await page.goto('/codex/device')
  await page.getByText('Then you decide about the client that asks.').waitFor()
  await fillSignIn(page)
  await page.waitForURL('**/codex/device')

  person.expectFailure('404 /api/v1/device-requests/find')
  await codeField(page).fill('bcdf ghjk')
  await page.keyboard.press('Enter')
  await page.getByText('No client is waiting for this code.').waitFor()

  await typeCode(page, waiting)
  await page.getByText('Go on only if you started this yourself').waitFor()
  await page.getByText('as you now').waitFor()
  await page.getByText('At present none applies to you.').waitFor()
  expect((await poll(j.product, waiting)).status).toBe(403)
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByRole('heading', { name: 'Go back to your terminal' }).waitFor()
  const held = await exchangePolled(j.product, await poll(j.product, waiting))
  expect(held.status).toBe(200)

  await page.getByRole('link', { name: 'My devices' }).click()
  const row = page.getByRole('row').filter({ hasText: 'Codex CLI 0.169.0' })
  await row.getByText('Workspace sign-in · Device code').waitFor()
  await row.getByRole('button', { name: /^End/ }).click()
  const asked = dialog(page, 'End this sign-in?')
  await asked.getByText('Once she has logged out, it starts without a policy.').waitFor()
  await asked.getByRole('button', { name: 'End sign-in' }).click()
  await page.getByText('The sign-in has ended.').waitFor()
  await page.getByRole('region', { name: 'Ended' }).getByText('signed out').waitFor()
  expect((await refresh(j.product, held.json)).status).toBe(400)
})

journey('a link cannot bring a code along, and a code that is denied is told so', async (j) => {
  const { page } = await j.person()
  await signIn(page)
  const sent = await askForCode(j.product)
  const query = ['user_code', 'code', 'userCode', 'q'].map((key) => `${key}=${sent.user_code}`)
  await page.goto(`/codex/device?${query.join('&')}#${sent.user_code}`)
  await codeField(page).waitFor()
  await expect.poll(() => codeField(page).inputValue()).toBe('')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('The code has eight characters').waitFor()
  expect(await page.getByRole('button', { name: 'Allow' }).count()).toBe(0)

  await typeCode(page, sent)
  await page.getByRole('button', { name: 'Deny' }).click()
  await page.getByRole('heading', { name: 'Nothing was allowed' }).waitFor()
  const refused = await exchangePolled(j.product, await poll(j.product, sent))
  expect(refused.status).toBeGreaterThanOrEqual(400)
  expect(refused.json['error_description']).toContain('denied')
  await page.goto('/account/devices')
  await page.getByText('No client is signed in as you').waitFor()
})

journey('an old sign-in to the pages is confirmed before a client is let in', async (j) => {
  const { page, ...person } = await j.person()
  await signIn(page)
  const waiting = await askForCode(j.product)
  await typeCode(page, waiting)
  letAnHourPass(j.product)
  person.expectFailure(`403 /api/v1/device-requests/${await idOf(page, waiting)}/approve`)
  await page.getByRole('button', { name: 'Allow' }).click()
  const asked = dialog(page, 'Confirm that it is you')
  await asked.waitFor()
  expect((await poll(j.product, waiting)).status).toBe(403)
  await asked.getByLabel('Password', { exact: true }).fill(owner.password)
  await asked.getByRole('button', { name: 'Confirm' }).click()
  await page.getByRole('heading', { name: 'Go back to your terminal' }).waitFor()
  expect((await poll(j.product, waiting)).status).toBe(200)
})

/** Makes every sign-in to the pages an hour old: a browser's clock cannot, since the server's decides. */
function letAnHourPass({ data }: Product): void {
  const db = new DatabaseSync(join(data, 'gatehouse.db'), { timeout: 5000 })
  db.exec('update sessions set authenticated_at = authenticated_at - 3600000')
  db.close()
}

async function idOf(page: Page, { user_code: userCode }: Waiting): Promise<string> {
  const path = '/api/v1/device-requests/find'
  return (await call<{ id: string }>(page, 'POST', path, { userCode })).id
}

journey('a program opens the browser, and takes what the person answers', async (j) => {
  const { page, ...person } = await j.person()
  const program = await listenForAnswer(j.product)
  await page.goto(program.opens)
  const consent = /\/authorize\/aut_[0-9a-z]+$/
  await page.getByText('Then you decide about the client that asks.').waitFor()
  const next = new URL(page.url()).searchParams.get('next') ?? ''
  expect(next).toMatch(consent)
  person.expectFailure(`401 /api/v1/authorizations/${next.split('/').at(-1) ?? ''}`)
  await fillSignIn(page)
  await page.getByRole('heading', { name: /^Sign Codex in to / }).waitFor()
  expect(new URL(page.url()).pathname).toBe(next)
  await page.getByText(`127.0.0.1:${program.port}`).waitFor()
  await page.getByText(owner.email).first().waitFor()
  await page.getByText('The administrators of').waitFor()
  await page.getByRole('button', { name: 'Allow' }).click()
  const answer = await program.answer
  expect(answer.get('state')).toBe('a state')
  await page.getByRole('heading', { name: 'The page of the program' }).waitFor()
  expect((await program.exchange(answer.get('code') ?? '')).status).toBe(200)
  program.stop()

  // The same page does not decide twice.
  person.expectFailure(`410 /api/v1/authorizations/${next.split('/').at(-1) ?? ''}`)
  await page.goto(next)
  await page.getByText('This request was answered already.').waitFor()
  person.expectFailure('404 /api/v1/authorizations/aut_unknown')
  await page.goto('/authorize/aut_unknown')
  await page.getByText('There is no such request').waitFor()
})

journey('somebody else at the browser signs out first; a denial reaches the program', async (j) => {
  const { page, ...person } = await j.person()
  await signIn(page)
  const program = await listenForAnswer(j.product)
  await page.goto(program.opens)
  await page.getByRole('button', { name: 'Allow' }).waitFor()
  const { pathname } = new URL(page.url())
  await page.getByRole('button', { name: 'Not you? Sign out' }).click()
  await page.getByRole('heading', { name: /^Sign in/ }).waitFor()
  expect(new URL(page.url()).searchParams.get('next')).toBe(pathname)
  await fillSignIn(page)
  await page.getByRole('button', { name: 'Deny' }).click()
  const answer = await program.answer
  expect(answer.get('error')).toBe('access_denied')
  expect(answer.get('code')).toBeNull()
  await page.getByRole('heading', { name: 'The page of the program' }).waitFor()
  program.stop()
  person.assertQuiet()
})

journey('who signs in in another tab meanwhile answers on a page of her own', async (j) => {
  const { page, ...person } = await j.person()
  await signIn(page)
  const eve = { email: 'eve@acme.example', name: 'Eve', role: 'member' }
  const invited = await call<{ link: { url: string } }>(page, 'POST', '/api/v1/invitations', eve)
  const token = new URL(invited.link.url).hash.slice(1)
  const program = await listenForAnswer(j.product)
  await page.goto(program.opens)
  await page.getByText(owner.email).first().waitFor()
  const { pathname } = new URL(page.url())

  const password = 'seven grey herons wade'
  await call(page, 'POST', '/api/v1/invitations/accept', { token, name: eve.name, password })
  person.expectFailure(`409 /api/v1${pathname.replace('authorize', 'authorizations')}/approve`)
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByText('Nothing was allowed or denied.').waitFor()
  await page.getByRole('button', { name: 'Load the page again' }).click()
  await page.getByText(eve.email).first().waitFor()
  expect(await page.getByText(owner.email).count()).toBe(0)
  await page.getByRole('button', { name: 'Allow' }).click()
  const code = (await program.answer).get('code') ?? ''
  await page.getByRole('heading', { name: 'The page of the program' }).waitFor()
  expect((await program.exchange(code)).status).toBe(200)
  program.stop()
  await page.goto('/account/devices')
  await page.getByText('Configuration server').first().waitFor()
  const own = '/api/v1/me/clients'
  const { items } = await call<{ items: { id: string }[] }>(page, 'GET', own)
  expect(items.length).toBe(1)
  // Other journeys count the clients of the owner.
  for (const { id: mine } of items) await call(page, 'DELETE', `${own}/${mine}`)

  // The same with a device code: another one has come since it was typed.
  const waiting = await askForCode(j.product)
  await typeCode(page, waiting)
  const id = await idOf(page, waiting)
  await call(page, 'POST', '/api/v1/session', owner)
  person.expectFailure(`409 /api/v1/device-requests/${id}/deny`)
  await page.getByRole('button', { name: 'Deny' }).click()
  await page.getByText('Nothing was allowed or denied.').waitFor()
  await page.getByRole('button', { name: 'Load the page again' }).click()
  await codeField(page).waitFor()
  await page.getByText(owner.email).first().waitFor()
  expect((await poll(j.product, waiting)).status).toBe(403)
})

journey('a new password ends the sign-ins of clients when that is wanted', async (j) => {
  const { page } = await j.person()
  await signIn(page)
  const held = await connect(j.product, page)
  const change = async (current: string, next: string, clients: boolean) => {
    await page.goto('/account')
    await page.getByLabel('Present password').fill(current)
    await page.getByLabel('New password').fill(next)
    if (clients) await page.getByLabel('Also end the sign-ins of my clients').check()
    await page.getByRole('button', { name: 'Change the password' }).click()
  }
  const other = 'nine brown storks glide'
  await change(owner.password, other, false)
  await page.getByText(/^Password changed/).waitFor()
  const renewed = await refresh(j.product, held)
  expect(renewed.status).toBe(200)
  await change(other, owner.password, true)
  await page.getByText(/^Password changed; .*clients? ended\.$/).waitFor()
  expect((await refresh(j.product, renewed.json)).status).toBe(400)
  await page.goto('/account/devices')
  await page.getByText('ended with a new password').first().waitFor()
})

journey('the pages that let a client in can be used by everybody', async (j) => {
  const found: string[] = []
  for (const look of looks) {
    const { page } = await j.person(look)
    const inspect = async (where: string): Promise<void> => {
      for (const line of await axe(page)) found.push(`${where}: ${line}`)
      const over = await overhang(page)
      if (over > 0) found.push(`${where}, ${look.width} px: ${over} px wider than the window`)
    }
    await signIn(page)
    const program = await listenForAnswer(j.product)
    await page.goto(program.opens)
    await page.getByRole('button', { name: 'Allow' }).waitFor()
    await inspect('the consent')
    program.stop()
    const waiting = await askForCode(j.product)
    await page.goto('/codex/device')
    await codeField(page).waitFor()
    await inspect('the code')
    await typeCode(page, waiting)
    await inspect('the question')
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.getByRole('heading', { name: 'Go back to your terminal' }).waitFor()
    await inspect('the end')
  }
  expect(found).toEqual([])
})

journey('with the keyboard alone from the code to the answer', async (j) => {
  const { page } = await j.person()
  await signIn(page)
  const waiting = await askForCode(j.product)
  await page.goto('/codex/device')
  await codeField(page).waitFor()
  await page.keyboard.type(waiting.user_code)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Allow' }).waitFor()
  // It starts at the beginning of the question, and the answer that changes nothing comes first.
  for (const name of ['Not you? Sign out', 'Deny', 'Allow']) {
    await page.keyboard.press('Tab')
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe(name)
  }
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Go back to your terminal' }).waitFor()
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('main')
})

journey('an administrator finds a client, ends it, and ends all of a member', async (j) => {
  const { page } = await j.person()
  await signIn(page)
  const held = await connect(j.product, page)
  await page.goto('/clients?state=active')
  await page
    .getByRole('link', { name: /Codex CLI 0\.169\.0/ })
    .first()
    .click()
  await page.getByRole('heading', { level: 1, name: /^Codex CLI/ }).waitFor()
  await page.getByText('starts without any policy').waitFor()
  await page.getByRole('link', { name: 'Client signed in' }).waitFor()
  await page.getByRole('button', { name: 'End sign-in' }).click()
  await dialog(page, /^End this sign-in of/)
    .getByRole('button', { name: 'End sign-in' })
    .click()
  await page.getByText('ended by hand').waitFor()
  expect((await refresh(j.product, held)).status).toBe(400)

  // The others, all at once, after a look at how many those are.
  const others = [await connect(j.product, page), await connect(j.product, page)]
  await page.goto('/clients')
  const { total } = await call<{ total: number }>(page, 'GET', '/api/v1/clients?state=active')
  await page.getByRole('button', { name: 'End many…' }).click()
  const asked = dialog(page, 'End many sign-ins')
  await choose(asked, 'Member', owner.email)
  await asked.getByText(`${total} clients`).waitFor()
  await asked.getByRole('button', { name: `End ${total} sign-ins` }).click()
  await page.getByText(`${total} sign-ins ended.`).waitFor()
  for (const one of others) expect((await refresh(j.product, one)).status).toBe(400)
  await page.goto('/clients?state=active')
  await page.getByText('Nothing matches').waitFor()
})

journey('a surface that is off is said on the page, and to the program', async (j) => {
  const { page } = await j.person()
  await signIn(page)
  const program = await listenForAnswer(j.product)
  const waiting = await askForCode(j.product)
  const turn = (on: boolean) =>
    call(page, 'PUT', '/api/v1/surfaces/codex_local', { on, message: 'Until the audit is over.' })
  await turn(false)
  await page.goto(program.opens)
  await page.getByText('Until the audit is over.').waitFor()
  expect(await page.getByRole('button', { name: 'Allow' }).count()).toBe(0)
  await page.getByRole('button', { name: 'Tell the program' }).click()
  expect((await program.answer).get('error_description')).toBe('Until the audit is over.')
  await page.getByRole('heading', { name: 'The page of the program' }).waitFor()
  program.stop()

  await page.goto('/codex/device')
  await codeField(page).fill(waiting.user_code)
  await page.keyboard.press('Enter')
  await page.getByText('Until the audit is over.').waitFor()
  expect(await page.getByRole('button', { name: 'Allow' }).count()).toBe(0)
  await page.goto('/')
  await page.getByText('Every enrolment and every signed-in client is refused').waitFor()
  await turn(true)
})
