import type { Locator, Page } from 'playwright-core'
import { owner } from './product.ts'

export interface Credentials {
  readonly email: string
  readonly password: string
}

/** Fills the sign-in form that is open. */
export async function fillSignIn(page: Page, who: Credentials = owner): Promise<void> {
  await page.getByLabel('E-mail').fill(who.email)
  await page.getByLabel('Password', { exact: true }).fill(who.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

export async function signIn(page: Page, who: Credentials = owner): Promise<void> {
  await page.goto('/sign-in')
  await fillSignIn(page, who)
  await page.getByRole('navigation', { name: 'Main' }).first().waitFor()
}

/** A question or a form in front of the page. */
export const dialog = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('dialog', { name })

/** Chooses an option of a select by what it is called. */
export async function choose(scope: Page | Locator, label: string, option: string): Promise<void> {
  await scope.getByRole('combobox', { name: label }).click()
  const page = 'keyboard' in scope ? scope : scope.page()
  await page.getByRole('option', { name: option }).click()
}

/** Replaces the whole text of the editor by pasting. */
export async function writeToml(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: /^requirements\.toml/ }).click()
  await page.evaluate((t) => navigator.clipboard.writeText(t), text)
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.press('ControlOrMeta+V')
}

/** From the policy page that is open to the page where its draft is published. */
export async function toPublish(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Publish…' }).click()
  await page.getByRole('heading', { level: 1, name: /^Publish version/ }).waitFor()
}

/** The act on that page. */
export const publishNow = (page: Page): Locator =>
  page.getByRole('button', { name: 'Publish', exact: true })

/** Publishes the draft of the policy page that is open, and comes back to it. */
export async function publish(page: Page, message: string): Promise<void> {
  await toPublish(page)
  await page.getByLabel('What changes, and why').fill(message)
  await publishNow(page).click()
  await page.getByRole('textbox', { name: /^requirements\.toml/ }).waitFor()
}

/** Makes a policy from the list, and ends on its page. */
export async function makePolicy(page: Page, name: string): Promise<void> {
  await page.goto('/policies')
  await page.getByRole('button', { name: 'New policy' }).first().click()
  const asked = dialog(page, 'New policy')
  await asked.getByLabel('Name').fill(name)
  await asked.getByRole('button', { name: 'Make policy' }).click()
  await page.getByRole('heading', { name }).waitFor()
}

/** Calls the API as whoever is signed in at this page: for what a journey needs and does not show. */
export async function call<T>(
  page: Page,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  return page.evaluate(
    async ([m, p, b]) => {
      const answer = await fetch(p, {
        method: m,
        headers: { 'x-gatehouse-csrf': '1', 'content-type': 'application/json' },
        ...(b === undefined ? {} : { body: JSON.stringify(b) }),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${m} ${p}: ${answer.status} ${text}`)
      return (text === '' ? undefined : JSON.parse(text)) as T
    },
    [method, path, body] as const,
  )
}
