import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { call, dialog, signIn, toPublish, writeToml, type Credentials } from './acts.ts'
import { axe, overhang } from './axe.ts'
import { journeys } from './journey.ts'
import { withOwner } from './product.ts'

const journey = journeys(withOwner)

const strict = 'allowed_sandbox_modes = ["read-only"]\n'
const wide = 'allowed_sandbox_modes = ["read-only", "workspace-write"]\n'
const bob: Credentials = { email: 'bob@acme.example', password: 'eleven black storks glide' }

/** A second admin who has chosen a password. */
async function invite(page: Page, { email, password }: Credentials): Promise<void> {
  const { link } = await call<{ link: { url: string } }>(page, 'POST', '/api/v1/invitations', {
    email,
    name: 'Bob',
    role: 'admin',
  })
  const token = new URL(link.url).hash.slice(1)
  await call(page, 'POST', '/api/v1/invitations/accept', { token, name: 'Bob', password })
}

async function policyForAll(page: Page): Promise<string> {
  const made = { name: 'Base', text: strict }
  const { id } = await call<{ id: string }>(page, 'POST', '/api/v1/policies', made)
  const first = { message: 'first', draftRevision: 1 }
  await call(page, 'POST', `/api/v1/policies/${id}/publish`, first)
  const { revision } = await call<{ revision: number }>(page, 'GET', '/api/v1/rules')
  const all = { policyId: id, expectedRevision: revision }
  await call(page, 'PUT', '/api/v1/rules/default', all)
  return id
}

journey('what changes somebody’s policy is done by two people', async (j) => {
  const ann = (await j.person()).page
  await signIn(ann)
  const id = await policyForAll(ann)
  // Accepting an invitation signs in: in a browser of Bob's own.
  const his = await j.person()
  await his.page.goto('/sign-in')
  await invite(ann, bob)
  await signIn(ann)
  await signIn(his.page, bob)

  await ann.goto('/four-eyes')
  await ann.getByRole('link', { name: bob.email }).waitFor()
  expect(await axe(ann)).toEqual([])
  await ann.getByRole('button', { name: 'Turn on…' }).click()
  await dialog(ann, 'Turn the four-eyes rule on?').getByRole('button', { name: 'Turn on' }).click()
  await ann.getByText('The four-eyes rule is on').waitFor()

  // She writes and asks; nothing happens.
  await ann.goto(`/policies/${id}`)
  await writeToml(ann, wide)
  await toPublish(ann)
  await ann.getByText('somebody else has to approve it first').waitFor()
  await ann.getByLabel('What changes, and why').fill('Room to work')
  await ann.getByRole('button', { name: 'Ask for approval' }).click()
  await ann.getByRole('heading', { level: 1, name: 'Publish Base version 2' }).waitFor()
  await ann.getByText('waits for approval').first().waitFor()
  expect(await ann.getByRole('button', { name: 'Approve…' }).count()).toBe(0)
  const asked = ann.url()

  // He sees that something waits, looks at what it does, and approves.
  await his.page.goto('/')
  const waiting = his.page.getByRole('link', { name: /^Approvals\s*1$/ })
  await waiting.first().click()
  await his.page.getByRole('link', { name: 'Publish Base version 2' }).click()
  await his.page.getByText('allowed_sandbox_modes').first().waitFor()
  expect(await axe(his.page)).toEqual([])
  expect(await overhang(his.page)).toBe(0)
  await his.page.getByRole('button', { name: 'Approve…' }).click()
  const question = dialog(his.page, 'Approve: Publish Base version 2')
  await question.getByLabel('Comment').fill('Looks right')
  await question.getByRole('button', { name: 'Approve' }).click()
  await his.page.getByText('approved, not done yet').waitFor()

  // One click does the very request that was approved.
  await ann.goto(asked)
  await ann.getByRole('button', { name: 'Do it now' }).click()
  await ann.getByText('done', { exact: true }).waitFor()
  const policy = await call<{ published: { number: number; message: string } }>(
    ann,
    'GET',
    `/api/v1/policies/${id}`,
  )
  expect(policy.published).toMatchObject({ number: 2, message: 'Room to work' })

  // What cannot wait happens at once, and stands until the other one has seen it.
  await ann.goto(`/policies/${id}?tab=versions`)
  await ann.getByRole('button', { name: 'Put back' }).first().click()
  const back = dialog(ann, 'Put back version 1 of Base')
  await back.getByRole('button', { name: 'It cannot wait…' }).click()
  await back.getByLabel('Why it cannot wait').fill('Nobody can build')
  await back.getByRole('button', { name: 'Put back now' }).click()
  await ann.getByText('Version 1 is back, as version 3.').waitFor()
  await his.page.goto('/')
  await his.page.getByText('Nobody can build').waitFor()
  await his.page.goto('/approvals?tab=reviews')
  await his.page.getByRole('button', { name: 'Review…' }).click()
  const review = dialog(his.page, 'Put back version 1 of Base')
  await review.getByLabel('What you found').fill('Right so')
  await review.getByRole('button', { name: 'Reviewed' }).click()
  await his.page.getByText('bob@acme.example: Right so').waitFor()

  // The rule itself goes off by two only.
  await ann.goto('/four-eyes')
  await ann.getByRole('button', { name: 'Turn off…' }).click()
  const off = dialog(ann, 'Turn the four-eyes rule off?')
  await off.getByLabel('For who approves').fill('We are two only')
  await off.getByRole('button', { name: 'Ask for approval' }).click()
  await ann.getByRole('heading', { level: 1, name: 'Turn the four-eyes rule off' }).waitFor()
  await his.page.goto(ann.url())
  await his.page.getByRole('button', { name: 'Approve…' }).click()
  await dialog(his.page, /^Approve/)
    .getByRole('button', { name: 'Approve' })
    .click()
  await his.page.getByText('approved, not done yet').waitFor()
  await ann.goto('/four-eyes')
  await ann.getByRole('button', { name: 'Turn off' }).click()
  await ann.getByText('The four-eyes rule is off').waitFor()
})
