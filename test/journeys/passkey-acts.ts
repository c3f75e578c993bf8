import type { BrowserContext, Page } from 'playwright-core'
import { dialog } from './acts.ts'

/** Whether a finger is on the authenticator: with one, a browser that waits in the list of the e-mail field goes on at once. */
export type Finger = (on: boolean) => Promise<void>

/** An authenticator in the browser, which holds passkeys and finds everybody to be who she says. */
export async function plugIn(context: BrowserContext, page: Page): Promise<Finger> {
  const devtools = await context.newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: false,
    },
  })
  return (enabled) =>
    devtools
      .send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
      .then(() => undefined)
}

/** Adds a passkey on the account page, which shows the first time: the recovery codes. */
export async function addFirstPasskey(page: Page, finger: Finger): Promise<readonly string[]> {
  await page.goto('/account')
  await finger(true)
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  const codes = await keepCodes(page)
  await page.getByRole('button', { name: 'Remove' }).first().waitFor()
  await finger(false)
  return codes
}

/** Reads the codes that are shown once, and says that they are kept. */
async function keepCodes(page: Page): Promise<readonly string[]> {
  const box = dialog(page, 'Your recovery codes')
  const codes = (await box.locator('pre').innerText()).trim().split(/\s+/)
  await box.getByLabel('I have kept them').check()
  await box.getByRole('button', { name: 'Done' }).click()
  return codes
}

/** From the sign-in page that is open, with nothing but the passkey. */
export async function signInByPasskey(page: Page, finger: Finger): Promise<void> {
  const go = page.getByRole('button', { name: 'Sign in with a passkey' })
  await go.waitFor()
  await finger(true)
  // With the finger there already, the list of the e-mail field may have taken it before the button is reached.
  await go.click({ timeout: 3000 }).catch(() => undefined)
  await inside(page)
  await finger(false)
}

export const inside = (page: Page): Promise<void> =>
  page.getByRole('navigation', { name: 'Main' }).first().waitFor()

/** Ends on the sign-in page. */
export async function signOut(page: Page): Promise<void> {
  await page.goto('/account')
  await page.getByRole('button', { name: 'Sign out everywhere' }).click()
  await dialog(page, 'Sign out everywhere?')
    .getByRole('button', { name: 'Sign out everywhere' })
    .click()
  await page.getByLabel('E-mail').waitFor()
}
