import { copyFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { cachedBundle, emptyHome } from './codex.ts'
import { writeManagedRequirements } from './sandbox.ts'
import { startStandIn, type StandIn } from './stand-in.ts'

// What docs and screens say about the client's cache, asked of the client.

// Part of the fixture: the client derives the name of its cache from this address.
const port = 7444
const baseUrl = `https://127.0.0.1:${port}/c/kept`

let standIn: StandIn

beforeAll(async () => {
  standIn = await startStandIn(port)
})
beforeEach(() => writeManagedRequirements(`[config_server]\nbase_url = "${baseUrl}"\n`))
afterAll(async () => {
  await standIn.close()
})

const newHome = () => emptyHome({ CODEX_CA_CERTIFICATE: standIn.caFile })

describe("the client's cache", () => {
  // Written and signed by the client itself on 23 November 2026, at 01:12:40 UTC, for this very address. Copied into
  // another home while it was an hour old or less, it was used; so what this test sees is its age and nothing else.
  const fixture = join(
    import.meta.dirname,
    'fixtures',
    'managed-config-b503022dfd5c1f9bffea4549aabc3e68f2cc4cc3a8f7f2b395cc6df9f8f01cee.json',
  )

  it('is not used once its hour is over', async () => {
    standIn.deliver('allowed_approval_policies = ["on-request"]\n')
    const fresh = newHome()
    await fresh.startupConfig()
    const written = cachedBundle(fresh)!
    expect(basename(written.path)).toBe(basename(fixture))

    const home = newHome()
    copyFileSync(fixture, join(home.folder, '.codex', basename(fixture)))
    const expired = cachedBundle(home)!
    expect(expired.expiresAt).toBeLessThan(Date.now())
    const before = standIn.requests
    const { requirements } = await home.startupConfig()
    expect(standIn.requests).toBe(before + 1)
    expect(requirements).toMatchObject({
      allowedSandboxModes: null,
      allowedApprovalPolicies: ['on-request'],
    })
  })

  it('of another home is used while its hour lasts, and not after it was edited', async () => {
    standIn.deliver('allowed_sandbox_modes = ["read-only"]\n')
    const first = newHome()
    await first.startupConfig()
    const written = cachedBundle(first)!
    standIn.deliver('allowed_approval_policies = ["on-request"]\n')
    const before = standIn.requests

    const second = newHome()
    const copy = join(second.folder, '.codex', basename(written.path))
    copyFileSync(written.path, copy)
    const used = await second.startupConfig()
    expect(used.requirements).toMatchObject({ allowedSandboxModes: ['read-only'] })
    expect(standIn.requests).toBe(before)

    const edited = written.text.replace(/("expires_at": ")20/, '$121')
    expect(edited).not.toBe(written.text)
    writeFileSync(copy, edited)
    const refetched = await second.startupConfig()
    expect(refetched.requirements).toMatchObject({ allowedSandboxModes: null })
    expect(standIn.requests).toBe(before + 1)
  })
})
