import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import { dialog, signIn } from './acts.ts'
import { journeys } from './journey.ts'
import { withOwner } from './product.ts'

const journey = journeys(withOwner)

/** The token that a dialog shows once. */
async function taken(page: Page, name: string): Promise<string> {
  const shown = dialog(page, name)
  const secret = (await shown.locator('pre').innerText()).trim()
  await shown.getByLabel('I stored it where it belongs').check()
  await shown.getByRole('button', { name: 'Done' }).click()
  await shown.waitFor({ state: 'hidden' })
  return secret
}

journey('a runner with a token of a service account: made, used, rotated, revoked', async (j) => {
  const { page } = await j.person()
  const bundle = async (secret: string): Promise<number> => {
    const answer = await fetch(`${j.product.url}/backend-api/wham/config/bundle`, {
      headers: { authorization: `Bearer ${secret}`, 'user-agent': 'codex_exec/0.169.0' },
    })
    return answer.status
  }
  await signIn(page)
  await page.getByRole('link', { name: 'Service accounts' }).click()
  await page.getByRole('button', { name: 'New service account' }).first().click()
  const form = dialog(page, 'New service account')
  await form.getByLabel('Name').fill('release-bot')
  await form.getByLabel('Purpose').fill('Publishes the packages')
  await form.getByRole('combobox', { name: 'Who answers for it' }).click()
  await page.getByRole('option').first().click()
  await form.getByRole('button', { name: 'Make service account' }).click()
  await page.getByRole('heading', { name: 'release-bot', level: 1 }).waitFor()
  await page.getByText('no rule and no default: not limited').waitFor()

  await page.getByRole('button', { name: 'New token' }).click()
  const wish = dialog(page, 'New access token')
  await wish.getByLabel('Name').fill('release-ci')
  await wish.getByRole('button', { name: 'Make token' }).click()
  const first = await taken(page, 'Access token release-ci')
  expect(first).toMatch(/^at-/)
  await expect.poll(() => bundle(first)).toBe(200)

  await page.getByRole('button', { name: 'Rotate release-ci' }).click()
  const rotate = dialog(page, 'Rotate release-ci')
  await rotate.getByRole('button', { name: 'Rotate' }).click()
  await dialog(page, 'Access token release-ci').getByText('The old token goes on until').waitFor()
  const second = await taken(page, 'Access token release-ci')
  expect([await bundle(first), await bundle(second)]).toEqual([200, 200])
  await page.getByText('replaced, ends by itself').waitFor()

  // Everybody's tokens: the newest first.
  await page.getByRole('link', { name: 'Access tokens', exact: true }).click()
  await page.getByRole('button', { name: 'Revoke release-ci' }).first().click()
  const question = dialog(page, 'Revoke release-ci?')
  await question.getByText('without any policy').first().waitFor()
  await question.getByRole('button', { name: 'Revoke token' }).click()
  await question.waitFor({ state: 'hidden' })
  expect([await bundle(first), await bundle(second)]).toEqual([200, 401])

  // The owner's own, within what the workspace allows.
  await page.goto('/account')
  await page.getByRole('link', { name: 'See my tokens' }).click()
  await page.getByRole('button', { name: 'New token' }).first().click()
  await dialog(page, 'New access token').getByLabel('Name').fill('my laptop')
  await dialog(page, 'New access token').getByRole('button', { name: 'Make token' }).click()
  const mine = await taken(page, 'Access token my laptop')
  await expect.poll(() => bundle(mine)).toBe(200)
  await page.getByRole('button', { name: 'Revoke my laptop' }).click()
  await dialog(page, 'Revoke my laptop?').getByRole('button', { name: 'Revoke token' }).click()
  await page.getByRole('heading', { name: 'Ended' }).waitFor()
  await expect.poll(() => bundle(mine)).toBe(401)
})
