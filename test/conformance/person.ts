import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import { openBrowser } from '../journeys/browser.ts'
import type { Member } from './admin.ts'
import { insideSandbox } from './sandbox.ts'

/** A member at a real browser, which is signed in at our pages. */
export interface Person {
  readonly page: Page
  /** Opens an address, and signs in when it is asked to. */
  open(address: string): Promise<void>
  /** Answers the question that stands there; returns when the server has it, before the program has. */
  answer(answer: 'Allow' | 'Deny'): Promise<void>
  /** Types the code that a terminal shows, up to the question. */
  typeCode(address: string, code: string): Promise<void>
  /** Reads an alert: why she may not. */
  refusal(): Promise<string>
  /** What is on the page now. */
  reads(): Promise<string>
}

export interface Browsers {
  person(member: Member): Promise<Person>
  close(): Promise<void>
}

/** How long one step may take (ms): long enough for a busy machine with two cores. */
const patience = 20_000

export async function startBrowsers(): Promise<Browsers> {
  insideSandbox()
  const browser = await openBrowser()
  return { person: (member) => personAt(browser, member), close: () => browser.close() }
}

async function personAt(browser: Browser, member: Member): Promise<Person> {
  // The certificate comes from the product's own authority. Chromium takes it only from a store that needs more
  // programs; that clients check it is tried by the clients.
  const context = await browser.newContext({ ignoreHTTPSErrors: true, reducedMotion: 'reduce' })
  context.setDefaultTimeout(patience)
  const page = await context.newPage()
  const email = page.getByLabel('E-mail')
  const open = async (address: string) => {
    await page.goto(address)
    await email
      .or(page.getByRole('button', { name: 'Not you? Sign out' }))
      .first()
      .waitFor()
    if ((await email.count()) === 0) return
    await email.fill(member.email)
    await page.getByLabel('Password', { exact: true }).fill(member.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Not you? Sign out' }).waitFor()
  }
  return {
    page,
    open,
    answer: async (answer) => {
      const taken = page.waitForResponse((response) => /\/(approve|deny)$/.test(response.url()))
      // By the keyboard: a click would wait for the page of the program, which may have been paused.
      await page.getByRole('button', { name: answer, exact: true }).focus()
      await page.keyboard.press('Enter')
      expect((await taken).ok()).toBe(true)
    },
    typeCode: async (address, code) => {
      await open(address)
      await page.getByLabel('The code that your terminal shows').fill(code)
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByText('The code is valid until').waitFor()
    },
    refusal: async () => (await page.getByRole('alert').first().innerText()).trim(),
    reads: () => page.locator('body').innerText(),
  }
}
