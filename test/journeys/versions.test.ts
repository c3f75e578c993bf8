import { expect } from 'vitest'
import {
  call,
  dialog,
  makePolicy,
  publish,
  publishNow,
  signIn,
  toPublish,
  writeToml,
} from './acts.ts'
import { journeys } from './journey.ts'
import { withOwner } from './product.ts'

const journey = journeys(withOwner)

const text = (modes: string, search: string): string =>
  [
    `allowed_sandbox_modes = [${modes}]`,
    'allowed_approval_policies = ["on-request"]',
    '',
    ...Array.from({ length: 12 }, (_, i) => `# ${i + 1}. An agreement with the works council.`),
    '',
    `allowed_web_search_modes = [${search}]`,
    '',
  ].join('\n')
const first = text('"read-only"', '"cached"')
const second = text('"read-only", "workspace-write"', '"cached", "live"')

journey('two versions side by side at an address, and one put back', async ({ person }) => {
  const { page } = await person()
  await signIn(page)
  await makePolicy(page, 'Baseline')
  await writeToml(page, first)
  await publish(page, 'First')
  await writeToml(page, second)
  await publish(page, 'More room')
  await writeToml(page, first.replace('on-request', 'never'))
  await publish(page, 'No questions')

  // The address alone says which two: in a ticket it shows the same to everybody.
  await page.goto(`${new URL(page.url()).pathname}?from=1&to=2`)
  await page.getByRole('heading', { name: 'What changed from version 1 to version 2' }).waitFor()
  await page.getByText('2 changes').waitFor()
  const diff = page.getByRole('region', { name: 'Version 1 against Version 2' })
  await diff.getByText('allowed_sandbox_modes').first().waitFor()
  expect(await diff.getByText('7. An agreement').count()).toBe(0)

  for (const [key, place] of [
    ['n', '1 of 2'],
    ['n', '2 of 2'],
    ['p', '1 of 2'],
  ] as const) {
    await page.keyboard.press(key)
    await diff.getByText(place).waitFor()
  }

  await page.getByRole('radio', { name: 'Compare to version 3' }).check()
  await page.waitForURL(/from=1&to=3/)
  await page.getByText('1 change', { exact: true }).waitFor()

  const put = page.getByRole('listitem').filter({ hasText: 'More room' })
  await put.getByRole('button', { name: 'Put back…' }).click()
  const asked = dialog(page, 'Put back version 2 of Baseline')
  await asked.getByRole('button', { name: 'Put back' }).click()
  await page.getByText('Version 2 is back, as version 4.').waitFor()
  const { text: served } = await call<{ text: string }>(
    page,
    'GET',
    `/api/v1${new URL(page.url()).pathname}/versions/4`,
  )
  expect(served).toBe(second)
})

journey('two people in one draft: the second is told and keeps her text', async ({ person }) => {
  const ada = await person()
  await signIn(ada.page)
  await makePolicy(ada.page, 'Shared')
  const address = ada.page.url()
  const bo = await person()
  await signIn(bo.page)
  await bo.page.goto(address)
  await bo.page.getByRole('textbox', { name: /^requirements/ }).waitFor()

  await writeToml(ada.page, first)
  await publish(ada.page, 'Ada was faster')

  bo.expectFailure(`409 /api/v1${new URL(address).pathname}/draft`)
  await writeToml(bo.page, second)
  const told = bo.page.getByRole('alert').filter({ hasText: 'saved another text meanwhile' })
  await told.waitFor()
  await expect.poll(() => bo.page.getByRole('button', { name: 'Publish…' }).isDisabled()).toBe(true)
  await told.getByText('"live"').first().waitFor()
  await told.getByRole('button', { name: 'Save mine over it' }).click()
  await bo.page.getByText('Draft saved').waitFor()
  await publish(bo.page, 'Bo has seen both')
  const { text: served } = await call<{ text: string }>(
    bo.page,
    'GET',
    `/api/v1${new URL(address).pathname}/versions/2`,
  )
  expect(served).toBe(second)
})

journey('two people publish what they looked at: the later one is asked again', async (j) => {
  const ada = await j.person()
  await signIn(ada.page)
  await makePolicy(ada.page, 'Contested')
  await writeToml(ada.page, first)
  await publish(ada.page, 'First')
  await writeToml(ada.page, second)
  await ada.page.getByText('Draft saved').waitFor()
  const id = new URL(ada.page.url()).pathname.split('/').at(-1)
  await toPublish(ada.page)
  await ada.page.getByLabel('What changes, and why').fill('More room')
  await ada.page.getByText('Nobody gets another policy by this.').waitFor()

  // Meanwhile somebody makes this the default, and the act touches people now.
  const bo = await j.person()
  await signIn(bo.page)
  const { revision } = await call<{ revision: number }>(bo.page, 'GET', '/api/v1/rules')
  await call(bo.page, 'PUT', '/api/v1/rules/default', { policyId: id, expectedRevision: revision })

  ada.expectFailure(`409 /api/v1/policies/${id}/publish`)
  await publishNow(ada.page).click()
  await ada.page.getByRole('alert').filter({ hasText: 'the present one' }).waitFor()
  await ada.page.getByText('1 member', { exact: true }).waitFor()
  await expect
    .poll(() => ada.page.getByLabel('What changes, and why').inputValue())
    .toBe('More room')
  await publishNow(ada.page).click()
  await ada.page.getByText('Version 2 is published').waitFor()
})

journey('Codex local off: told whom it stops, and seen wherever one looks', async ({ person }) => {
  const { page } = await person()
  await signIn(page)
  await page.goto('/surfaces')
  await page.getByRole('button', { name: 'Turn off Codex local' }).click()
  const asked = dialog(page, 'Turn Codex local off for everybody?')
  await asked.getByLabel('Your text').fill('Off until Monday: ask the platform team.')
  await asked.getByText('refuses to start').first().waitFor()
  await asked.getByRole('button', { name: 'Turn off' }).click()
  await page.getByText('off: every enrolment and every signed-in client is refused').waitFor()

  await page.goto('/')
  await page.getByRole('alert').filter({ hasText: 'Codex local' }).waitFor()
  await page.goto('/lookup?email=owner@acme.example')
  await page.getByText('Off until Monday: ask the platform team.').waitFor()

  await page.goto('/surfaces')
  await page.getByRole('button', { name: 'Turn on Codex local' }).click()
  await dialog(page, 'Turn Codex local on?').getByRole('button', { name: 'Turn on' }).click()
  await page
    .getByText('off: every enrolment and every signed-in client is refused')
    .waitFor({ state: 'detached' })
})

journey('device codes off: only new sign-ins, and what people then read', async ({ person }) => {
  const { page } = await person()
  await signIn(page)
  await page.goto('/surfaces')
  await page.getByRole('button', { name: 'Turn off Device code' }).click()
  const asked = dialog(page, 'Turn sign-in with a device code off?')
  await asked.getByText('Nobody gets another policy by this.').waitFor()
  await asked.getByText(/signed in already go on/).waitFor()
  await asked.getByLabel('Your text').fill('Use the browser of the machine.')
  await asked.getByRole('button', { name: 'Turn off' }).click()
  await page.getByText('off: no new sign-in with a device code').waitFor()
  await page.getByRole('link', { name: 'Device code: whom it reaches' }).click()
  await page.getByText('For new sign-ins, at once.').waitFor()
  await page
    .getByRole('region', { name: 'What a person reads while device codes are off' })
    .getByText(/exchange failed.*Use the browser of the machine\.$/)
    .waitFor()
})
