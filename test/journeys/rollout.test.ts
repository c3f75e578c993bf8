import { expect } from 'vitest'
import { call, choose, dialog, signIn, toPublish } from './acts.ts'
import { axe, overhang } from './axe.ts'
import { journeys } from './journey.ts'
import { withOwner } from './product.ts'

const journey = journeys(withOwner)

const older = 'allowed_sandbox_modes = ["read-only"]\n'
const newer = 'allowed_sandbox_modes = ["read-only", "workspace-write"]\n'

journey(
  'a version goes to the pilots, to more, and to all; the next one waits for its time',
  async ({ product, person }) => {
    const { page } = await person()
    await signIn(page)
    const made = await call<{ id: string }>(page, 'POST', '/api/v1/policies', {
      name: 'Acme baseline',
      text: older,
    })
    const path = `/api/v1/policies/${made.id}`
    await call(page, 'POST', `${path}/publish`, { message: 'first', draftRevision: 1 })
    const { revision } = await call<{ revision: number }>(page, 'GET', '/api/v1/rules')
    await call(page, 'PUT', '/api/v1/rules/default', {
      policyId: made.id,
      expectedRevision: revision,
    })
    const group = await call<{ id: string }>(page, 'POST', '/api/v1/groups', { name: 'Pilots' })
    const { key } = await call<{ key: string }>(page, 'POST', '/api/v1/enrolments', {
      name: 'Pilot laptops',
      groupId: group.id,
    })
    const save = async (text: string) => {
      const before = await call<{ revision: number }>(page, 'GET', `${path}/draft`)
      await call(page, 'PUT', `${path}/draft`, { text, revision: before.revision })
    }
    const whole = async () => {
      expect(await axe(page)).toEqual([])
      expect(await overhang(page)).toBe(0)
    }

    // Nothing yet; the empty page says what it is for.
    await page.goto(`/policies/${made.id}?tab=rollout`)
    await page.getByRole('heading', { name: 'Nothing is being rolled out' }).waitFor()
    await whole()

    // The draft to the pilots first.
    await save(newer)
    await page.goto(`/policies/${made.id}`)
    await toPublish(page)
    await page.getByLabel('What changes, and why').fill('People may write in their workspace')
    await page.getByRole('radio', { name: 'To a part first' }).click()
    await page.getByText('Say first who is in the stage.').waitFor()
    await choose(page, 'Groups', 'Pilots')
    await page.keyboard.press('Escape')
    await whole()
    await page.getByRole('button', { name: 'Start rollout' }).click()
    await page.getByRole('heading', { name: 'Version 2 in its stage' }).waitFor()
    await page.getByText('0 of 1 principal').waitFor()
    const fetched = await page.request.get(`${product.url}/c/${key}/codex/config/bundle`)
    expect(await fetched.text()).toContain('Acme baseline v2')
    await page.getByText('1 of 1 principal').waitFor()
    await whole()

    // To half of the members as well; the dialog says first what that does.
    await page.getByRole('button', { name: 'Widen or narrow…' }).click()
    const widen = dialog(page, 'Who is served version 2 of Acme baseline')
    await widen.getByLabel('Share of the members').fill('100')
    await widen.getByText('1 member gets another policy.').waitFor()
    await widen.getByRole('button', { name: 'Set stage' }).click()
    await widen.waitFor({ state: 'hidden' })
    await page.getByText('Pilots and 100 % of the members').first().waitFor()

    // The list says so too, on a narrow screen as well.
    await page.goto('/policies')
    await page.getByText('version 2 in its stage').waitFor()
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`/policies/${made.id}?tab=rollout`)
    await page.getByRole('heading', { name: 'Version 2 in its stage' }).waitFor()
    await whole()
    await page.setViewportSize({ width: 1440, height: 900 })

    await page.getByRole('button', { name: 'To all…' }).click()
    const finish = dialog(page, 'Version 2 of Acme baseline to everybody')
    await finish.getByLabel('Why').fill('All is well')
    await finish.getByRole('button', { name: 'To all' }).click()
    await finish.waitFor({ state: 'hidden' })
    await page.getByText('rolled out', { exact: true }).waitFor()

    // The next one is for later, and is cancelled.
    await save(older)
    await page.goto(`/policies/${made.id}/publish`)
    await page.getByLabel('What changes, and why').fill('For the new year')
    await page.getByRole('radio', { name: 'At a set time' }).click()
    await page.getByLabel('Time', { exact: true }).fill(inAMonth())
    await page.getByText(/UTC\)$/).waitFor()
    await page.getByRole('button', { name: 'Schedule' }).click()
    await page.getByRole('heading', { name: 'Version 3 is scheduled' }).waitFor()
    await whole()
    await page.getByRole('button', { name: 'Cancel…' }).click()
    await dialog(page, 'Cancel version 3?').getByRole('button', { name: 'Cancel it' }).click()
    await page.getByRole('heading', { name: 'Nothing is being rolled out' }).waitFor()
  },
)

/** As the browser's own field for a time holds it. */
const inAMonth = (): string => new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 16)
