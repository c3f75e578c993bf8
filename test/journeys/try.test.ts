import { expect } from 'vitest'
import { makePolicy, signIn, writeToml } from './acts.ts'
import { journeys } from './journey.ts'
import { withOwner } from './product.ts'

const journey = journeys(withOwner)

journey('a command is tried on a draft, and leads to its rule', async ({ person }) => {
  const { page } = await person()
  await signIn(page)
  await makePolicy(page, 'Tried')
  await writeToml(
    page,
    `[rules]
prefix_rules = [
  { pattern = [{ token = "rm" }], decision = "forbidden", justification = "Use the bin." },
]
`,
  )
  await page.getByRole('textbox', { name: 'Command line' }).fill('cd build && rm -rf x')
  const answer = page.getByRole('region', { name: 'Draft' })
  await answer.getByText('Use the bin.').waitFor()
  await expect.poll(() => answer.getByRole('listitem').allInnerTexts()).toHaveLength(2)
  await answer.getByRole('button', { name: 'line 3' }).click()
  const text = page.getByRole('textbox', { name: /^requirements\.toml of/ })
  await expect.poll(() => text.evaluate((node) => node === document.activeElement)).toBe(true)

  await page.getByRole('textbox', { name: 'Command line' }).fill('rm -rf x > log')
  await answer.getByText('a redirection').waitFor()
  await expect.poll(() => answer.innerText()).toContain('not restricted')
})
