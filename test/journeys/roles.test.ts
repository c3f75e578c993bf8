import { expect } from 'vitest'
import { call, choose, dialog, signIn } from './acts.ts'
import { journeys } from './journey.ts'
import { withOwner } from './product.ts'

const journey = journeys(withOwner)
const imani = { email: 'imani@acme.example', password: 'copper weather 7 umbrella' }

journey(
  'a role is made from a preset and given to a group; a member gains a screen and loses it',
  async (j) => {
    const { page } = await j.person()
    await signIn(page)
    const invited = await call<{ link: { url: string } }>(page, 'POST', '/api/v1/invitations', {
      email: imani.email,
      name: 'Imani Okoro',
    })
    const token = new URL(invited.link.url).hash.slice(1)
    await call(page, 'POST', '/api/v1/groups', { name: 'Finance' })

    const other = await j.person()
    await other.page.goto(`/invitation#${token}`)
    await call(other.page, 'POST', '/api/v1/invitations/accept', {
      token,
      name: 'Imani Okoro',
      password: imani.password,
    })
    await other.page.goto('/')
    const bar = other.page.getByRole('navigation', { name: 'Main' }).first()
    await bar.waitFor()
    const activity = bar.getByRole('link', { name: 'Audit' })
    expect(await activity.count()).toBe(0)

    // From a preset, and then given to her group: with whom that touches before it happens.
    await page.goto('/roles')
    await page.getByRole('button', { name: 'New role' }).click()
    const making = dialog(page, 'New role')
    await choose(making, 'Start from', 'Auditor')
    await making.getByRole('button', { name: 'Make role' }).click()
    await page.getByRole('heading', { level: 1, name: 'Auditor' }).waitFor()
    await page.getByRole('button', { name: 'Give' }).first().click()
    const giving = dialog(page, 'Give Auditor')
    await choose(giving, 'Group', 'Finance')
    await giving.getByText('Nobody gets another policy by this.').waitFor()
    await giving.getByRole('button', { name: 'Give' }).click()
    await page.getByRole('link', { name: 'Finance' }).waitFor()

    const [finance] = (
      await call<{ items: readonly { id: string }[] }>(page, 'GET', '/api/v1/groups?q=finance')
    ).items
    const [member] = (
      await call<{ items: readonly { id: string }[] }>(page, 'GET', '/api/v1/members?q=imani')
    ).items
    const change = (body: object) =>
      call(page, 'POST', `/api/v1/groups/${finance?.id ?? ''}/members`, body)
    await change({ add: [member?.id] })

    await other.page.reload()
    await activity.click()
    await other.page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor()

    // Her page says why she may.
    await page.goto(`/members/${member?.id ?? ''}`)
    const why = page.getByRole('row', { name: /See what was done by whom/ })
    await why.getByRole('link', { name: 'Auditor' }).waitFor()
    await why.getByRole('link', { name: 'Finance' }).waitFor()

    // A role that no longer lets her use Codex says so before it is saved.
    await page.goto('/roles?q=auditor')
    await page.getByRole('link', { name: 'Auditor' }).click()
    await page.getByRole('button', { name: 'Edit' }).click()
    const editing = dialog(page, 'Edit Auditor')
    await editing.getByLabel(/^Use Codex on the own machines/).click()
    await editing.getByRole('button', { name: 'Look at the effect' }).click()
    const looking = dialog(page, 'Save Auditor')
    await looking.getByText('refuses to start').waitFor()
    await looking.getByText(imani.email).waitFor()
    await looking.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Version 2 of Auditor saved').waitFor()
    const first = page.getByRole('row').filter({ hasText: 'Put back' })
    await first.getByRole('link', { name: 'Compare' }).click()
    await page.getByText('They differ in 1 permission').waitFor()

    await change({ remove: [member?.id] })
    await other.page.goto('/')
    await bar.waitFor()
    expect(await activity.count()).toBe(0)
  },
)
