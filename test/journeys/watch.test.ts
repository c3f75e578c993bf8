import { afterAll, expect } from 'vitest'
import { openMailbox } from '../told.ts'
import { startWatchSite } from '../watch-site.ts'
import { dialog, signIn } from './acts.ts'
import { journeys } from './journey.ts'
import { owner, withOwner } from './product.ts'

const site = await startWatchSite()
const mailbox = await openMailbox()
afterAll(() => Promise.all([site.close(), mailbox.close()]))

const journey = journeys({
  env: {
    ...withOwner.env,
    GATEHOUSE_OUTBOUND_EXCEPTIONS: `${site.exception},127.0.0.1:${mailbox.port}`,
    GATEHOUSE_SMTP_URL: `smtp://127.0.0.1:${mailbox.port}`,
    GATEHOUSE_MAIL_FROM: 'Gatehouse <gatehouse@acme.example>',
  },
})

const setup = (...lines: string[]): string =>
  [
    '# Admin setup',
    '',
    ...Array.from({ length: 12 }, (_, i) => `Step ${i + 1} of the rollout.\n`),
    '## Policies',
    '',
    '| Key | Meaning |',
    '| --- | --- |',
    '| sandbox | how far commands reach |',
    '',
    ...lines,
    '',
  ].join('\n')
const html = (text: string): string =>
  `<!doctype html><title>Notes</title><nav>Menu</nav><main><h1>Notes</h1><p>${text}</p></main>`

function firstDay(): void {
  site.put('/llms.txt', {
    body: `# Acme\n\n- [Admin setup](${site.origin}/docs/admin/setup.md)\n- [Notes](${site.origin}/docs/notes)\n`,
  })
  site.put('/docs/admin/setup.md', { body: setup('Ask for approval on request.'), etag: true })
  site.put('/docs/notes', { body: html('Version one of the notes.') })
}

journey('a vendor’s pages, watched from the first try to the mail', async ({ person }) => {
  firstDay()
  const { page } = await person()
  await signIn(page)

  // Add a collection: its source is tried, its extraction seen on a real page, then it is saved.
  await page.goto('/watch')
  await page.getByRole('link', { name: 'Add a collection' }).first().click()
  await page.getByRole('textbox', { name: 'Vendor' }).fill('acme')
  await page.getByRole('textbox', { name: 'Product' }).fill('agent')
  await page.getByRole('textbox', { name: 'Title' }).fill('Agent documentation')
  await page.getByRole('textbox', { name: 'Address', exact: true }).fill(`${site.origin}/llms.txt`)
  await page.getByRole('textbox', { name: 'Prefix' }).fill(`${site.origin}/docs/`)
  await page.getByRole('button', { name: 'Try this source' }).click()
  await page.getByText('2 pages', { exact: true }).waitFor()
  await page.getByRole('textbox', { name: 'Try it on' }).fill(`${site.origin}/docs/notes`)
  await page.getByRole('button', { name: 'Preview' }).click()
  const preview = page.getByRole('status', { name: 'Preview' })
  await preview.getByText('Version one of the notes.').waitFor()
  expect(await preview.getByText('Menu').count()).toBe(0)
  await page.getByRole('button', { name: 'Add and watch' }).click()
  await page.getByRole('heading', { level: 1, name: 'Agent documentation' }).waitFor()
  const check = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Check now' }).click()
    await page.getByText('The check has begun').first().waitFor()
  }
  await check()
  await page.getByText('2 pages taken in').waitFor({ timeout: 60_000 })

  // Subscribe, then the vendor changes two pages: one in formatting only.
  await page.getByRole('button', { name: 'Subscribe' }).click()
  const asked = dialog(page, 'Subscribe')
  await asked.getByRole('button', { name: 'Subscribe' }).click()
  await asked.waitFor({ state: 'hidden' })
  const second = setup('Ask for approval before every command.', '', 'Pages of the browser too.')
  site.put('/docs/admin/setup.md', { body: second.replace('| Key |', '| Key     |'), etag: true })
  await check()
  await page.getByText('1 page changed').waitFor({ timeout: 60_000 })

  // A step: the page folded under its name, its sizes, its words marked.
  await page
    .getByRole('link', { name: /^\d\d:\d\d/ })
    .first()
    .click()
  await page.waitForURL(/\.\./)
  await page.getByRole('button', { name: /admin\/setup/ }).waitFor()
  await page.locator('ins', { hasText: 'before every command' }).waitFor()
  await page.getByRole('link', { name: 'Open', exact: true }).click()
  await page.waitForURL(/\/admin\/setup\/diff\//)

  // Formatting is hidden until it is asked for; the switch stands in the address.
  const row = page.getByRole('row').filter({ hasText: '| Key     |' })
  await page.getByText('2 changes').or(page.getByText('1 change')).first().waitFor()
  expect(await row.locator('[data-side="added"]').count()).toBe(0)
  await page.getByRole('switch', { name: /^Show formatting/ }).click({ force: true })
  await page.waitForURL(/formatting=shown/)
  await row.locator('[data-side="added"]').first().waitFor()

  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('y')
  await page.getByTitle('Copied').waitFor()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/#R\d+$/)

  // The address of a line leads to that line, for whoever opens it.
  const line = page.getByRole('link', { name: /^new line/ }).last()
  await line.click()
  await page.waitForURL(/#R\d+$/)
  const address = page.url()
  const bo = await person()
  await signIn(bo.page)
  await bo.page.goto(address)
  await bo.page.locator('td.gh-diff-number[data-target]').waitFor()

  // The mail shows the same lines.
  await expect.poll(() => mailbox.mails.length).toBeGreaterThan(0)
  const [mail] = mailbox.mails
  expect(mail?.to).toBe(owner.email)
  expect(mail?.html).toContain('before every command')
  expect(mail?.text).toContain('+Ask for approval before every command.')
})

journey('any two snapshots, by the keyboard and by the pickers', async ({ person }) => {
  const { page } = await person()
  await signIn(page)
  await page.goto('/watch/acme/agent/docs/en')
  site.put('/docs/notes', { body: html('Version two of the notes.') })
  await page.getByRole('button', { name: 'Check now' }).click()
  await page.getByText('1 page changed').nth(1).waitFor({ timeout: 60_000 })

  await page.getByRole('combobox', { name: 'From' }).click()
  await page.getByRole('option').last().click()
  await page.getByRole('button', { name: 'Compare' }).click()
  await page.waitForURL(/\.\./)
  await page.getByText('2 pages changed').waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.textContent))
    .toContain('notes')

  await page.goto('/watch/acme/agent/docs/en/notes?tab=history')
  await page.getByRole('link').filter({ hasText: 'UTC' }).first().click()
  await page.waitForURL(/\/notes\/diff\//)
  // The address is there before the page that hears the key.
  await page.getByText('1 change', { exact: true }).waitFor()
  await page.keyboard.press('n')
  await page.getByText('1 of 1').waitFor()

  // When did a sentence appear, when did it go?
  await page.goto('/watch/acme/agent/docs/en?tab=search&q=%22Version+one%22&scope=ever')
  const hit = page.getByRole('row').filter({ hasText: 'Version one of the notes.' })
  await hit.waitFor()
  expect(await hit.getByText('still there').count()).toBe(0)
})

journey('a page that fails says why, and what to do', async (j) => {
  const { page } = await j.person()
  await signIn(page)
  site.put('/docs/notes', { body: 'no', status: 403 })
  await page.goto('/watch/acme/agent/docs/en?tab=checks')
  await page.getByRole('button', { name: 'Check now' }).click()
  await page
    .getByText(/blocked \(403\)/)
    .first()
    .waitFor({ timeout: 60_000 })
  await page.goto('/watch')
  await page.getByText('1 failing').waitFor()
})

journey('what is watched can be read without JavaScript', async ({ person, product }) => {
  const { page } = await person()
  await signIn(page)
  await page.goto('/watch/acme/agent/docs/en?plain=1')
  expect(await page.locator('script').count()).toBe(0)
  await page
    .getByRole('link', { name: /\d\d:\d\d/ })
    .first()
    .click()
  await page.waitForURL(/plain=1/)
  await page.getByText('changed').first().waitFor()
  // Nobody else may read it.
  const stranger = await fetch(`${product.url}/watch/acme/agent/docs/en?plain=1`, {
    redirect: 'manual',
  })
  expect(stranger.status).not.toBe(200)
})
