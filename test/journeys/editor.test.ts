import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import { makePolicy, signIn, writeToml } from './acts.ts'
import { journeys } from './journey.ts'
import { withOwner } from './product.ts'

const journey = journeys(withOwner)

const textbox = (page: Page) => page.getByRole('textbox', { name: /^requirements\.toml of/ })
const form = (page: Page) => page.getByRole('region', { name: /^Form of requirements\.toml/ })

/** What the editor says, line by line; the numbers beside it are not part of it. */
const written = async (page: Page): Promise<string> =>
  (await textbox(page).locator('.cm-line').allInnerTexts()).map((l) => l.trimEnd()).join('\n')

const start = `# Agreed with the works council.
allowed_sandbox_modes = ["read-only"]   # nothing more

[features]
apps = false
`

journey('a policy in text and form, of which each follows the other', async ({ person }) => {
  const { page } = await person()
  await signIn(page)
  await makePolicy(page, 'Both ways')
  await writeToml(page, start)

  // Text to form.
  const modes = form(page).getByRole('group', { name: 'allowed_sandbox_modes' })
  await modes.getByRole('checkbox', { name: 'read-only' }).waitFor()
  await expect
    .poll(() => modes.getByRole('checkbox', { name: 'workspace-write' }).isChecked())
    .toBe(false)

  // Form to text: one line changes, comments stay.
  await modes.getByRole('checkbox', { name: 'workspace-write' }).check()
  await expect
    .poll(() => written(page))
    .toBe(start.replace('["read-only"]', '["read-only", "workspace-write"]').trimEnd() + '\n')

  await form(page).getByRole('combobox', { name: 'Add a setting' }).fill('residency')
  await page.getByRole('option', { name: /enforce_residency/ }).click()
  await expect.poll(() => written(page)).toContain('enforce_residency = "us"')
  await form(page).getByRole('button', { name: 'Take features out' }).click()
  await expect.poll(() => written(page)).not.toContain('apps')
  await expect.poll(() => written(page)).toContain('# nothing more')

  // From the form to the place in the text.
  await form(page).getByRole('button', { name: 'Show enforce_residency in the text' }).click()
  await page.getByRole('status').filter({ hasText: 'enforce_residency' }).waitFor()

  // It is saved by itself, as it stands.
  await page.getByText('Draft saved').waitFor()
  await page.reload()
  await expect.poll(() => written(page)).toContain('enforce_residency = "us"')
})

journey('what may be written is offered, explained, and mended with a key', async ({ person }) => {
  const { page } = await person()
  await signIn(page)
  await makePolicy(page, 'By hand')
  // Pasted: what is typed over a selection, Chromium wraps for a moment into a style of its own, which the policy forbids.
  await writeToml(page, 'allowed_')
  await page.keyboard.type('web')
  await page.getByRole('option', { name: /allowed_web_search_modes/ }).waitFor()
  // CodeMirror takes no Enter for an answer that comes before a person could have read the list.
  await page.waitForTimeout(200)
  await page.keyboard.press('Enter')
  await expect.poll(() => written(page)).toMatch(/^allowed_web_search_modes =/)
  await page.getByRole('status').filter({ hasText: 'The web search modes' }).waitFor()

  await writeToml(page, 'allowed_sandbox_modes = ["workspace-write"]\n')
  await page.getByRole('button', { name: 'Add "read-only"' }).click()
  await expect.poll(() => written(page)).toContain('"read-only"')

  await writeToml(page, 'not toml')
  await form(page).getByText('The text is no TOML in line 1').waitFor()
})
