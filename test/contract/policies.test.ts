import { Hono } from 'hono'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import {
  allGroups,
  allMembers,
  allMemberships,
  createAccess,
  createGroup,
  createMember,
  joinGroups,
} from '#features/access/index.ts'
import { sha256 } from '#features/policies/act.ts'
import { createPolicies, type Principal } from '#features/policies/index.ts'
import type { PolicyTables } from '#features/policies/migrations.ts'
import { bump, createWorkspace, permissionKeys, surfaces } from '#features/workspace/index.ts'
import { auditRecords } from '#kernel/audit.ts'
import { createIds } from '#kernel/ids.ts'
import { createLog } from '#kernel/log.ts'
import { mountRoutes } from '#kernel/server.ts'
import { queries, run } from '#kernel/work.ts'
import { createPool } from '#kernel/pool.ts'
import { createSecrets } from '#kernel/secrets.ts'
import { openEngine } from '../engine.ts'

const strict = 'allowed_sandbox_modes = ["read-only"]\n'
const wide = 'allowed_sandbox_modes = ["read-only", "workspace-write"]\n'
/** The vendor's own published example: the real client refuses to start with it. */
const vendorExample = 'allowed_sandbox_modes = ["workspace-write"]\n'

const secrets = createSecrets([new Uint8Array(32)])
const pool = createPool()
afterAll(() => pool.close())

/** Policies with the real workspace and access beside it, on a real database; enrolments are a list of the test's own. */
async function place() {
  const clock = { now: Date.UTC(2026, 0, 5, 9) }
  const tick = (): number => clock.now
  const ids = createIds(tick)
  const log = createLog('silent')
  const enrolments: Principal[] = []
  const build = (db: never) => {
    const publicUrl = 'https://gatehouse.acme.example'
    const runtime = { clock: tick, ids, log, secrets, pool, publicUrl, db }
    const policies = createPolicies(runtime, {
      *people() {
        return {
          members: yield* allMembers(),
          groups: yield* allGroups(),
          memberships: yield* allMemberships(),
        }
      },
      surfaces,
      *enrolmentPrincipals() {
        return enrolments
      },
    })
    const access = createAccess(runtime, {
      *endSessions() {
        return 0
      },
      *endClients() {
        return 0
      },
      *forget() {
        return undefined
      },
      *endLinks() {
        return 0
      },
      *keepBreakGlass() {},
      *canSignIn(memberIds) {
        return new Set(memberIds)
      },
      *holdings() {
        return []
      },
      groupUsedBy: policies.groupUsedBy,
      changeSets: policies,
    })
    const workspace = createWorkspace({
      features: () => [],
      mailer: undefined,
      touch: policies.touch,
      *memberOf() {
        return undefined
      },
      clock: runtime.clock,
    })
    return { policies, features: [workspace, access, policies] }
  }
  // The migrations need no database, the routes do.
  const bare = build(undefined as never)
  const database = await openEngine(
    bare.features.flatMap((f) => f.migrations),
    tick,
  )
  const { policies, features } = build(database.db as never)
  const http = new Hono()
  mountRoutes(
    http,
    features.flatMap((f) => f.routes),
    {
      db: database.db,
      clock: tick,
      ids,
      log,
      recentFor: 600_000,
      clientIp: () => '192.0.2.1',
      authenticators: {
        // eslint-disable-next-line @typescript-eslint/require-await
        async key(request) {
          const label = request.headers.get('x-actor') ?? 'ann@acme.example'
          const permissions = new Set<string>(
            (request.headers.get('x-only') ?? permissionKeys.join(' ')).split(' '),
          )
          return { kind: 'key', id: `id of ${label}`, label, permissions }
        },
      },
    },
  )
  await policies.start?.()
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const response = await http.request(`/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    const json: any = response.headers.get('content-type')?.includes('json')
      ? JSON.parse(text)
      : text
    return { status: response.status, headers: response.headers, json }
  }
  const publish = async (id: string, text: string, message = 'Change', as = {}) => {
    const draft = (await call('GET', `/policies/${id}/draft`)).json
    const saved = await call('PUT', `/policies/${id}/draft`, { text, revision: draft.revision }, as)
    expect(saved.status).toBe(200)
    return call(
      'POST',
      `/policies/${id}/publish`,
      { message, draftRevision: saved.json.revision },
      as,
    )
  }
  return {
    clock,
    db: database.db,
    policies,
    enrolments,
    call,
    publish,
    newPolicy: async (name: string, text?: string): Promise<string> => {
      const made = await call('POST', '/policies', { name })
      expect(made.status).toBe(201)
      const id: string = made.json.id
      if (text !== undefined) expect((await publish(id, text, 'First')).status).toBe(201)
      return id
    },
    newGroup: (name: string): Promise<string> =>
      database.db.tx(function* () {
        const group = yield* createGroup(ids, clock.now, { name, description: '' })
        yield* bump('people')
        return group.id
      }),
    newMember: (email: string, groupIds: readonly string[]): Promise<string> =>
      database.db.tx(function* () {
        const member = yield* createMember(ids, clock.now, {
          email,
          name: '',
          role: 'member',
          status: 'active',
        })
        yield* joinGroups(
          { kind: 'key', id: 'k', label: 'k', permissions: new Set(permissionKeys) },
          clock.now,
          member.id,
          groupIds,
        )
        yield* bump('people')
        return member.id
      }),
    audit: () => database.db.read(() => auditRecords({ limit: 50 })),
    async close() {
      await policies.stop?.()
      await database.close()
    },
  }
}

type Place = Awaited<ReturnType<typeof place>>
let here: Place
afterEach(() => here.close())

describe('a policy and its versions', () => {
  it('goes from a draft to numbered versions that stay as they were', async () => {
    here = await place()
    const { call, newPolicy, publish } = here
    const id = await newPolicy('Baseline', strict)
    here.clock.now += 60_000
    const second = await publish(id, wide, 'Let them write')
    expect(second.json).toMatchObject({
      version: { number: 2, message: 'Let them write', served: true, author: 'ann@acme.example' },
      touches: 0,
    })
    const list = (await call('GET', `/policies/${id}/versions`)).json
    expect(list.total).toBe(2)
    expect(list.items).toMatchObject([{ number: 2 }, { number: 1 }])
    expect((await call('GET', `/policies/${id}/versions/1`)).json).toMatchObject({
      text: strict,
      served: false,
      message: 'First',
    })
    const file = await call('GET', `/policies/${id}/versions/1/files/linux`)
    expect(file.json).toContain(strict)
    expect(file.headers.get('content-disposition')).toContain('requirements.toml')
    expect((await call('GET', `/policies/${id}`)).json).toMatchObject({
      published: { number: 2 },
      draft: { changed: false },
    })
    const records = (await here.audit()).filter((r) => r.action === 'policy.publish')
    expect(records).toHaveLength(2)
    expect(records[0]).toMatchObject({ touches: 0, after: { version: 2 }, before: { version: 1 } })
  })

  it('refuses what would stop clients, with the place and the remedy, and keeps serving the old', async () => {
    here = await place()
    const { call, newPolicy, publish } = here
    const id = await newPolicy('Baseline', strict)
    const refused = await publish(id, `# ours\n${vendorExample}`)
    expect(refused.status).toBe(422)
    expect(refused.json).toMatchObject({
      code: 'policy_refused',
      errors: [{ field: 'allowed_sandbox_modes', line: 2, code: 'read_only_missing' }],
    })
    expect(refused.json.remedy).toContain('Nothing was published')
    expect((await call('GET', `/policies/${id}`)).json.published.number).toBe(1)
    for (const bad of ['a = \n', 'a = 1\na = 2\n', '[[['.repeat(2000)])
      expect((await publish(id, bad)).status).toBe(422)
    expect(here.policies.directory.current().policies.get(id)?.text).toBe(strict)
  })

  it('answers a text of 5 MB with a complaint about its size', async () => {
    here = await place()
    const id = await here.newPolicy('Baseline')
    const huge = `# ${'x'.repeat(5 * 1024 * 1024)}\n`
    const checked = await here.call('POST', '/policies/check', { text: huge })
    expect(checked.json).toMatchObject({ publishable: false, complaints: [{ code: 'too_large' }] })
    const saved = await here.call('PUT', `/policies/${id}/draft`, { text: huge, revision: 1 })
    expect(saved.status).toBe(422)
    expect(saved.json.errors[0].code).toBe('too_large')
    const made = await here.call('POST', '/policies', { name: 'Huge', text: huge })
    expect(made.json).toMatchObject({ code: 'policy_refused', errors: [{ code: 'too_large' }] })
  })

  it('checks a large text in a thread, so that everything else goes on meanwhile', async () => {
    here = await place()
    const id = await here.newPolicy('Baseline', strict)
    const servers = Array.from(
      { length: 6000 },
      (_, i) => `[mcp_servers.s${i}]\nidentity = { command = "run ${i}" }\n`,
    )
    const large = strict + servers.join('')
    expect(large.length).toBeGreaterThan(300_000)
    const threads = vi.spyOn(pool, 'run')
    const checked = await here.call('POST', '/policies/check', { text: large })
    const draft = (await here.call('GET', `/policies/${id}/draft`)).json
    await here.call('PUT', `/policies/${id}/draft`, { text: large, revision: draft.revision })
    const act = { kind: 'publish', policyId: id }
    const preview = await here.call('POST', '/change-sets/preview', { act })
    expect(checked.json).toEqual({ complaints: [], publishable: true })
    expect(preview.json.complaints).toEqual([])
    const wish = { message: 'Many servers', draftRevision: Number(draft.revision) + 1 }
    expect((await here.call('POST', `/policies/${id}/publish`, wish)).status).toBe(201)
    // One for the text that is not kept, one for the draft: the publish knows what the preview found.
    expect(threads.mock.calls.map(([, name]) => name)).toEqual(['checkPolicy', 'checkPolicy'])
    threads.mockRestore()
  })

  it('refuses a body over the limit and another content type by their own codes', async () => {
    here = await place()
    const over = await here.call('POST', '/policies/check', { text: 'x'.repeat(13 * 1024 * 1024) })
    expect([over.status, over.json.code]).toEqual([413, 'body_too_large'])
    const plain = await here.call(
      'POST',
      '/policies/check',
      { text: '' },
      { 'content-type': 'text/plain' },
    )
    expect([plain.status, plain.json.code]).toEqual([415, 'unsupported_media_type'])
  })

  it('tells the second of two who save the same draft, and overwrites nothing', async () => {
    here = await place()
    const id = await here.newPolicy('Baseline')
    const save = (text: string, actor: string) =>
      here.call('PUT', `/policies/${id}/draft`, { text, revision: 1 }, { 'x-actor': actor })
    const answers = await Promise.all([
      save(strict, 'ann@acme.example'),
      save(wide, 'bob@acme.example'),
    ])
    expect(answers.map((a) => a.status).sort()).toEqual([200, 409])
    const lost = answers.find((a) => a.status === 409)!
    const kept = answers.find((a) => a.status === 200)!
    expect(lost.json).toMatchObject({
      code: 'edited_meanwhile',
      current: { revision: 2, updatedBy: kept.json.updatedBy, text: kept.json.text },
    })
    expect((await here.call('GET', `/policies/${id}/draft`)).json.text).toBe(kept.json.text)
  })

  it('lets one of two publish at once; the other is told by whom and when', async () => {
    here = await place()
    const id = await here.newPolicy('Baseline', strict)
    const draft = (await here.call('GET', `/policies/${id}/draft`)).json
    const saved = await here.call('PUT', `/policies/${id}/draft`, {
      text: wide,
      revision: draft.revision,
    })
    const answers = await Promise.all(
      ['ann@acme.example', 'bob@acme.example'].map((actor) =>
        here.call(
          'POST',
          `/policies/${id}/publish`,
          { message: `by ${actor}`, draftRevision: saved.json.revision },
          { 'x-actor': actor },
        ),
      ),
    )
    expect(answers.map((a) => a.status).sort()).toEqual([201, 409])
    expect(answers.find((a) => a.status === 409)!.json).toMatchObject({ code: 'edited_meanwhile' })
    expect((await here.call('GET', `/policies/${id}/versions`)).json.total).toBe(2)
  })

  it('writes nothing at all of a publish that breaks off', async () => {
    here = await place()
    const id = await here.newPolicy('Baseline', strict)
    // Elsewhere the notification of the last commit may still be on its way.
    await here.policies.directory.refresh()
    const before = here.policies.directory.current().revision
    const text = wide
    const broken = here.db.tx(function* () {
      yield* here.policies.touch({ kind: 'publish', policyId: id }, undefined, {
        actor: { kind: 'key', id: 'ann', label: 'ann@acme.example' },
        now: here.clock.now,
      })
      yield* bump('policies')
      throw new Error('the process is killed')
    })
    await expect(broken).rejects.toThrow('killed')
    await here.policies.directory.refresh()
    expect(here.policies.directory.current().revision).toBe(before)
    expect((await here.call('GET', `/policies/${id}/versions`)).json.total).toBe(1)
    expect((await here.publish(id, text)).status).toBe(201)
  })

  it('puts any version back as a new one, and tells who was late', async () => {
    here = await place()
    const id = await here.newPolicy('Baseline', strict)
    await here.publish(id, wide)
    const late = await here.call('POST', `/policies/${id}/put-back`, {
      version: 1,
      publishedVersion: 1,
    })
    expect(late.json).toMatchObject({ code: 'edited_meanwhile', current: { number: 2 } })
    const back = await here.call('POST', `/policies/${id}/put-back`, {
      version: 1,
      publishedVersion: 2,
    })
    expect(back.json.version).toMatchObject({
      number: 3,
      putBack: 1,
      message: 'Put back version 1',
    })
    expect((await here.call('GET', `/policies/${id}/versions/3`)).json.text).toBe(strict)
    expect((await here.call('GET', `/policies/${id}/draft`)).json.text).toBe(strict)
    const again = await here.call('POST', `/policies/${id}/put-back`, {
      version: 1,
      publishedVersion: 3,
    })
    expect(again.json.code).toBe('wrong_state')
  })

  it('goes on serving what a newer check finds bad, with an alarm, and puts it back only knowingly', async () => {
    here = await place()
    const id = await here.newPolicy('Baseline', strict)
    await here.publish(id, wide)
    // As if version 1 had been found good by an older check.
    await here.db.tx(() =>
      run(
        queries<PolicyTables>()
          .updateTable('policy_versions')
          .set({ text: vendorExample, sha256: sha256(vendorExample) })
          .where('number', '=', 1),
      ),
    )
    const wish = { version: 1, publishedVersion: 2 }
    const refused = await here.call('POST', `/policies/${id}/put-back`, wish)
    expect([refused.status, refused.json.code]).toEqual([422, 'policy_refused'])
    expect(here.policies.alarms?.()).toEqual([])
    const back = await here.call('POST', `/policies/${id}/put-back`, {
      ...wish,
      acceptErrors: true,
    })
    expect(back.status).toBe(201)
    await here.call('PUT', '/rules/default', { policyId: id, expectedRevision: 1 })
    await here.policies.directory.refresh()
    expect(here.policies.directory.current().policies.get(id)?.text).toBe(vendorExample)
    expect(here.policies.alarms?.()).toMatchObject([
      {
        key: `policy_bad:${id}`,
        severity: 'error',
        message: expect.stringContaining('Baseline v3 is served'),
      },
    ])
  })

  it('takes no name that would run in the terminal of whoever is told it', async () => {
    here = await place()
    for (const name of ['\u001b]0;owned\u0007', 'two\nlines'])
      expect((await here.call('POST', '/policies', { name })).json.code).toBe('invalid_input')
  })

  it('keeps names apart by more than case, and duplicates as a variant', async () => {
    here = await place()
    const id = await here.newPolicy('Baseline', strict)
    const same = await here.call('POST', '/policies', { name: 'BASELINE' })
    expect([same.status, same.json.code]).toEqual([409, 'already_exists'])
    // One letter or a letter and its accent: for a reader the same name.
    await here.newPolicy('Ca\u0301diz')
    const composed = await here.call('POST', '/policies', { name: 'c\u00e1diz' })
    expect(composed.json.code).toBe('already_exists')
    const variant = await here.call('POST', `/policies/${id}/duplicate`, { name: 'Contractors' })
    expect(variant.json).toMatchObject({ name: 'Contractors', published: null })
    expect((await here.call('GET', `/policies/${variant.json.id}/draft`)).json.text).toBe(strict)
    const list = (await here.call('GET', '/policies?q=CONTR')).json
    expect(list.items).toMatchObject([{ name: 'Contractors' }])
  })

  it('archives only what nothing uses, and deletes only what was never published', async () => {
    here = await place()
    const id = await here.newPolicy('Baseline', strict)
    await here.call('PUT', '/rules/default', { policyId: id, expectedRevision: 1 })
    const used = await here.call('POST', `/policies/${id}/archive`, { revision: 1 })
    expect(used.json).toMatchObject({ code: 'in_use', usedBy: [{ kind: 'default' }] })
    await here.call('PUT', '/rules/default', { policyId: null, expectedRevision: 2 })
    expect((await here.call('DELETE', `/policies/${id}`)).json.code).toBe('wrong_state')
    const archived = await here.call('POST', `/policies/${id}/archive`, { revision: 1 })
    expect(archived.json.archivedAt).toBe(here.clock.now)
    const stale = await here.call('PATCH', `/policies/${id}`, { revision: 1, name: 'Other' })
    expect(stale.json).toMatchObject({ code: 'edited_meanwhile', current: { revision: 2 } })
    const unusable = await here.call('PUT', '/rules/default', { policyId: id, expectedRevision: 3 })
    expect(unusable.json.code).toBe('wrong_state')
    const fresh = await here.newPolicy('Never served')
    expect((await here.call('DELETE', `/policies/${fresh}`)).status).toBe(204)
    expect((await here.call('GET', `/policies/${fresh}`)).status).toBe(404)
  })

  it('refuses every act without its permission', async () => {
    here = await place()
    const id = await here.newPolicy('Baseline', strict)
    const only = { 'x-only': 'policies.edit' }
    const refused = [
      await here.call('GET', `/policies/${id}`, undefined, only),
      await here.call('POST', `/policies/${id}/publish`, { message: 'x', draftRevision: 1 }, only),
      await here.call('PUT', '/rules', { rules: [], expectedRevision: 1 }, only),
    ]
    for (const answer of refused) expect(answer.json.code).toBe('forbidden')
  })
})

describe('group rules', () => {
  async function company() {
    here = await place()
    const platform = await here.newGroup('Platform')
    const contractors = await here.newGroup('Contractors')
    await here.newMember('ann@acme.example', [platform, contractors])
    await here.newMember('bob@acme.example', [platform])
    await here.newMember('cy@acme.example', [])
    const base = await here.newPolicy('Base', strict)
    const open = await here.newPolicy('Open', wide)
    return { platform, contractors, base, open }
  }

  it('decide by the first that matches, and the lookup says which lost and why', async () => {
    const { platform, contractors, base, open } = await company()
    await here.call('PUT', '/rules/default', { policyId: base, expectedRevision: 1 })
    const put = await here.call('PUT', '/rules', {
      expectedRevision: 2,
      rules: [
        { groupId: contractors, policyId: base },
        { groupId: platform, policyId: open },
      ],
    })
    expect(put.json).toMatchObject({
      revision: 3,
      rules: [
        { position: 1, groupName: 'Contractors', decides: 1, inGroup: 1 },
        { position: 2, groupName: 'Platform', decides: 1, inGroup: 2 },
      ],
      default: { policyName: 'Base', decides: 1 },
      withoutPolicy: 0,
    })
    const ann = (await here.call('GET', '/lookup?email=ANN@acme.example')).json
    expect(ann).toMatchObject({
      principal: { kind: 'member', label: 'ann@acme.example' },
      policy: { name: 'Base', version: 1, text: strict },
      because: { kind: 'rule', position: 1, groupName: 'Contractors' },
      lost: [{ policyName: 'Open', reason: 'later_rule' }],
    })
    expect((await here.call('GET', '/lookup?email=cy@acme.example')).json.because).toEqual({
      kind: 'default',
    })
    const group = (await here.call('GET', '/lookup?group=platform')).json
    expect(group).toMatchObject({
      policy: { name: 'Open' },
      spread: [
        { policyName: 'Base', count: 1 },
        { policyName: 'Open', count: 1 },
      ],
    })
    expect((await here.call('GET', '/lookup?email=nobody@acme.example')).status).toBe(404)
    expect((await here.call('GET', '/lookup')).status).toBe(400)
  })

  it('refuse the same group twice, saying which rule would be dead, and what was never published', async () => {
    const { platform, base, open } = await company()
    const twice = await here.call('PUT', '/rules', {
      expectedRevision: 1,
      rules: [
        { groupId: platform, policyId: base },
        { groupId: platform, policyId: open },
      ],
    })
    expect(twice.status).toBe(400)
    expect(twice.json.errors[0].message).toBe(
      'Rule 2 for Platform is dead: rule 1 has the same group and is tried first.',
    )
    const fresh = await here.newPolicy('Draft only')
    const unpublished = await here.call('PUT', '/rules', {
      expectedRevision: 1,
      rules: [{ groupId: platform, policyId: fresh }],
    })
    expect(unpublished.json.errors[0].field).toBe('rules.0.policyId')
  })

  it('warn of a rule that decides for nobody', async () => {
    const { platform, contractors, base, open } = await company()
    const put = await here.call('PUT', '/rules', {
      expectedRevision: 1,
      rules: [
        { groupId: platform, policyId: open },
        { groupId: contractors, policyId: base },
      ],
    })
    expect(put.json.rules[1]).toMatchObject({
      decides: 0,
      shadowedBy: [{ position: 1, groupName: 'Platform', count: 1 }],
    })
    expect(put.json.withoutPolicy).toBe(1)
  })

  it('tell the second of two who reorder them at once', async () => {
    const { platform, contractors, base } = await company()
    const answers = await Promise.all(
      [platform, contractors].map((groupId) =>
        here.call('PUT', '/rules', {
          expectedRevision: 1,
          rules: [{ groupId, policyId: base }],
        }),
      ),
    )
    expect(answers.map((a) => a.status).sort()).toEqual([200, 409])
    expect(answers.find((a) => a.status === 409)!.json).toMatchObject({
      code: 'edited_meanwhile',
      current: { revision: 2 },
    })
  })

  it('keep a group from being deleted, whichever of the two comes first', async () => {
    const { platform, base } = await company()
    await here.call('PUT', '/rules', {
      expectedRevision: 1,
      rules: [{ groupId: platform, policyId: base }],
    })
    const refused = await here.call('DELETE', `/groups/${platform}?version=1`)
    expect([refused.status, refused.json.code]).toEqual([409, 'in_use'])
  })
})

describe('a change set', () => {
  it('is shown before, refused when outdated, and recorded with how many it touches', async () => {
    here = await place()
    const platform = await here.newGroup('Platform')
    await here.newMember('ann@acme.example', [platform])
    const id = await here.newPolicy('Base', strict)
    await here.call('PUT', '/rules', {
      expectedRevision: 1,
      rules: [{ groupId: platform, policyId: id }],
    })
    const draft = (await here.call('GET', `/policies/${id}/draft`)).json
    const saved = await here.call('PUT', `/policies/${id}/draft`, {
      text: wide,
      revision: draft.revision,
    })
    const preview = (
      await here.call('POST', '/change-sets/preview', { act: { kind: 'publish', policyId: id } })
    ).json
    expect(preview).toMatchObject({
      touches: 1,
      members: 1,
      changes: [
        {
          before: { name: 'Base', version: 1 },
          after: { name: 'Base', version: 2 },
          sample: [{ kind: 'member', label: 'ann@acme.example' }],
          keys: [
            {
              key: 'allowed_sandbox_modes',
              before: '["read-only"]',
              after: '["read-only", "workspace-write"]',
            },
          ],
        },
      ],
    })
    await here.newMember('bob@acme.example', [platform])
    const wish = { message: 'Wider', draftRevision: saved.json.revision }
    const outdated = await here.call('POST', `/policies/${id}/publish`, {
      ...wish,
      changeSet: preview.hash,
    })
    expect(outdated.json).toMatchObject({ code: 'preview_outdated', changeSet: { touches: 2 } })
    const done = await here.call('POST', `/policies/${id}/publish`, {
      ...wish,
      changeSet: outdated.json.changeSet.hash,
    })
    expect(done.json.touches).toBe(2)
    expect((await here.audit())[0]).toMatchObject({ action: 'policy.publish', touches: 2 })
  })
})

describe('the directory', () => {
  it('follows a change at once, and finds one that nobody told within its poll', async () => {
    here = await place()
    const id = await here.newPolicy('Base', strict)
    const seen: number[] = []
    here.policies.directory.onChange((s) => seen.push(s.policies.get(id)?.version ?? 0))
    await here.publish(id, wide)
    await here.policies.directory.refresh()
    expect(here.policies.directory.current().policies.get(id)).toMatchObject({
      version: 2,
      text: wide,
    })
    expect(seen.at(-1)).toBe(2)
  })

  it('goes on with what it knows when the database is gone, and says since when', async () => {
    here = await place()
    const id = await here.newPolicy('Base', strict)
    const { directory } = here.policies
    await directory.refresh()
    const confirmed = directory.confirmedAt()
    await here.db.close()
    here.clock.now += 600_000
    await expect(directory.refresh()).rejects.toMatchObject({ code: 'database_unavailable' })
    expect(directory.current().policies.get(id)?.text).toBe(strict)
    expect(directory.confirmedAt()).toBe(confirmed)
    here.close = async () => {
      await here.policies.stop?.()
    }
  })
})
