import { expect } from 'vitest'
import { choose, dialog, signIn } from './acts.ts'
import { axe, overhang } from './axe.ts'
import { journeys } from './journey.ts'
import { withOwner } from './product.ts'
import { startReporter } from './reports.ts'

const journey = journeys(withOwner)

journey(
  'alerts: a budget tried on the past, made, fired, made quiet, deleted and restored',
  async (j) => {
    const { page } = await j.person()
    await signIn(page)
    const machine = await startReporter(page, j.product, 'imanis-laptop')
    await machine.turn('0001-aa', { ran: 'git status', forbidden: 'rm -rf kept' })

    await page.goto('/alerts')
    await page.getByText('No alerts yet').waitFor()
    await page.getByText('Nothing is ever refused').waitFor()
    await page.getByRole('link', { name: 'New alert' }).first().click()
    // A turn is 12,345 tokens.
    await page.getByLabel('Amount').fill('20000')
    await page.getByText('It would not have told anything').waitFor()
    await page.getByLabel('Amount').fill('10000')
    await page.getByText('It would have told 1 time').waitFor()
    const past = page.getByRole('region', { name: 'Figures of the past' })
    await past.getByRole('cell', { name: '12,345' }).waitFor()
    await choose(page, 'When the figure', 'is nothing at all')
    await page.getByText('There are no figures yet in this time.').waitFor()
    await choose(page, 'When the figure', 'reaches an amount')
    await page.getByLabel('Name').fill('Tokens of a month')
    expect(await axe(page)).toEqual([])
    await page.getByRole('button', { name: 'Make alert' }).click()

    await page.getByRole('heading', { name: 'Tokens of a month' }).waitFor()
    await page.getByText('firing', { exact: true }).first().waitFor()
    const firings = page.getByRole('region', { name: 'Firings', exact: true })
    await firings.getByRole('cell', { name: '12,345' }).first().waitFor()
    await page.getByRole('button', { name: 'Quiet for…' }).click()
    await page.getByRole('menuitem', { name: 'a day' }).click()
    await page.getByRole('button', { name: 'Tell again' }).waitFor()
    expect(await axe(page)).toEqual([])

    // Changed, it begins anew.
    await page.getByRole('link', { name: 'Change', exact: true }).click()
    await page.getByLabel('Amount').fill('50000')
    await page.getByText('It would not have told anything').waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('the alert was changed').waitFor()
    await page.getByText('ok', { exact: true }).waitFor()

    await page.getByRole('button', { name: 'Delete' }).click()
    await dialog(page, 'Delete “Tokens of a month”?')
      .getByRole('button', { name: 'Delete' })
      .click()
    await page.getByText('deleted', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Restore' }).click()
    await page.getByRole('link', { name: 'Change', exact: true }).waitFor()

    await page.getByRole('link', { name: 'Alerts' }).first().click()
    await page.getByRole('link', { name: /Tokens of a month/ }).waitFor()
    await page.setViewportSize({ width: 390, height: 844 })
    await page.reload()
    await page.getByRole('link', { name: /Tokens of a month/ }).waitFor()
    expect(await overhang(page)).toBe(0)
  },
)
