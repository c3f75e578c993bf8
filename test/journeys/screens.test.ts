import { readFileSync } from 'node:fs'
import { join } from 'node:path'
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
  const acts = await call<Listed>(page, 'GET', '/api/v1/activity?action=policy.publish&limit=1')
  return [
    '/',
    '/policies',
    `/policies/${baseline}`,
    `/policies/${baseline}?show=changes`,
    `/policies/${baseline}?from=1&to=3`,
    `/policies/${baseline}?tab=used`,
    `/policies/${baseline}/versions/2`,
    '/rules',
    '/lookup',
    '/lookup?email=hugo.sato@kestrel.example',
    `/lookup?enrolment=${laptops}`,
    '/members',
    `/members/${member}`,
    '/members/import',
    '/members?q=nobody-is-called-that',
    '/groups',
    `/groups/${await idOf('groups', 'Platform')}`,
    '/enrolments',
    `/enrolments/${laptops}`,
    '/surfaces',
    '/activity',
    `/activity/${acts.items[0]?.id ?? ''}`,
    '/keys',
    '/settings',
    '/account',
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

const looks: readonly (Look & { readonly called: string })[] = [
  { called: 'wide, light', width: 1440, scheme: 'light' },
  { called: 'wide, dark', width: 1440, scheme: 'dark' },
  { called: 'narrow, light', width: 390, height: 844, scheme: 'light' },
  { called: 'narrow, dark', width: 390, height: 844, scheme: 'dark' },
]
for (const { called, ...look } of looks)
  journey(`every screen can be used by everybody: ${called}`, async (j) => {
    const visit = await j.person(look)
    await visit.page.goto('/sign-in')
    const found: string[] = []
    const inspect = async (where: string): Promise<void> => {
      for (const line of await axe(visit.page)) found.push(`${where}: ${line}`)
      const over = await overhang(visit.page)
      if (over > 0) found.push(`${where}: ${over} px wider than the window`)
    }
    await visit.page.getByLabel('E-mail').waitFor()
    await inspect('/sign-in')
    await visit.page.goto('/forgotten')
    await settle(visit)
    await inspect('/forgotten')
    await signIn(visit.page, demoOwner(j))
    for (const address of await addresses(visit)) {
      await visit.page.goto(address)
      await settle(visit)
      await inspect(address)
    }
    expect(found).toEqual([])
  })

journey('every dialog can be used by everybody', async (j) => {
  for (const look of looks.filter(({ called }) => called !== 'narrow, dark')) {
    const visit = await j.person(look)
    const { page } = visit
    await signIn(page, demoOwner(j))
    const found: string[] = []
    const inspect = async (name: string | RegExp): Promise<void> => {
      await dialog(page, name).waitFor()
      await settle(visit)
      for (const line of await axe(page)) found.push(`${look.called}, ${String(name)}: ${line}`)
      const over = await overhang(page)
      if (over > 0) found.push(`${look.called}, ${String(name)}: ${over} px wider than the window`)
      await page.keyboard.press('Escape')
      await dialog(page, name).waitFor({ state: 'hidden' })
    }
    for (const [address, button, title] of [
      ['/policies', 'New policy', 'New policy'],
      ['/members', 'Add member', 'Add a member'],
      ['/groups', 'New group', 'New group'],
      ['/enrolments', 'New enrolment', 'New enrolment'],
      ['/keys', 'New key', 'New service key'],
      ['/surfaces', 'Turn off', 'Turn Codex local off for everybody?'],
    ] as const) {
      await page.goto(address)
      await page.getByRole('button', { name: button }).first().click()
      await inspect(title)
    }
    await page.goto('/policies')
    await page.getByRole('link', { name: 'Kestrel baseline' }).click()
    await page.getByRole('button', { name: 'Publish…' }).click()
    await inspect(/^Publish version 4/)
    await page.keyboard.press('ControlOrMeta+k')
    await inspect('Go to')
    expect(found).toEqual([])
  }
})

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
      return at?.getAttribute('aria-label') ?? at?.textContent ?? ''
    })
  /** Moves on with Tab until the keyboard is on what is called so. */
  const reach = async (name: string): Promise<void> => {
    for (let steps = 0; steps < 60; steps++) {
      if ((await on()).startsWith(name)) return
      await press('Tab')
    }
    throw new Error(`Tab does not lead to ${name}; the keyboard is on ${await on()}`)
  }
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').waitFor()
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
  expect(await on()).toBe('Contractors')
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
  await dialog(page, 'Publish version 3 of CI runners').waitFor()
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA')
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
