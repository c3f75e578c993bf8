import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { call, choose, signIn } from './acts.ts'
import { axe } from './axe.ts'
import { journeys } from './journey.ts'
import { withOwner } from './product.ts'
import { startReporter } from './reports.ts'

const journey = journeys(withOwner)

/** What a download that a click begins has in it. */
async function downloaded(page: Page, click: () => Promise<void>): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), click()])
  return readFile(await download.path(), 'utf8')
}

journey('analytics: from the sums over the conversation to what comes just now', async (j) => {
  const { page } = await j.person()
  await signIn(page)
  await page.goto('/conversations')
  await page.getByText('No conversation has been reported').waitFor()
  const machine = await startReporter(page, j.product, 'imanis-laptop')
  await machine.turn('0001-aa', { ran: 'git status', forbidden: 'rm -rf kept' })

  // The sums: a range, a filter, the table under the chart, and the same as a file.
  await page.goto('/analytics')
  const turns = page.getByRole('region', { name: 'Conversations and turns', exact: true })
  await turns.getByRole('table').waitFor()
  await page.locator('canvas').first().waitFor()
  await page.getByLabel('Rows by').selectOption('Month')
  await page.getByLabel('Surface', { exact: true }).selectOption('cli')
  await page.waitForURL(/unit=month.*surface=cli|surface=cli.*unit=month/)
  await turns.getByRole('cell', { name: '1', exact: true }).first().waitFor()
  await page.getByText('This is not known by surface').waitFor()
  await page.getByLabel('Surface', { exact: true }).selectOption('All')
  const csv = await downloaded(page, () =>
    page.locator('a[href*="questions/denied-rules"]', { hasText: 'CSV' }).click(),
  )
  expect(csv).toMatch(/rule,/)
  expect(csv).toMatch(/rm,forbidden/)

  // One conversation.
  await page.getByRole('link', { name: 'Conversations' }).click()
  await choose(page, 'What happened', 'Something was denied')
  await page.getByRole('link', { name: /Laptops, imanis-laptop/ }).click()
  await page.getByRole('heading', { name: 'Conversation of Laptops, imanis-laptop' }).waitFor()
  await page.getByRole('link', { name: 'Baseline v1' }).waitFor()
  await page.getByText('workspace-write').waitFor()
  const turn = page.getByRole('region', { name: 'Turn 1' })
  await turn.getByText('231 characters typed').waitFor()
  await turn.getByText('12,000 tokens in (9,000 cached), 345 out').waitFor()
  const steps = turn.getByRole('listitem')
  await steps.filter({ hasText: 'git status' }).getByText('approved by the person').waitFor()
  const denied = steps.filter({ hasText: 'rm -rf kept' })
  await denied.getByText('by a rule').waitFor()
  await denied.getByText('forbids').waitFor()
  // Nobody knows what it is, and it is shown all the same.
  await steps.filter({ hasText: 'codex.something_new' }).getByText('As it came').click()
  await turn.getByText('new.number').waitFor()
  await turn.getByRole('button', { name: 'Trace' }).click()
  await turn.getByRole('list', { name: 'Spans of the turn' }).getByText('exec_command').waitFor()
  expect(await axe(page)).toEqual([])
  await page.getByText('Every event', { exact: true }).click()
  await page.getByRole('cell', { name: /codex\.user_prompt/ }).waitFor()
  const lines = await downloaded(page, () => page.getByRole('link', { name: 'NDJSON' }).click())
  expect(lines.trim().split('\n')).toHaveLength(8)

  // What comes just now, by itself; paused, it waits.
  await page.goto('/conversations/live')
  const tail = page.getByRole('list', { name: 'What came, newest first' })
  await tail.getByText('git status').waitFor()
  await machine.turn('0002-bb', { ran: 'npm test', forbidden: 'rm -r dist' })
  await tail.getByText('npm test').waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await machine.turn('0003-cc', { ran: 'make all', forbidden: 'rm -r out' })
  await page.getByText('Paused.').waitFor()
  await page.getByLabel('What', { exact: true }).selectOption('What was denied')
  await page.getByRole('button', { name: 'Go on' }).click()
  await tail.getByText('rm -r out').waitFor()
  expect(await tail.getByText('make all').count()).toBe(0)
  expect(await axe(page)).toEqual([])
  const { items } = await call<{ items: readonly { readonly action: string }[] }>(
    page,
    'GET',
    '/api/v1/activity?action=conversations.watch',
  )
  expect(items).toHaveLength(1)
})
