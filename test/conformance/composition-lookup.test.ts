import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Composed, Explained } from '#features/policies/lookup/schema.ts'
import { readBack, type PlainTable } from '#requirements/index.ts'
import { adminOf, type Admin } from './admin.ts'
import { setUp } from './machine.ts'
import { startProduct, type Product } from './product.ts'

// What the lookup explains about a machine, against what the client on that machine says is in force.

const POLICY = `
allowed_sandbox_modes = ["read-only", "workspace-write"]
allowed_approvals_reviewers = ["auto_review"]
zzz = "unknown"

[features]
apps = false
hooks = true

[otel]
environment = "acme"
exporter = { otlp-http = { endpoint = "https://collector.acme.example", protocol = "json" } }

[hooks]
managed_dir = "/opt/acme/hooks"
[[hooks.Stop]]
hooks = [{ type = "command", command = "/opt/acme/hooks/stop" }]

[[remote_sandbox_config]]
hostname_patterns = ["*"]
allowed_sandbox_modes = ["read-only"]
`
const ON_THE_MACHINE = `
[features]
apps = true
memories = false

[otel]
log_user_prompt = true
exporter = "none"

[hooks]
managed_dir = "/opt/acme/hooks/"
[[hooks.Stop]]
hooks = [{ type = "command", command = "/opt/acme/hooks/local" }]

[experimental_network.domains]
"acme.example" = "allow"
`
const MANAGED_CONFIG = 'approval_policy = "never"\nsandbox_mode = "danger-full-access"\n'

let product: Product
let admin: Admin
beforeAll(async () => {
  product = await startProduct()
  admin = adminOf(product)
})
afterAll(() => (product as Product | undefined)?.stop())

it('the lookup explains what the client of an enrolled machine has in force', async () => {
  await admin.setDefault(await admin.newPolicy('Explained', POLICY))
  const enrolment = await admin.enrol('Explained', null)
  const machine = setUp(enrolment)
  const file = '/etc/codex/requirements.toml'
  appendFileSync(file, ON_THE_MACHINE)
  writeFileSync('/etc/codex/managed_config.toml', MANAGED_CONFIG)
  const home = machine.newHome()
  const { requirements, error } = await home.startupConfig()
  expect(error).toBeUndefined()

  const composition = await explained(enrolment.id, readFileSync(file, 'utf8'))
  expect(composition.errors).toEqual([])
  const printed = readBack(documentOf(composition), {
    home: home.folder,
    codexHome: join(home.folder, '.codex'),
    cwd: home.folder,
    host: hostname(),
  })
  const inForce = Object.entries(requirements ?? {}).filter(([, value]) => value !== null)
  expect(printed).toEqual(Object.fromEntries(inForce))

  // Each with its why.
  const from = (key: string): readonly string[] | undefined =>
    composition.keys
      .find((one) => one.key === key)
      ?.from.map(({ layer, line }) => `${composition.layers[layer]?.kind}:${line}`)
  expect(from('features.apps')).toEqual(['delivered:7'])
  expect(from('allowed_sandbox_modes')).toEqual(['legacy:2'])
  expect(from('hooks.Stop')?.map((place) => place.split(':')[0])).toEqual(['delivered', 'system'])
})

async function explained(enrolment: string, system: string): Promise<Composed> {
  const answer = await fetch(`${product.plainUrl}/api/v1/lookup`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${product.adminKey}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ enrolment, system, legacy: MANAGED_CONFIG, host: hostname() }),
  })
  return ((await answer.json()) as Explained).composition
}

/** The keys in force as the document they amount to. */
function documentOf({ keys }: Composed): PlainTable {
  const document: Record<string, unknown> = {}
  for (const { path, value } of keys) {
    let table = document
    for (const step of path.slice(0, -1)) table = (table[step] ??= {}) as Record<string, unknown>
    table[path.at(-1) ?? ''] = value
  }
  return document as PlainTable
}
