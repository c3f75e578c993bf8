import { expect } from 'vitest'
import { dialog, signIn } from './acts.ts'
import { axe } from './axe.ts'
import { journeys } from './journey.ts'
import { withOwner } from './product.ts'

const journey = journeys(withOwner)

journey(
  'telemetry: turned on after saying whom it reaches, limited, passed on, seen by who is reported',
  async (j) => {
    const visit = await j.person()
    const { page } = visit
    await signIn(page)
    await page.getByRole('link', { name: 'Telemetry' }).click()
    await page.getByRole('button', { name: 'Collect telemetry' }).click()
    const question = dialog(page, 'Collect telemetry?')
    await question.getByText('The clients of 1 member').waitFor()
    await question.getByText('at most one hour later').waitFor()
    await question.getByRole('button', { name: 'Collect telemetry' }).click()
    await page.getByText('collected', { exact: true }).waitFor()
    await page.getByText('/otlp/v1/logs').first().waitFor()

    // Prompts only where everything is kept: the complaint stands at the field.
    visit.expectFailure('400 /api/v1/telemetry/settings')
    await page.getByLabel('The text of prompts').check()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Prompts can be collected only where everything is kept').waitFor()
    await page.getByLabel('The text of prompts').uncheck()

    await page.getByRole('combobox', { name: 'In the workspace' }).click()
    await page.getByRole('option', { name: 'Command lines' }).click()
    await page.getByLabel('Address').fill('https://collector.example/otel')
    await page.getByLabel('Headers').fill('x-api-key: kept to ourselves')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Sent now: x-api-key').waitFor()
    expect(await page.content()).not.toContain('kept to ourselves')
    expect(await axe(page)).toEqual([])

    // A policy with an [otel] of its own: what wins is said before anybody publishes it.
    const made = await page.request.post('/api/v1/policies', {
      headers: { 'x-gatehouse-csrf': '1' },
      data: { name: 'Own', text: '[otel]\nexporter = "none"\n' },
    })
    const { id } = (await made.json()) as { id: string }
    await page.goto(`/policies/${id}`)
    const note = page.getByRole('note')
    await note.getByText('otel.exporter (line 2)').waitFor()
    await note.getByText('report nothing of what they do').waitFor()

    await page.goto('/account')
    await page.getByText('The commands that agents run').waitFor()
    await page.getByText('What you type does not leave your machine this way.').waitFor()
    await page.getByText('collector.example', { exact: false }).waitFor()

    await page.getByRole('link', { name: 'Telemetry' }).click()
    await page.getByRole('button', { name: 'Stop collecting' }).click()
    const stop = dialog(page, 'Stop collecting telemetry?')
    await stop.getByText('metrics to the vendor').waitFor()
    await stop.getByRole('button', { name: 'Stop collecting' }).click()
    await page.getByRole('button', { name: 'Collect telemetry' }).waitFor()
  },
)
