import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { call, signIn } from '../journeys/acts.ts'
import { openBrowser, visit } from '../journeys/browser.ts'
import { addFirstPasskey, plugIn, signInByPasskey, signOut } from '../journeys/passkey-acts.ts'
import { startProduct, type Product } from './product.ts'
import { insideSandbox } from './sandbox.ts'

// Chromium's own WebAuthn, with a virtual authenticator, against the running product.

let product: Product
let browser: Browser

beforeAll(async () => {
  insideSandbox()
  // Chromium makes no passkey where it doubts the certificate; at this name it needs none.
  ;[product, browser] = await Promise.all([startProduct({ host: 'localhost' }), openBrowser()])
})
afterAll(async () => {
  await browser.close()
  await product.stop()
})

it('signs in with a passkey that Chromium made, and takes its answer once', async () => {
  const { context, page } = await visit(browser, product.plainUrl)
  const finger = await plugIn(context, page)
  await signIn(page)
  await addFirstPasskey(page, finger)
  await signOut(page)

  const sent = page.waitForRequest(/\/api\/v1\/session\/passkey$/)
  await signInByPasskey(page, finger)
  const answered = await (await sent).response()
  expect(answered?.status()).toBe(200)
  const session = await call<{ session: object }>(page, 'GET', '/api/v1/session')
  expect(session.session).toMatchObject({ method: 'passkey', secondFactor: 'given' })

  // Somebody has seen what went over the wire, and sends it from the same browser.
  await signOut(page)
  const answer = (await sent).postDataJSON() as unknown
  await expect(call(page, 'POST', '/api/v1/session/passkey', answer)).rejects.toThrow(/: 401 /)
  await expect(call(page, 'GET', '/api/v1/session')).rejects.toThrow(/: 401 /)
})
