import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { call, dialog, fillSignIn, signIn } from './acts.ts'
import { journeys } from './journey.ts'
import { owner, withOwner } from './product.ts'

const journey = journeys(withOwner)
const imani = { email: 'imani@acme.example', password: 'copper weather 7 umbrella' }

interface Made {
  readonly id: string
}
interface Rules {
  readonly revision: number
}

journey('a group, an invited member, a rule for them, and the lookup that says why', async (j) => {
  const { page } = await j.person()
  await signIn(page)
  const policy = async (name: string): Promise<string> => {
    const { id } = await call<Made>(page, 'POST', '/api/v1/policies', {
      name,
      description: '',
      text: 'allowed_sandbox_modes = ["read-only"]\n',
    })
    const { revision } = await call<Rules>(page, 'GET', `/api/v1/policies/${id}/draft`)
    await call(page, 'POST', `/api/v1/policies/${id}/publish`, {
      message: `${name} begins`,
      draftRevision: revision,
    })
    return id
  }
  await policy('Baseline')
  await policy('Careful')
  await policy('Open')

  for (const name of ['Research', 'Everybody']) {
    await page.goto('/groups')
    await page.getByRole('button', { name: 'New group' }).first().click()
    await dialog(page, 'New group').getByLabel('Name').fill(name)
    await dialog(page, 'New group').getByRole('button', { name: 'Make group' }).click()
    await page.getByRole('heading', { name, level: 1 }).waitFor()
  }

  await page.goto('/members')
  await page.getByRole('button', { name: 'Add member' }).first().click()
  const form = dialog(page, 'Add a member')
  await form.getByLabel('E-mail address').fill(imani.email)
  await form.getByLabel('Name').fill('Imani Okoro')
  await form.getByRole('button', { name: 'Invite' }).click()
  const link = await dialog(page, 'Invitation link').locator('pre').innerText()
  await dialog(page, 'Invitation link').getByLabel('I stored it where it belongs').check()
  await dialog(page, 'Invitation link').getByRole('button', { name: 'Done' }).click()

  const guest = await j.person()
  await guest.page.goto(link)
  await guest.page.getByLabel('Password', { exact: true }).fill(imani.password)
  await guest.page.getByRole('button', { name: 'Accept and sign in' }).click()
  await guest.page.getByRole('link', { name: 'Overview' }).waitFor()
  // What a member may not see is neither offered nor answered.
  expect(await guest.page.getByRole('link', { name: 'Members', exact: true }).count()).toBe(0)
  expect(await guest.page.getByRole('link', { name: 'Policies', exact: true }).count()).toBe(0)
  guest.expectFailure('403 /api/v1/members')
  guest.expectFailure('403 /api/v1/groups')
  await guest.page.goto('/members')
  await guest.page.getByRole('heading', { name: 'You may not see this' }).waitFor()
  expect(await guest.page.getByText(owner.email).count()).toBe(0)

  // Two rules; the second one is put first with the keyboard alone.
  await page.goto('/rules')
  const choose = async (label: string, option: string): Promise<void> => {
    await page.getByRole('combobox', { name: label, exact: true }).click()
    await page.getByRole('option', { name: option }).click()
  }
  for (const [group, given] of [
    ['Everybody', 'Open'],
    ['Research', 'Careful'],
  ] as const) {
    await choose('Group', group)
    await choose('Policy', given)
    await page.getByRole('button', { name: 'Add rule' }).click()
  }
  await page.getByRole('button', { name: 'Move the rule for Research', exact: true }).focus()
  await page.keyboard.press('Space')
  await page.getByText('The rule for Research is now number 2.').waitFor({ state: 'attached' })
  // The list is measured a moment after it was picked up; a key pressed in that moment, as only a program can, is lost.
  const first = page.getByText('The rule for Research is now number 1.')
  await expect
    .poll(
      async () => {
        await page.keyboard.press('ArrowUp')
        return first.count()
      },
      { timeout: 60_000, interval: 300 },
    )
    .toBe(1)
  await page.keyboard.press('Space')
  await page.getByText('Dropped the rule for Research as number 1.').waitFor({ state: 'attached' })
  await page.getByRole('button', { name: 'Review and save…' }).click()
  await dialog(page, 'Save the group rules').getByRole('button', { name: 'Save rules' }).click()
  await dialog(page, 'Save the group rules').waitFor({ state: 'hidden' })

  // Into both groups; the second time the change set shows that the rule above wins.
  const add = async (group: string): Promise<string> => {
    await page.goto('/groups')
    await page.getByRole('link', { name: group }).click()
    await page.getByRole('button', { name: 'Add members' }).first().click()
    const asked = dialog(page, `Add members to ${group}`)
    await asked.getByRole('combobox', { name: 'Members' }).fill('imani')
    await page.getByRole('option', { name: /Imani/ }).click()
    await page.keyboard.press('Escape')
    const effect = asked.getByRole('region', { name: 'Effect' })
    await effect.getByText('another policy').waitFor()
    const said = await effect.innerText()
    await asked.getByRole('button', { name: /^Add 1/ }).click()
    await asked.waitFor({ state: 'hidden' })
    await page.getByRole('link', { name: 'Imani Okoro' }).waitFor()
    return said
  }
  expect(await add('Everybody')).toContain('Open')
  expect(await add('Research')).toContain('Careful')

  await page.goto('/lookup')
  await page.getByRole('combobox', { name: 'E-mail address' }).fill(imani.email)
  await page.keyboard.press('Enter')
  await page.getByText('because of rule 1, for the group').waitFor()
  const tried = page.getByRole('listitem')
  await tried.filter({ hasText: 'Research' }).getByText('decides').waitFor()
  await tried
    .filter({ hasText: 'Everybody' })
    .getByText('matches too, but an earlier rule won')
    .waitFor()
})

journey('a file of members: preview, complaints at their lines, import, export', async (j) => {
  const { page } = await j.person()
  await signIn(page)
  await page.goto('/members/import')
  const choose = async (name: string, text: string): Promise<void> => {
    const path = join(j.product.data, name)
    writeFileSync(path, text)
    await page.locator('input[type=file]').setInputFiles(path)
  }
  await choose(
    'wrong.csv',
    'email,name,role\nada@acme.example,Ada,member\nnobody,Nobody,member\nbo@acme.example,Bo,emperor\n',
  )
  const errors = page.getByRole('region', { name: 'Errors' })
  await errors
    .getByRole('row')
    .filter({ hasText: 'role' })
    .getByText('4', { exact: true })
    .waitFor()
  await errors
    .getByRole('row')
    .filter({ hasText: 'email' })
    .getByText('3', { exact: true })
    .waitFor()
  expect(await page.getByRole('button', { name: 'Import', exact: true }).count()).toBe(0)

  await choose(
    'right.csv',
    'email,name,role,groups\nada@acme.example,Ada Berg,member,Pilots\nbo@acme.example,"Bo, the pilot",member,Pilots\n',
  )
  await page.getByLabel('Make groups that do not exist yet').check()
  await page.getByText('2 people').or(page.getByText('2 members')).first().waitFor()
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await page.getByRole('link', { name: 'Bo, the pilot' }).waitFor()

  await page.getByRole('button', { name: 'Export' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /^CSV/ }).click(),
  ])
  const text = readFileSync(await download.path(), 'utf8')
  expect(text).toContain('ada@acme.example')
  expect(text).toContain('"Bo, the pilot"')
})

journey('a service key is shown once, works, and stops when it is revoked', async (j) => {
  const { page } = await j.person()
  await signIn(page)
  await page.goto('/keys')
  await page.getByRole('button', { name: 'New key' }).first().click()
  const form = dialog(page, 'New service key')
  await form.getByLabel('Name').fill('Nightly report')
  await form.getByRole('checkbox', { name: /^policies\.read/ }).check()
  await form.getByRole('button', { name: 'Make key' }).click()
  const shown = dialog(page, 'Service key Nightly report')
  const secret = await shown.locator('pre').innerText()
  await shown.getByLabel('I stored it where it belongs').check()
  await shown.getByRole('button', { name: 'Done' }).click()
  expect(await page.content()).not.toContain(secret)

  const ask = async (path: string): Promise<number> => {
    const headers = { authorization: `Bearer ${secret}` }
    return (await fetch(`${j.product.url}${path}`, { headers })).status
  }
  await expect.poll(() => ask('/api/v1/policies')).toBe(200)
  await expect.poll(() => ask('/api/v1/members')).toBe(403)
  await page
    .getByRole('row')
    .filter({ hasText: 'Nightly report' })
    .getByRole('button')
    .last()
    .click()
  await dialog(page, 'Revoke Nightly report?').getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('row').filter({ hasText: 'Nightly report' }).getByText('revoked').waitFor()
  await expect.poll(() => ask('/api/v1/policies')).toBe(401)
})

journey('a wrong password, a changed one, and a session ended from elsewhere', async (j) => {
  const first = await j.person()
  first.expectFailure('401 /api/v1/session')
  await first.page.goto('/sign-in')
  await fillSignIn(first.page, { ...owner, password: 'not the password 1' })
  await first.page.getByText('E-mail address or password is wrong').waitFor()
  await fillSignIn(first.page)
  await first.page.getByRole('link', { name: 'Groups', exact: true }).waitFor()

  const second = await j.person()
  await signIn(second.page)
  await second.page.goto('/account')
  const sessions = second.page.getByRole('region', { name: 'Your sessions' })
  await sessions.getByText('this one').waitFor()
  await second.page.getByLabel('Present password').fill(owner.password)
  const changed = 'violet harbour 22 lantern'
  await second.page.getByLabel('New password').fill(changed)
  await second.page.getByRole('button', { name: 'Change the password' }).click()
  await second.page.getByText(/^Password changed/).waitFor()

  // The other window finds out at its next question, and goes on where it was.
  first.expectFailure('401 /api/v1/groups')
  await first.page.getByRole('link', { name: 'Groups', exact: true }).click()
  await first.page.getByText('Then you go on where you were.').waitFor()
  await fillSignIn(first.page, { ...owner, password: changed })
  await first.page.waitForURL('**/groups')
  await first.page.getByRole('heading', { name: 'Groups', level: 1 }).waitFor()

  await first.page.getByRole('button', { name: new RegExp(owner.email) }).click()
  await first.page.getByRole('menuitem', { name: 'Sign out' }).click()
  await first.page.getByRole('button', { name: 'Sign in' }).waitFor()
  await second.page.getByLabel('Present password').fill(changed)
  await second.page.getByLabel('New password').fill(owner.password)
  await second.page.getByRole('button', { name: 'Change the password' }).click()
  await second.page.getByText('Password changed.').waitFor()
})
