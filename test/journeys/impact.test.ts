import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { call, dialog, publish, publishNow, signIn, toPublish, writeToml } from './acts.ts'
import { axe, overhang } from './axe.ts'
import { journeys } from './journey.ts'
import { withOwner } from './product.ts'

const journey = journeys(withOwner)

const first = 'allowed_sandbox_modes = ["read-only"]\n'
const second = `allowed_sandbox_modes = ["read-only", "workspace-write"]
[rules]
prefix_rules = [
  { pattern = [{ token = "curl" }], decision = "prompt", justification = "Look where it goes." },
  { pattern = [{ token = "rm" }], decision = "forbidden" },
]
`

journey('what a draft would do is seen first: whom, which settings, which commands', async (j) => {
  const { page } = await j.person()
  await signIn(page)
  const { id } = await call<{ id: string }>(page, 'POST', '/api/v1/policies', { name: 'Base' })
  for (const name of ['ann', 'bob', 'cy'])
    await call(page, 'POST', '/api/v1/members', { email: `${name}@acme.example`, name })
  await page.goto(`/policies/${id}`)
  await writeToml(page, first)
  await publish(page, 'First')
  const { revision } = await call<{ revision: number }>(page, 'GET', '/api/v1/rules')
  await call(page, 'PUT', '/api/v1/rules/default', { policyId: id, expectedRevision: revision })
  await writeToml(page, second)
  await toPublish(page)

  await page.getByText('4 members', { exact: true }).waitFor()
  const changes = page.getByRole('list', { name: 'What changes' })
  const modes = changes.getByRole('listitem').filter({ hasText: 'allowed_sandbox_modes' })
  await modes.getByText('"workspace-write"').waitFor()
  await modes.getByText('1 other entry as before').waitFor()
  await modes.getByRole('button', { name: '4 principals: show who' }).click()
  expect(page.url()).toContain('effect=')
  await page.getByPlaceholder('Name or e-mail').fill('bob')
  await page.getByText('1 row').waitFor()
  await page.getByRole('link', { name: 'bob@acme.example' }).waitFor()

  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page
      .getByRole('button', { name: 'Export' })
      .click()
      .then(() => page.getByRole('menuitem', { name: 'CSV, all that match' }).click()),
  ])
  expect(readFileSync(await file.path(), 'utf8')).toContain('bob@acme.example,bob,Base,1,Base,2')

  await page.getByText('There are no reported commands to try').waitFor()
  await page
    .getByLabel('Commands')
    .fill('curl example.org\nls\ncurl example.org\ncd x && rm -r y\n')
  await page.getByRole('button', { name: 'Try them' }).click()
  await page.getByText('4 commands decided.').waitFor()
  const commands = page.getByRole('region', { name: 'Commands that are decided otherwise' })
  const curl = commands.getByRole('row').filter({ hasText: 'curl example.org' })
  await curl.getByText('line 4: Look where it goes.').waitFor()
  await commands.getByText('cd x && rm -r y').waitFor()
  await expect.poll(() => commands.getByRole('row').count()).toBe(3)
  expect(await axe(page)).toEqual([])
  expect(await overhang(page)).toBe(0)

  // A part first: another effect, and the address says for whom.
  await page.getByLabel('To a part first').check()
  await page.getByText('Say first who is in the stage.').waitFor()
  expect(page.url()).toContain('to=stage')
  await page.getByLabel('To everybody who gets this policy').check()
  await page.getByLabel('What changes, and why').fill('Room to work')
  await publishNow(page).click()
  await page.getByText('Version 2 is published').waitFor()

  await page.goto(`/policies/${id}/publish`)
  await page.getByText('The draft says exactly what version 2 says.').waitFor()
})

journey(
  'from the question before an act to its whole effect, which can be shown to others',
  async (j) => {
    const { page, context } = await j.person()
    await signIn(page)
    await page.goto('/surfaces')
    await page.getByRole('button', { name: 'Turn off Codex local' }).click()
    const asked = dialog(page, 'Turn Codex local off for everybody?')
    const [shown] = await Promise.all([
      context.waitForEvent('page'),
      asked.getByRole('link', { name: 'Whole impact' }).click(),
    ])
    await shown.getByRole('heading', { name: 'Impact: turning a surface off' }).waitFor()
    await shown.getByText('refuses to start').first().waitFor()
    expect(new URL(shown.url()).search).toBe('?act=surface&key=codex_local&on=false')
    await asked.getByRole('button', { name: 'Turn off' }).waitFor()

    await page.goto('/impact')
    await page.getByRole('heading', { name: 'No act to look at' }).waitFor()
  },
)
