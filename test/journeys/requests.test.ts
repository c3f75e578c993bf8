import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { expect } from 'vitest'
import { call, choose, dialog, publishNow, signIn } from './acts.ts'
import { journeys } from './journey.ts'
import { withOwner, type Product } from './product.ts'

const journey = journeys(withOwner)
const imani = { email: 'imani@acme.example', password: 'copper weather 7 umbrella' }
const hour = 3_600_000

interface Made {
  readonly id: string
}

/** The end of a membership comes an hour sooner: nobody waits for it, and the server's clock decides. */
function letAnHourPass({ data }: Product): void {
  const db = new DatabaseSync(join(data, 'gatehouse.db'), { timeout: 5000 })
  db.exec('BEGIN IMMEDIATE')
  db.exec(`update group_members set ends_at = ends_at - ${hour}`)
  db.exec(`update access_requests set granted_ends_at = granted_ends_at - ${hour}`)
  db.exec(
    `update revisions set revision = (select max(revision) from revisions) + 1 where slice = 'people'`,
  )
  db.exec('COMMIT')
  db.close()
}

journey(
  'a rule leads to where access is asked for; granted for an hour, gone after it',
  async (j) => {
    const { page } = await j.person()
    await signIn(page)
    const made = (path: string, body: object) => call<Made>(page, 'POST', `/api/v1${path}`, body)
    const invited = await call<{ link: { url: string } }>(page, 'POST', '/api/v1/invitations', {
      email: imani.email,
      name: 'Imani Okoro',
    })
    const group = await made('/groups', { name: 'Release' })
    const laxer = await made('/policies', {
      name: 'Release',
      text: 'allowed_sandbox_modes = ["read-only", "workspace-write"]\n',
    })
    await made(`/policies/${laxer.id}/publish`, { message: 'first', draftRevision: 1 })
    const base = await made('/policies', {
      name: 'Base',
      text: '[rules]\nprefix_rules = [\n  { pattern = [{ token = "npm" }, { token = "publish" }], decision = "forbidden", justification = "The pipeline does." }, # ask Ann\n]\n',
    })

    // The workspace wants addresses: the page before the publish shows what will be added.
    await page.goto('/settings')
    await page.getByRole('switch', { name: /address of a request/ }).click()
    await page.getByText('It counts from the next publish').waitFor()
    await page.goto(`/policies/${base.id}/publish`)
    await page.getByText('Publishing puts the address of a request into 1 rule').waitFor()
    await page.getByLabel('What changes, and why').fill('The first')
    await publishNow(page).click()
    await page.getByRole('textbox', { name: /^requirements\.toml/ }).waitFor()
    const { text } = await call<{ text: string }>(
      page,
      'GET',
      `/api/v1/policies/${base.id}/versions/1`,
    )
    const address = /The pipeline does\. Ask for access: (\S+)" \}, # ask Ann/.exec(text)?.[1] ?? ''
    const { revision } = await call<{ revision: number }>(page, 'GET', '/api/v1/rules')
    const ruled = await call<{ revision: number }>(page, 'PUT', '/api/v1/rules', {
      rules: [{ groupId: group.id, policyId: laxer.id }],
      expectedRevision: revision,
    })
    await call(page, 'PUT', '/api/v1/rules/default', {
      policyId: base.id,
      expectedRevision: ruled.revision,
    })

    // Refused: she opens the address that stood in the refusal.
    const guest = await j.person()
    await guest.page.goto(invited.link.url)
    await guest.page.getByLabel('Password', { exact: true }).fill(imani.password)
    await guest.page.getByRole('button', { name: 'Accept and sign in' }).click()
    await guest.page.getByRole('link', { name: 'Overview' }).waitFor()
    const { pathname, search } = new URL(address)
    await guest.page.goto(`${pathname}${search}`)
    await guest.page.getByText('Base, version 1').waitFor()
    await expect
      .poll(() => guest.page.getByLabel('What was refused').inputValue())
      .toBe('npm publish')
    await guest.page.getByLabel('What for').fill('The hotfix has to go out today.')
    await choose(guest.page, 'For how long', 'One hour')
    await guest.page.getByRole('button', { name: 'Ask', exact: true }).click()
    await guest.page.getByRole('heading', { name: 'npm publish (Base)', level: 1 }).waitFor()
    await guest.page.getByText('Nobody has decided yet').waitFor()

    // The owner sees it, and whom the grant touches, before it happens.
    await page.goto('/requests')
    await page.getByRole('link', { name: 'npm publish (Base)' }).click()
    await page.getByText('The hotfix has to go out today.').waitFor()
    await page.getByRole('combobox', { name: 'Group' }).click()
    await page.getByRole('option', { name: 'Release' }).click()
    await page.getByLabel('For the one who asked').fill('Good luck.')
    await page.getByRole('button', { name: 'Grant…' }).click()
    const asked = dialog(page, /^Give imani@acme\.example membership/)
    await asked.getByText('gets another policy').waitFor()
    await asked.getByRole('button', { name: 'Grant', exact: true }).click()
    await page.getByText('Granted for 1 hour').waitFor()

    // On her page stands everything about her, and until when.
    await page.getByRole('link', { name: imani.email }).first().click()
    const part = (name: string) =>
      page.locator('section').filter({ has: page.getByRole('heading', { name, exact: true }) })
    const policy = part('Policy')
    await policy.getByText('Release version 1').waitFor()
    await part('Groups').getByText('in 59 minutes').waitFor()
    await part('Requests').getByText('granted').waitFor()
    await guest.page.reload()
    await guest.page.getByText('Good luck.').waitFor()

    letAnHourPass(j.product)
    const served = async () => {
      await page.reload()
      return policy.getByRole('link', { name: / version 1$/ }).innerText()
    }
    await expect.poll(served, { timeout: 60_000, interval: 500 }).toBe('Base version 1')
    await guest.page.reload()
    await guest.page.getByText('over', { exact: true }).waitFor()
  },
)
