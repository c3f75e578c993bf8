import { expect } from 'vitest'
import { choose, dialog, fillSignIn, makePolicy, publishNow, toPublish, writeToml } from './acts.ts'
import { journeys } from './journey.ts'
import { fetchAsClient } from './product.ts'

const journey = journeys({})
const founder = { email: 'mara@acme.example', password: 'quay lantern 41 thistle' }
const link = (output: string): string => /http\S+\/setup#\S+/.exec(output)?.[0] ?? ''
const forbiddenText = 'allowed_sandbox_modes = ["workspace-write"]\n'
const publishedText = 'allowed_sandbox_modes = ["read-only", "workspace-write"]\n'

journey(
  'the printed link leads to a workspace and its owner, once',
  async ({ product, person }) => {
    const mara = await person()
    expect(link(product.output())).not.toBe('')
    await mara.page.goto(link(product.output()))
    await mara.page.getByLabel('Workspace').fill('Acme')
    await mara.page.getByLabel('Your name').fill('Mara Lindqvist')
    await mara.page.getByLabel('E-mail').fill(founder.email)
    await mara.page.getByLabel('Password', { exact: true }).fill('too short')
    mara.expectFailure('400 /api/v1/setup')
    await mara.page.getByRole('button', { name: 'Make the workspace' }).click()
    await mara.page.getByText('at least 12 characters').first().waitFor()
    await mara.page.getByLabel('Password', { exact: true }).fill(founder.password)
    await mara.page.getByRole('button', { name: 'Make the workspace' }).click()
    await mara.page.getByRole('heading', { name: 'Acme', exact: true }).waitFor()
    await mara.page.getByText('1 of 7 steps are done').waitFor()

    const late = await person()
    await late.page.goto(link(product.output()))
    await late.page.getByRole('heading', { name: 'Gatehouse is set up' }).waitFor()
    await late.page.getByText('The link of the first run is used up.').waitFor()
  },
)

journey('from nothing to a client that is served, and the checklist sees it', async (j) => {
  const { page, ...mara } = await j.person()
  mara.expectFailure('401 /api/v1/session')
  await page.goto('/')
  await fillSignIn(page, founder)
  await page.getByRole('heading', { name: 'Acme', exact: true }).waitFor()

  await makePolicy(page, 'Baseline')
  await writeToml(page, forbiddenText)
  const complaint = page.getByRole('listitem').filter({ hasText: 'must contain "read-only"' })
  await complaint.getByText('1:25').waitFor()
  await toPublish(page)
  await page.getByLabel('What changes, and why').fill('First')
  await page.getByText('1 error of the check').waitFor()
  await expect.poll(() => publishNow(page).isDisabled()).toBe(true)
  await page.getByRole('link', { name: 'Back to the editor' }).click()

  await page.getByRole('button', { name: 'Add "read-only"' }).first().click()
  await complaint.waitFor({ state: 'detached' })
  await toPublish(page)
  await page.getByLabel('What changes, and why').fill('First baseline')
  await page.getByText('Nobody gets another policy by this.').waitFor()
  await publishNow(page).click()
  await page.getByText('Version 1 is published').waitFor()

  await page.goto('/rules')
  await choose(page, 'Default policy', 'Baseline (version 1)')
  const change = dialog(page, 'Change the default policy')
  await change.getByText('1 member').waitFor()
  await change.getByText('no policy: unconstrained').waitFor()
  await change.getByRole('button', { name: 'Change default' }).click()
  await page.getByText('decides for 1 principal').waitFor()

  await page.goto('/enrolments')
  await page.getByRole('button', { name: 'New enrolment' }).first().click()
  const form = dialog(page, 'New enrolment')
  await form.getByLabel('Name').fill('Laptops')
  await form.getByRole('button', { name: 'Make enrolment' }).click()
  const issued = dialog(page, 'Put Laptops on machines')
  const address = await issued.locator('pre').first().innerText()
  expect(address).toMatch(new RegExp(`^${j.product.tlsUrl}/c/`))
  // The lines for a machine, with the CA that the product made.
  await issued.getByText('CODEX_CA_CERTIFICATE').first().waitFor()
  await issued.getByRole('tab', { name: 'Ansible' }).click()
  await issued.getByText('ansible').first().waitFor()
  await expect.poll(() => issued.getByRole('button', { name: 'Done' }).isDisabled()).toBe(true)
  await issued.getByLabel('I stored it where it belongs').check()
  await issued.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('heading', { name: 'Laptops', level: 1 }).waitFor()
  expect(await page.content()).not.toContain(address.split('/c/')[1])

  await page.goto('/')
  await page.getByText('4 of 7 steps are done').waitFor()
  const answer = await fetchAsClient(j.product, address)
  expect(answer.status).toBe(200)
  expect(answer.body).toContain(JSON.stringify(publishedText).slice(1, -1))
  // No reload: the page sees it by itself.
  await page.getByText('5 of 7 steps are done').waitFor()
  mara.assertQuiet()
})
