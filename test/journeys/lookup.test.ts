import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import { call, makePolicy, publish, signIn, writeToml } from './acts.ts'
import { axe } from './axe.ts'
import { journeys } from './journey.ts'
import { owner, withOwner } from './product.ts'

const journey = journeys(withOwner)

const policy = `# Agreed with the works council.
allowed_sandbox_modes = ["read-only", "workspace-write"]

[hooks]
managed_dir = "/opt/hooks"
`

const row = (page: Page, key: string) =>
  page.getByRole('region', { name: 'Keys in force' }).getByRole('row').filter({ hasText: key })

journey('every key in force, and why, also beside the files of a machine', async ({ person }) => {
  const { page } = await person()
  await signIn(page)
  await makePolicy(page, 'Base')
  await writeToml(page, policy)
  await page.getByText('Draft saved').waitFor()
  await publish(page, 'first')
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  const { revision } = await call<{ revision: number }>(page, 'GET', '/api/v1/rules')
  await call(page, 'PUT', '/api/v1/rules/default', { policyId: id, expectedRevision: revision })

  // What Gatehouse delivers, and where it stands.
  await page.goto(`/lookup?email=${owner.email}`)
  await row(page, 'allowed_sandbox_modes').getByText('Base v1, line 2').waitFor()
  await page.getByText('It does not know the files on the machine').waitFor()
  expect(await axe(page)).toEqual([])

  // The machine's own file joins in: one key loses, one is new.
  await page.getByRole('button', { name: 'The machine’s own files' }).click()
  const file = page.getByLabel('/etc/codex/requirements.toml')
  await file.fill('allowed_sandbox_modes = ["read-only"]\nallow_appshots = false\n')
  await row(page, 'allow_appshots').getByText('/etc/codex/requirements.toml, line 2').waitFor()
  await row(page, 'allowed_sandbox_modes')
    .getByText('/etc/codex/requirements.toml, line 1')
    .waitFor()
  expect(await axe(page)).toEqual([])
  await page.getByLabel('Only what beat something').check({ force: true })
  await row(page, 'allow_appshots').waitFor({ state: 'detached' })
  expect(new URL(page.url()).searchParams.get('contested')).toBe('yes')

  // As a file.
  const saving = page.waitForEvent('download')
  await page.getByRole('button', { name: 'CSV' }).click()
  const saved = readFileSync(await (await saving).path(), 'utf8')
  expect(saved).toContain('allow_appshots,false,/etc/codex/requirements.toml')

  // A machine whose client would not start.
  await file.fill('[hooks]\nmanaged_dir = "/opt/other"\n')
  const alert = page.getByRole('alert').filter({ hasText: 'does not start' })
  await alert.getByText('Base v1, line 5 and /etc/codex/requirements.toml, line 2').waitFor()

  // From the key to its line.
  await row(page, 'hooks.managed_dir').getByRole('link', { name: 'Base v1, line 5' }).click()
  await page.getByRole('heading', { name: 'Base, version 1' }).waitFor()
  await page.locator('.cm-activeLine').filter({ hasText: 'managed_dir' }).waitFor()
})

journey('what people start with, and what a file of their own makes of it', async ({ person }) => {
  const { page } = await person()
  await signIn(page)
  const made = await call<{ id: string }>(page, 'POST', '/api/v1/policies', {
    name: 'With defaults',
    text: 'allowed_sandbox_modes = ["read-only"]\n',
    defaults: 'model = "house"\nhide_agent_reasoning = true\n',
  })
  await call(page, 'POST', `/api/v1/policies/${made.id}/publish`, {
    message: 'first',
    draftRevision: 1,
  })
  const { revision } = await call<{ revision: number }>(page, 'GET', '/api/v1/rules')
  const asDefault = { policyId: made.id, expectedRevision: revision }
  await call(page, 'PUT', '/api/v1/rules/default', asDefault)

  await page.goto(`/lookup?email=${owner.email}`)
  const defaults = page.getByRole('region', { name: 'Defaults', exact: true })
  const model = defaults.getByRole('row').filter({ hasText: /^model/ })
  await model.getByText('With defaults v1, line 1').waitFor()
  await page.getByLabel('~/.codex/config.toml').fill('# mine\nmodel = "own"\n')
  await model.getByText('~/.codex/config.toml, line 2').waitFor()
  await model.getByText('"house"').waitFor()
  await page.getByLabel('~/.codex/config.toml').fill('model =')
  await page.getByText('A client with this file does not start.').waitFor()
  expect(await axe(page)).toEqual([])
})
