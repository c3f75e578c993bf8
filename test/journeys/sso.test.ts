import { Secret, TOTP } from 'otpauth'
import type { Page } from 'playwright-core'
import { startOidcProvider, type Accounts } from '../oidc-provider.ts'
import { call, dialog, fillSignIn, signIn } from './acts.ts'
import { journeys } from './journey.ts'
import { owner, withOwner } from './product.ts'

const journey = journeys(withOwner)
const accounts: Accounts = {
  imani: { email: 'imani@acme.example', email_verified: true, name: 'Imani Okoro' },
}

/** Types a name at the provider's own page. */
async function atProvider(page: Page, name: string): Promise<void> {
  const go = page.getByRole('button', { name: 'Continue' })
  await go.waitFor()
  await page.getByLabel('Name').fill(name)
  await go.click()
}

journey(
  'single sign-on: connected, tested, used, enforced, with a way in for the worst day',
  async (j) => {
    const provider = await startOidcProvider(accounts, `${j.product.url}/sso/callback`)
    try {
      const boss = await j.person()
      const { page } = boss
      await signIn(page)
      await call(page, 'POST', '/api/v1/watch/exceptions', {
        target: provider.host,
        reason: 'The provider stands beside Gatehouse',
      })

      // Connect it: what it is, and whom it speaks for.
      await page.goto('/settings/sign-in')
      await page.getByRole('link', { name: 'Add a provider' }).click()
      await page.getByText(`${j.product.url}/sso/callback`).waitFor()
      await page.getByLabel('Name', { exact: true }).fill('Acme ID')
      await page.getByLabel('Issuer').fill(provider.issuer)
      await page.getByLabel('Client id').fill(provider.clientId)
      await page.getByLabel('Client secret').fill(provider.clientSecret)
      const domains = page.getByRole('combobox', { name: 'Domains it speaks for' })
      await domains.fill('acme.example')
      await domains.press('Enter')
      await page.getByLabel('Make a member of whoever comes for the first time').check()
      await page.getByRole('button', { name: 'Add the provider' }).click()
      await page.getByRole('heading', { name: 'Acme ID', level: 1 }).waitFor()

      // Try it: it says what the provider says, and nobody is signed in by it.
      await page.getByRole('button', { name: 'Test' }).click()
      await atProvider(page, 'imani')
      await page.getByText('A member would be made for imani@acme.example.').waitFor()
      await page.getByRole('link', { name: 'Go back' }).click()
      await page.getByRole('button', { name: 'Turn on' }).click()
      await page.getByRole('button', { name: 'Turn off' }).waitFor()

      // Use it.
      const guest = await j.person()
      await guest.page.goto('/sign-in?next=/account')
      await guest.page.getByRole('link', { name: 'Continue with Acme ID' }).click()
      await atProvider(guest.page, 'imani')
      await guest.page.getByRole('heading', { name: 'Your account' }).waitFor()
      await guest.page.getByText('imani@acme.example').first().waitFor()

      // Enforce it: refused until an owner gets in without it.
      await page.getByRole('button', { name: 'Enforce it' }).click()
      const enforce = dialog(page, 'Enforce Acme ID?')
      boss.expectFailure(
        `409 ${new URL(page.url()).pathname.replace('/settings/sign-in', '/api/v1/sso')}/enforced`,
      )
      await enforce.getByRole('button', { name: 'Enforce it' }).click()
      await enforce.getByText('No break-glass owner could sign in without the provider.').waitFor()
      await enforce.getByRole('button', { name: 'Cancel' }).click()
      await addApp(page)
      await page.goto('/settings/sign-in')
      await page.getByRole('button', { name: `Mark ${owner.email}` }).click()
      await page.getByText('with two factors').waitFor()
      await page.getByRole('link', { name: 'Acme ID' }).click()
      await page.getByRole('button', { name: 'Enforce it' }).click()
      await enforce.getByRole('button', { name: 'Enforce it' }).click()
      await page.getByText('only through it').waitFor()

      // A password is of no use to others any more; the break-glass owner goes on.
      const other = await j.person()
      const invited = await call<{ link: { url: string } }>(page, 'POST', '/api/v1/invitations', {
        email: 'jo@acme.example',
      })
      other.expectFailure('403 /api/v1/invitations/accept')
      await other.page.goto(invited.link.url)
      await other.page.getByLabel('Your name').fill('Jo')
      await other.page.getByLabel('Password', { exact: true }).fill('quiet lantern 7 umbrella')
      await other.page.getByRole('button', { name: 'Accept and sign in' }).click()
      await other.page.getByText('You sign in through Acme ID here.').waitFor()
      await other.page.goto('/sign-in')
      await fillSignIn(other.page, owner)
      await other.page.waitForURL(/second-factor/)
    } finally {
      await provider.stop()
    }
  },
)

/** An authenticator app, enrolled as the account page does it. */
async function addApp(page: Page): Promise<void> {
  const { secret } = await call<{ secret: string }>(page, 'POST', '/api/v1/authenticator')
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate()
  await call(page, 'POST', '/api/v1/authenticator/confirm', { code })
}
