import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { call, dialog, signIn, type Credentials } from './acts.ts'
import { axe, overhang } from './axe.ts'
import type { Look, Visit } from './browser.ts'
import { journeys, type Journey } from './journey.ts'

const journey = journeys({ demo: true })

function demoOwner(j: Journey): Credentials {
  const note = readFileSync(join(j.product.data, 'demo.json'), 'utf8')
  const { owner, password } = JSON.parse(note) as { owner: string; password: string }
  return { email: owner, password }
}

interface Listed {
  readonly items: readonly { readonly id: string; readonly name: string }[]
}

/** Every screen of the demo company, by its address. */
async function addresses({ page }: Visit): Promise<readonly string[]> {
  const idOf = async (list: string, name: string): Promise<string> => {
    const { items } = await call<Listed>(page, 'GET', `/api/v1/${list}?limit=100`)
    const found = items.find((item) => item.name === name)
    if (!found) throw new Error(`The demo has no ${name} in ${list}.`)
    return found.id
  }
  const baseline = await idOf('policies', 'Kestrel baseline')
  const member = await idOf('members', 'Hugo Sato')
  const laptops = await idOf('enrolments', 'Laptops')
  const watched = '/watch/meridian/halyard/docs/en'
  const { items: snapshots } = await call<{ items: readonly { stamp: string }[] }>(
    page,
    'GET',
    `/api/v1${watched}/snapshots/all`,
  )
  const [to = '', from = ''] = [snapshots[0]?.stamp, snapshots.at(-1)?.stamp]
  const clients = await call<Listed>(page, 'GET', '/api/v1/clients?route=workspace&limit=1')
  const requests = await call<Listed>(page, 'GET', '/api/v1/requests')
  const talks = await call<Listed>(page, 'GET', '/api/v1/conversations?outcome=denied&limit=1')
  const talk = `/conversations/${talks.items[0]?.id ?? ''}`
  const acts = await call<Listed>(page, 'GET', '/api/v1/activity?action=policy.publish&limit=1')
  return [
    '/',
    '/policies',
    `/policies/${baseline}`,
    `/policies/${baseline}?show=changes`,
    `/policies/${baseline}?from=1&to=3`,
    `/policies/${baseline}?tab=used`,
    `/policies/${baseline}/versions/2`,
    `/policies/${await idOf('policies', 'Platform')}?tab=rollout`,
    `/policies/${baseline}/publish?to=stage&percent=20`,
    '/impact?act=default',
    '/impact?act=surface&key=codex_local&on=false&q=hugo',
    '/rules',
    '/docs/requirements?q=policy',
    '/docs/defaults?q=model',
    '/lookup',
    '/lookup?email=hugo.sato@kestrel.example',
    `/lookup?enrolment=${laptops}`,
    '/members',
    `/members/${member}`,
    '/members/import',
    '/members?q=nobody-is-called-that',
    '/groups',
    `/groups/${await idOf('groups', 'Platform')}`,
    '/roles',
    '/roles/rol_codex_user',
    '/roles/compare?left=member&right=rol_codex_user',
    '/analytics',
    '/conversations',
    talk,
    `${talk}?show=events`,
    '/conversations/live?show=denied',
    '/compliance',
    '/enrolments',
    `/enrolments/${laptops}`,
    '/clients',
    '/clients?state=ended&route=workspace',
    `/clients/${clients.items[0]?.id ?? ''}`,
    '/clients/setup',
    '/directories',
    `/directories/${await idOf('directories', 'Aerie Staffing')}`,
    '/service-accounts',
    `/service-accounts/${await idOf('service-accounts', 'release-bot')}`,
    '/access-tokens',
    '/access-tokens?state=revoked',
    `/access-tokens/${await idOf('access-tokens', 'release-ci')}`,
    '/clients/setup/machine?route=workspace&methods=chatgpt&workspace=ws-1&signOut=yes',
    '/surfaces',
    '/surfaces/codex_local',
    '/surfaces/access_tokens',
    '/decisions',
    '/decisions/agent_internet',
    '/requests',
    '/requests?state=open',
    `/requests/${requests.items[0]?.id ?? ''}`,
    `/requests/${requests.items.at(-1)?.id ?? ''}`,
    '/requests/mine',
    '/requests/new?permission=codex.local.use',
    '/settings/sign-in',
    '/settings/sign-in/providers/new',
    '/settings/telemetry',
    '/settings/analytics',
    '/drift',
    '/drift?state=disagrees',
    '/drift/findings',
    '/drift/settings',
    '/alerts',
    '/alerts/new',
    `/alerts/${await idOf('alerts', 'Many denied commands')}`,
    '/audit',
    '/audit?action=access.deny',
    '/audit/chain',
    `/audit/${acts.items[0]?.id ?? ''}`,
    '/keys',
    '/watch',
    '/watch/new',
    '/watch/exceptions',
    watched,
    `${watched}?quiet=shown`,
    `${watched}?tab=pages`,
    `${watched}?tab=search&q=browser&scope=ever`,
    `${watched}?tab=checks`,
    `${watched}?tab=settings`,
    `${watched}/${from}..${to}`,
    `${watched}/${from}..${to}?view=unified&formatting=shown`,
    `${watched}/admin/policies`,
    `${watched}/admin/policies?tab=source`,
    `${watched}/admin/policies?tab=history`,
    `${watched}/admin/policies?tab=blame`,
    `${watched}/admin/policies/diff/${from}/${to}`,
    `${watched}/cli/commands/diff/${from}/${to}?wrap=off&context=all`,
    '/subscriptions',
    '/webhooks',
    '/settings',
    '/account',
    '/account/devices',
    '/account/tokens',
    '/codex/device',
    '/authorize/aut_unknown',
    '/no-such-page',
  ]
}

/** Quiet: nothing is being asked, and what was lazily loaded is there. */
async function settle({ page }: Visit): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.waitForFunction(
    () => document.querySelector('[aria-busy="true"], [aria-label="Loading"]') === null,
  )
}

/** Each in one scheme: what is laid out depends on the width, and a colour on the scheme, but neither on the other. */
const looks: readonly (Look & { readonly called: string })[] = [
  { called: 'wide and dark', width: 1440, scheme: 'dark' },
  { called: 'narrow and light', width: 390, height: 844, scheme: 'light' },
]
/** A hundred screens, each looked at as a whole in both looks, on a machine that may have more to do. */
const manyScreens = 900_000

/** What anybody finds wrong with the page as it stands. */
async function faults({ page }: Visit, where: string): Promise<readonly string[]> {
  await settledColours(page)
  const found = [...(await axe(page))]
  const over = await overhang(page)
  if (over > 0) found.push(`${over} px wider than the window`)
  return found.map((line) => `${where}: ${line}`)
}

/** Colours change by transitions. With reduced motion they are short, but one begins where another one has ended. */
const settledColours = (page: Page): Promise<unknown> =>
  page.waitForFunction(() =>
    document.getAnimations().every((one) => !(one instanceof CSSTransition)),
  )

/** Both looks at the same time: each is a process of the browser, and a machine has at least two cores. */
const inBothLooks = async (
  j: Journey,
  look: (visit: Visit, inspect: Inspect) => Promise<void>,
): Promise<void> => {
  const found = await Promise.all(
    looks.map(async ({ called, ...size }) => {
      const visit = await j.person(size)
      const wrong: string[] = []
      await look(visit, async (where) => {
        wrong.push(...(await faults(visit, `${called}, ${where}`)))
      })
      return wrong
    }),
  )
  expect(found.flat()).toEqual([])
}
type Inspect = (where: string) => Promise<void>

journey(
  'every screen can be used by everybody',
  (j) =>
    inBothLooks(j, async (visit, inspect) => {
      await visit.page.goto('/sign-in')
      await visit.page.getByLabel('E-mail').waitFor()
      await inspect('/sign-in')
      await visit.page.goto('/forgotten')
      await settle(visit)
      await inspect('/forgotten')
      await signIn(visit.page, demoOwner(j))
      visit.expectFailure('404 /api/v1/authorizations/aut_unknown')
      for (const address of await addresses(visit)) {
        await visit.page.goto(address)
        await settle(visit)
        await inspect(address)
      }
    }),
  manyScreens,
)

journey(
  'every dialog can be used by everybody',
  (j) =>
    inBothLooks(j, async (visit, inspect) => {
      const { page } = visit
      await signIn(page, demoOwner(j))
      const inspectDialog = async (name: string | RegExp): Promise<void> => {
        await dialog(page, name).waitFor()
        await settle(visit)
        await inspect(String(name))
        await page.keyboard.press('Escape')
        await dialog(page, name).waitFor({ state: 'hidden' })
      }
      for (const [address, button, title] of [
        ['/policies', 'New policy', 'New policy'],
        ['/members', 'Add member', 'Add a member'],
        ['/groups', 'New group', 'New group'],
        ['/enrolments', 'New enrolment', 'New enrolment'],
        ['/clients', 'End many…', 'End many sign-ins'],
        ['/keys', 'New key', 'New service key'],
        ['/watch/meridian/halyard/docs/en', 'Subscribe', 'Subscribe'],
        ['/watch/exceptions', 'Add an exception', 'Add an exception'],
        ['/surfaces', 'Turn off Codex local', 'Turn Codex local off for everybody?'],
        ['/surfaces/access_tokens', 'Longest lifetime…', 'Longest lifetime of access tokens'],
        ['/directories', 'Connect a directory', 'Connect a directory'],
        ['/decisions/agent_internet', 'Record the decision…', /^Record: Internet access/],
      ] as const) {
        await page.goto(address)
        await page.getByRole('button', { name: button }).first().click()
        await inspectDialog(title)
      }
      await page.keyboard.press('ControlOrMeta+k')
      await inspectDialog('Go to')
    }),
  manyScreens,
)

journey('the palette reaches a policy and a person by name', async (j) => {
  const { page } = await j.person()
  await signIn(page, demoOwner(j))
  for (const [typed, title] of [
    ['baseline', 'Kestrel baseline'],
    ['greta', 'Greta Vargas'],
    ['surf', 'Surfaces'],
  ] as const) {
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByRole('textbox', { name: 'Go to' }).fill(typed)
    await dialog(page, 'Go to').getByText(title, { exact: true }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
  }
})

journey('from sign-in to a publish with the keyboard alone', async (j) => {
  const { page } = await j.person()
  const { email, password } = demoOwner(j)
  const press = (key: string): Promise<void> => page.keyboard.press(key)
  const on = (): Promise<string> =>
    page.evaluate(() => {
      const at = document.activeElement
      const label = (at as Partial<HTMLInputElement> | null)?.labels?.[0]?.textContent
      return at?.getAttribute('aria-label') ?? label ?? at?.textContent ?? ''
    })
  /** Moves on with Tab until the keyboard is on what is called so. */
  const reach = async (name: string): Promise<void> => {
    for (let steps = 0; steps < 120; steps++) {
      if ((await on()).startsWith(name)) return
      await press('Tab')
    }
    throw new Error(`Tab does not lead to ${name}; the keyboard is on ${await on()}`)
  }
  await page.goto('/sign-in')
  await expect.poll(on).toContain('E-mail')
  await page.keyboard.type(email)
  await press('Tab')
  await page.keyboard.type(password)
  await press('Enter')
  await page.getByRole('navigation', { name: 'Main' }).waitFor()
  await reach('Policies')
  await press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Policies' }).waitFor()
  await page.getByRole('link', { name: 'CI runners' }).waitFor()
  await reach('CI runners')
  await press('ArrowDown')
  await expect.poll(() => on()).toBe('Contractors')
  await press('ArrowUp')
  await press('Enter')
  await page.getByRole('textbox', { name: 'requirements.toml of CI runners' }).waitFor()
  await reach('requirements.toml of CI runners')
  await press('Control+Home')
  await page.keyboard.type('# Looked at every quarter.')
  await press('Enter')
  await page.getByText('Draft saved').waitFor()
  // Tab leads out of the editor; back up to the acts.
  await press('Tab')
  await reach('Publish…')
  await press('Enter')
  await page.getByRole('heading', { name: 'Publish version 3 of CI runners' }).waitFor()
  await page.getByRole('heading', { name: 'What changes' }).waitFor()
  await reach('What changes, and why')
  await page.keyboard.type('A comment')
  await reach('Publish')
  await press('Enter')
  await page.getByText('Version 3 is published').waitFor()
})

journey('how soon the overview is painted', async (j) => {
  const { page } = await j.person()
  await signIn(page, demoOwner(j))
  await page.goto('/')
  await page.getByRole('region', { name: 'Who gets what' }).waitFor()
  const paint = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
  )
  // A figure to look at; a busy machine must not fail a build.
  console.log(`overview: first contentful paint after ${Math.round(paint)} ms`)
  expect(paint).toBeGreaterThan(0)
})
