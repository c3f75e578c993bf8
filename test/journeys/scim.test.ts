import { expect } from 'vitest'
import { dialog, signIn } from './acts.ts'
import { journeys } from './journey.ts'
import { withOwner } from './product.ts'
import { oktaUser, patchOp } from '../scim.ts'

const journey = journeys(withOwner)

journey(
  'a directory: connected, pushed by a provider, seen, out of reach by hand, suspended',
  async (j) => {
    const boss = await j.person()
    const { page } = boss
    await signIn(page)

    // Connected on screen; the token is shown once.
    await page.getByRole('link', { name: 'Directories' }).click()
    await page.getByRole('button', { name: 'Connect a directory' }).first().click()
    const form = dialog(page, 'Connect a directory')
    await form.getByLabel('Name').fill('Acme Okta')
    await form.getByRole('button', { name: 'Connect', exact: true }).click()
    const shown = dialog(page, 'The token of the directory')
    const token = (await shown.locator('pre').innerText()).trim()
    expect(token).toMatch(/^gh_scm_/)
    await shown.getByLabel('I stored it where it belongs').check()
    await shown.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('heading', { name: 'Acme Okta', level: 1 }).waitFor()
    // Where everybody else reaches it: providers come by HTTPS. This one stands beside it.
    await page.getByText(/^https:.*\/scim\/v2$/).waitFor()
    const address = `${j.product.url}/scim/v2`
    await page.getByText('No request yet').waitFor()
    const directory = page.url()

    // The provider's part.
    const push = async (method: string, path: string, body: unknown): Promise<{ id: string }> => {
      const answer = await fetch(address + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
        body: JSON.stringify(body),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
      return text === '' ? { id: '' } : (JSON.parse(text) as { id: string })
    }
    const imani = await push('POST', '/Users', oktaUser('imani', { displayName: 'Imani Okoro' }))
    const jo = await push('POST', '/Users', oktaUser('jo', { displayName: 'Jo Lund' }))
    const group = await push('POST', '/Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'Research',
      members: [],
    })
    const joins = [{ value: imani.id }, { value: jo.id }]
    await push(
      'PATCH',
      `/Groups/${group.id}`,
      patchOp({ op: 'add', path: 'members', value: joins }),
    )

    // Seen with where they come from.
    await page.getByRole('link', { name: 'Members', exact: true }).click()
    await page.getByRole('row', { name: /Imani Okoro.*directory/ }).waitFor()
    await page.getByRole('link', { name: 'Groups', exact: true }).click()
    await page.getByRole('heading', { name: 'Groups', level: 1 }).waitFor()
    await page.getByRole('link', { name: 'Research' }).click()
    await page.getByRole('heading', { name: 'Research', level: 1 }).waitFor()
    await page.getByRole('link', { name: 'Acme Okta' }).waitFor()
    await page.getByRole('link', { name: 'Jo Lund' }).waitFor()
    // Who is in it is decided there.
    expect(await page.getByRole('button', { name: 'Add members' }).count()).toBe(0)

    // By hand: refused, and told where instead.
    await page.getByRole('link', { name: 'Imani Okoro' }).click()
    await page.getByRole('heading', { name: 'Imani Okoro', level: 1 }).waitFor()
    await page.getByRole('link', { name: 'Acme Okta' }).waitFor()
    await page.getByRole('button', { name: 'Manage' }).click()
    await page.getByRole('menuitem', { name: 'Name and address…' }).click()
    const edit = dialog(page, 'Name and address')
    await edit.getByLabel('Name', { exact: true }).fill('Imani Else')
    boss.expectFailure(`409 /api/v1/members/${imani.id}`)
    await edit.getByRole('button', { name: 'Save' }).click()
    await page
      .getByText('imani@acme.example is kept by the directory Acme Okta.', { exact: false })
      .first()
      .waitFor()
    await edit.getByRole('button', { name: 'Cancel' }).click()

    // She leaves the company.
    await push('PATCH', `/Users/${imani.id}`, patchOp({ op: 'replace', value: { active: false } }))
    await page.reload()
    await page.getByRole('main').getByText('suspended', { exact: true }).first().waitFor()

    // What the directory asked for and got, newest first; a refusal with its reason.
    await expect(push('POST', '/Users', oktaUser('owner'))).rejects.toThrow(/409/)
    await page.goto(directory)
    for (const line of [
      /PATCH.*imani@acme\.example.*changed · 200.*active: false/,
      /POST.*owner@acme\.example.*refused · 409.*no directory takes over an owner/,
    ])
      await page.getByRole('row', { name: line }).waitFor()
    await page.getByText('1 of them suspended by it').waitFor()
  },
)
