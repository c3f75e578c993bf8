import { TOTP } from 'otpauth'
import { expect } from 'vitest'
import { dialog, fillSignIn, signIn } from './acts.ts'
import { journeys } from './journey.ts'
import { addFirstPasskey, inside, plugIn, signInByPasskey, signOut } from './passkey-acts.ts'
import { withOwner } from './product.ts'

const journey = journeys({ ...withOwner, host: 'localhost' })

journey(
  'sign in with a passkey alone, then with an app’s code, then with a recovery code',
  async (j) => {
    const { context, page } = await j.person()
    const finger = await plugIn(context, page)
    await signIn(page)
    const codes = await addFirstPasskey(page, finger)
    expect(codes).toHaveLength(10)

    await signOut(page)
    await signInByPasskey(page, finger)

    // After the password the passkey is asked for too, and the address that was meant is kept.
    await signOut(page)
    await page.goto('/sign-in?next=/account')
    await fillSignIn(page)
    await page.getByRole('heading', { name: 'Second factor' }).waitFor()
    await finger(true)
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    await page.getByRole('heading', { level: 1, name: 'Your account' }).waitFor()
    await finger(false)

    await page.getByRole('button', { name: 'Rename' }).click()
    const renaming = dialog(page, /^Rename the passkey/)
    await renaming.getByLabel('Name').fill('Key on the desk')
    await renaming.getByRole('button', { name: 'Rename' }).click()
    await page.getByRole('cell', { name: 'Key on the desk' }).waitFor()

    await page.getByRole('button', { name: 'Add an app' }).click()
    const adding = dialog(page, 'Add an authenticator app')
    const secret = (await adding.locator('pre').innerText()).replaceAll(' ', '').trim()
    await adding.getByRole('img', { name: /QR code/ }).waitFor()
    const app = new TOTP({ secret })
    await adding.getByRole('textbox', { name: 'Code' }).fill(app.generate())
    await adding.getByRole('button', { name: 'Add the app' }).click()
    await page.getByText('Authenticator app added.').waitFor()

    await signOut(page)
    await fillSignIn(page)
    // The next step: the code of this one is used up.
    await page.getByLabel('Code of your authenticator app').fill(app.generate({ timestamp: Date.now() + 30_000 })) // prettier-ignore
    await page.getByRole('button', { name: 'Go on' }).click()
    await inside(page)

    await signOut(page)
    await fillSignIn(page)
    await page.getByRole('button', { name: /Lost it/ }).click()
    await page.getByLabel('Recovery code').fill(codes[0] ?? '')
    await page.getByRole('button', { name: 'Go on' }).click()
    await inside(page)
    await page.goto('/account')
    await page.getByText('9 of 10').waitFor()
  },
)
