import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { call, dialog, signIn } from './acts.ts'
import { axe, overhang } from './axe.ts'
import { journeys } from './journey.ts'
import { withOwner, type Product } from './product.ts'

const journey = journeys(withOwner)

const text = `allowed_approval_policies = ["on-request"]
allowed_sandbox_modes = ["read-only"]
`

/** A company that collects telemetry; the key of its machines. */
async function company(page: Page): Promise<string> {
  const at = '/api/v1/policies'
  const { id } = await call<{ id: string }>(page, 'POST', at, { name: 'Strict', text })
  const draft = await call<{ revision: number }>(page, 'GET', `${at}/${id}/draft`)
  await call(page, 'POST', `${at}/${id}/publish`, {
    message: 'First',
    draftRevision: draft.revision,
  })
  const { revision } = await call<{ revision: number }>(page, 'GET', '/api/v1/rules')
  await call(page, 'PUT', '/api/v1/rules/default', { policyId: id, expectedRevision: revision })
  const telemetry = '/api/v1/telemetry/settings'
  const { settings } = await call<{ settings: object }>(page, 'GET', telemetry)
  await call(page, 'PUT', telemetry, { ...settings, collect: true })
  const enrolment = { name: 'Laptops', groupId: null }
  return (await call<{ key: string }>(page, 'POST', '/api/v1/enrolments', enrolment)).key
}

/** A machine that fetches its policy and begins a conversation, as the client does: with the token behind the policy. */
async function begin(
  { url }: Product,
  key: string,
  said: { readonly host: string; readonly sandbox: string },
): Promise<void> {
  const bundle = await (await fetch(`${url}/c/${key}/codex/config/bundle`)).text()
  const attributes = {
    'event.name': 'codex.conversation_starts',
    'event.timestamp': new Date().toISOString(),
    'conversation.id': crypto.randomUUID(),
    'app.version': '0.169.0',
    originator: 'codex_cli_rs',
    auth_mode: 'Chatgpt',
    approval_policy: 'on-request',
    sandbox_policy: said.sandbox,
    mcp_servers: '',
  }
  const answer = await fetch(`${url}/otlp/v1/logs`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: /Bearer git_[\w.-]+/.exec(bundle)?.[0] ?? '',
    },
    body: JSON.stringify({
      resourceLogs: [
        {
          resource: { attributes: [attribute('host.name', said.host)] },
          scopeLogs: [
            {
              logRecords: [
                {
                  timeUnixNano: `${Date.now()}000000`,
                  attributes: Object.entries(attributes).map(([k, v]) => attribute(k, v)),
                },
              ],
            },
          ],
        },
      ],
    }),
  })
  expect(answer.status).toBe(200)
}
const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } })

journey('a machine that reports something else than its policy is found, and why', async (j) => {
  const { page } = await j.person()
  await signIn(page)
  await page.getByRole('link', { name: 'Drift', exact: true }).click()
  await page.getByText('No client has reported anything in the last 30 days').waitFor()
  const key = await company(page)
  await begin(j.product, key, { host: 'build-1', sandbox: 'read-only' })
  await begin(j.product, key, { host: 'ann-laptop', sandbox: 'danger-full-access' })
  await expect
    .poll(async () => (await call<{ total: number }>(page, 'GET', '/api/v1/drift/clients')).total)
    .toBe(2)

  // The list: who agrees, who does not, and only those.
  await page.goto('/drift')
  const rows = page.getByRole('region', { name: 'Reporting clients' }).getByRole('row')
  await rows.filter({ hasText: 'build-1' }).getByText('agrees', { exact: true }).waitFor()
  await page.goto('/drift?state=disagrees')
  await page.getByText('1 row').waitFor()
  await rows.filter({ hasText: 'ann-laptop' }).getByText('disagrees', { exact: true }).waitFor()
  expect(await axe(page)).toEqual([])
  await rows.getByRole('link', { name: /ann-laptop/ }).click()

  // The client: what exactly, under which version, since when.
  await page.getByRole('heading', { level: 1, name: 'ann-laptop' }).waitFor()
  const compared = page.getByRole('region', { name: 'Compared' }).getByRole('row')
  const sandbox = compared.filter({ hasText: 'Sandbox mode' })
  await sandbox.getByText('disagrees', { exact: true }).waitFor()
  for (const said of ['danger-full-access', 'read-only', 'Strict v1'])
    await sandbox.getByText(said, { exact: true }).waitFor()
  await compared.filter({ hasText: 'Approval policy' }).getByText('agrees').waitFor()
  const found = page.getByRole('region', { name: 'Disagreements' }).getByRole('row')
  await found.filter({ hasText: 'Sandbox mode' }).getByText('just now').waitFor()
  expect(await axe(page)).toEqual([])
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await overhang(page)).toBe(0)
  expect(await axe(page)).toEqual([])
  await page.setViewportSize({ width: 1440, height: 900 })

  await page.getByRole('button', { name: 'Acknowledge…' }).click()
  const question = dialog(page, 'Acknowledge: Sandbox mode')
  await question.getByLabel('Why it may stay').fill('Ann tries the new image until May')
  await question.getByRole('button', { name: 'Acknowledge' }).click()
  await found.getByText('Ann tries the new image until May').waitFor()
  await page.goto('/drift/findings?state=acknowledged')
  await page.getByRole('link', { name: /ann-laptop/ }).waitFor()
  await page.goto('/drift?state=acknowledged')
  await rows.filter({ hasText: 'ann-laptop' }).getByText('acknowledged').waitFor()
})
