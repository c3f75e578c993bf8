import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { createVerifier, readTrust } from '#features/audit/proof/verify.ts'
import { call, makePolicy, signIn } from './acts.ts'
import { journeys } from './journey.ts'
import { withOwner } from './product.ts'

const journey = journeys(withOwner)

journey('an act is found, and the trail is verified here and elsewhere', async ({ person }) => {
  const { page } = await person()
  await signIn(page)
  await makePolicy(page, 'Baseline')
  await call(page, 'PATCH', '/api/v1/workspace', { name: 'Acme Robotics' })

  // Links of before lead here, with what they filtered.
  await page.goto('/activity?q=robotics')
  await page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/audit')
  await page.getByRole('link', { name: 'Workspace renamed' }).click()
  await page.getByRole('heading', { level: 1, name: 'Workspace renamed' }).waitFor()
  await page.getByText('In the chain').waitFor()
  await page.getByRole('heading', { name: 'Before and after' }).waitFor()

  // Everything that was done to the same thing, from today on.
  await page.getByRole('link', { name: 'Acme Robotics (workspace)' }).click()
  await page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor()
  await page.getByRole('link', { name: 'Workspace renamed' }).waitFor()
  expect(await page.getByText('Policy made').count()).toBe(0)

  await page.goto('/audit/chain')
  await page.getByRole('button', { name: 'Verify now' }).click()
  await page.getByText('verified', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Sign one now' }).click()
  await page.getByText(/^Signed: \d+ records$/).waitFor()
  await page.getByRole('combobox', { name: 'Mail, once a day' }).fill('auditor@acme.example')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Saved').waitFor()

  // What the browser was given is enough to check the export without the server.
  const { items } = await call<{ items: readonly { text: string }[] }>(
    page,
    'GET',
    '/api/v1/audit/checkpoints?limit=1',
  )
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.evaluate(() => {
      const link = document.createElement('a')
      link.href = '/api/v1/audit/export'
      link.download = 'audit.jsonl'
      link.click()
    }),
  ])
  const verifier = createVerifier(readTrust(items[0]?.text ?? '') ?? {})
  for (const line of readFileSync(await download.path(), 'utf8')
    .trimEnd()
    .split('\n'))
    verifier.line(Buffer.from(line))
  expect(verifier.end()).toMatchObject({ outcome: 'covered', findings: [] })
})
