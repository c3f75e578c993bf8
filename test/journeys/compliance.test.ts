import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { FileState } from '#features/compliance/schema.ts'
import { call, choose, dialog, signIn } from './acts.ts'
import { journeys } from './journey.ts'
import { withOwner } from './product.ts'

const journey = journeys(withOwner)
const ada = 'ada@acme.example'

journey('what was done is downloaded, exported, held and erased', async ({ person, product }) => {
  const { page, expectFailure } = await person()
  await signIn(page)
  const often = { revision: 1, windowSeconds: 5 }
  await call(page, 'PATCH', '/api/v1/compliance/types/AUDIT_LOG', often)
  const invited = { email: ada, name: 'Ada', role: 'member' }
  await call(page, 'POST', '/api/v1/invitations', invited)

  // A file stands in the list a moment after the act, and says the same in a download.
  const list = '/api/v1/compliance/files?type=AUDIT_LOG'
  const withAda = async (): Promise<FileState | undefined> => {
    for (const one of (await call<{ items: FileState[] }>(page, 'GET', list)).items)
      if ((await contentOf(one.id)).includes(ada)) return one
    return undefined
  }
  const contentOf = (id: string) =>
    page.evaluate(
      async (path) => (await fetch(path)).text(),
      `/api/v1/compliance/files/${id}/content`,
    )
  await expect.poll(withAda, { timeout: 60_000, interval: 500 }).toBeDefined()
  const file = (await withAda())!
  await page.goto('/compliance?type=AUDIT_LOG')
  const name = `AUDIT_LOG ${new Date(file.endAt).toISOString()}`
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator(`a[href*="${file.id}"]`).click(),
  ])
  const text = readFileSync(await download.path(), 'utf8')
  expect(createHash('sha256').update(text).digest('hex')).toBe(file.sha256)
  expect(text).toContain(ada)

  await page.getByRole('button', { name: 'New export' }).click()
  const adding = dialog(page, 'New export')
  await adding.getByLabel('Name').fill('Archive')
  await choose(adding, 'Kind', 'Folder')
  await adding.getByLabel('Folder').fill('archive')
  await adding.getByRole('button', { name: 'Add export' }).click()
  const exports = page.getByRole('region', { name: 'Exports' })
  await page.getByRole('button', { name: 'Test Archive' }).click()
  await page.getByText('Archive took it.').waitFor()
  await exports.getByText('working').waitFor({ timeout: 60_000 })
  const sent = readdirSync(join(product.data, 'exports', 'archive'), { recursive: true })
  expect(sent.some((path) => String(path).endsWith(`${file.id}.jsonl`))).toBe(true)
  // What is changed of it goes on after the last file that arrived.
  await page.getByRole('button', { name: 'Change Archive' }).click()
  await dialog(page, 'Change Archive').getByLabel('Folder').fill('archive-2')
  await dialog(page, 'Change Archive').getByRole('button', { name: 'Save' }).click()
  await exports.getByText('exports/archive-2').waitFor()

  await page.getByRole('button', { name: 'New legal hold' }).click()
  const holding = dialog(page, 'New legal hold')
  await holding.getByLabel('Name').fill('Case 7')
  await holding.getByLabel('Reason').fill('A court asked.')
  await holding.getByRole('combobox', { name: 'Only about' }).fill('ada@')
  await page.getByRole('option', { name: ada }).click()
  await holding.getByLabel('From').fill('2020-01-01T00:00')
  await holding.getByRole('button', { name: 'Set hold' }).click()
  await page.getByRole('region', { name: 'Legal holds' }).getByText(ada).waitFor()

  // Neither the file goes, nor what it says of her.
  expectFailure(`409 /api/v1/compliance/files/${file.id}`)
  await page.getByRole('button', { name: `Delete ${name}` }).click()
  const deleting = dialog(page, 'Delete what is in this file?')
  await deleting.getByRole('button', { name: 'Delete' }).click()
  await deleting.getByText(/A legal hold keeps it: Case 7/).waitFor()
  await deleting.getByRole('button', { name: 'Cancel' }).click()
  expect(await eraseAda()).toMatch(/kept by Case 7/)

  await page.getByRole('button', { name: 'Release Case 7' }).click()
  await dialog(page, 'Release Case 7?').getByRole('button', { name: 'Release' }).click()
  await page.getByText('released', { exact: true }).waitFor()
  expect(await eraseAda()).toMatch(/^erased\s+[1-9]\d* lines?/)
  const after = await contentOf(file.id)
  expect(after).not.toContain(ada)
  expect(after).toContain('"erased":true')

  /** Through the dialogs, until it is done; what the newest row says of it. */
  async function eraseAda(): Promise<string> {
    await page.getByRole('button', { name: 'Erase a person' }).click()
    const asking = dialog(page, 'Erase a person')
    await asking.getByRole('combobox', { name: 'Who' }).fill('ada@')
    await page.getByRole('option', { name: ada }).click()
    await asking.getByLabel('Reason').fill('She asked for it.')
    await asking.getByRole('button', { name: 'See what goes' }).click()
    const question = dialog(page, /^Erase ada@acme/)
    await question.getByText(/by or about her/).waitFor()
    await question.getByLabel(/to go on$/).fill(ada)
    await question.getByRole('button', { name: 'Erase' }).click()
    await question.waitFor({ state: 'hidden' })
    const newest = page.getByRole('region', { name: 'Erasures' }).locator('tbody tr').first()
    await newest.getByText(/^erased/).waitFor({ timeout: 60_000 })
    return newest.locator('td').nth(1).innerText()
  }
})
