import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { dialog, signIn } from './acts.ts'
import { journeys } from './journey.ts'
import { withOwner } from './product.ts'

const journey = journeys(withOwner)

journey('a decision about the vendor’s cloud: recorded, decided anew, handed over', async (j) => {
  const { page } = await j.person()
  await signIn(page)
  await page.goto('/decisions')
  await page.getByText('Gatehouse records this and cannot enforce it.').waitFor()
  expect(await page.getByRole('switch').count()).toBe(0)
  await page.getByRole('link', { name: 'Internet access of cloud agents' }).click()

  await page.getByRole('button', { name: 'Record the decision…' }).click()
  const asked = dialog(page, /^Record: Internet access/)
  await asked.getByLabel('Internet, within limits').check()
  await asked.getByLabel('Common dependencies, and those below').check()
  await asked.getByLabel('Additional domains').fill('packages.acme.example')
  await asked.getByLabel('GET, HEAD and OPTIONS only').check()
  await asked.getByLabel('Review by').fill('2020-01-31')
  await asked.getByLabel('Reason').fill('Builds need packages.')
  await asked.getByRole('button', { name: 'Record', exact: true }).click()
  await page.getByText('overdue').waitFor()

  await page.getByRole('button', { name: 'Decide anew…' }).click()
  await asked.getByLabel('No internet').check()
  await asked.getByLabel('Review by').fill('')
  await asked.getByLabel('Reason').fill('Packages come from the mirror.')
  await asked.getByRole('button', { name: 'Record', exact: true }).click()
  await page.getByText('No internet').first().waitFor()
  await page.getByText('Version 1').first().waitFor()

  await page.goto('/decisions')
  await page.getByRole('button', { name: 'Document' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Markdown, all decisions' }).click(),
  ])
  const text = readFileSync(await download.path(), 'utf8')
  expect(text).toContain('- Reason: Packages come from the mirror.')
  expect(text).not.toContain('packages.acme.example')
})
