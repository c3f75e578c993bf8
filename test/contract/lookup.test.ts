import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publish } from '../company.ts'
import { startWorld, type Answer, type World } from '../world.ts'

const text = `# Everybody's limits.
allowed_sandbox_modes = ["read-only", "workspace-write"]
zzz = 1

[hooks]
managed_dir = "/opt/hooks"
`

let world: World
let policyId = ''
beforeAll(async () => {
  world = await startWorld()
  const made = good(await world.admin('POST', '/api/v1/policies', { name: 'Base', text }))
  policyId = made.json.id as string
  good(await publish(world, policyId, text, 'first'))
  const { revision } = good(await world.admin('GET', '/api/v1/rules')).json
  const fallback = { policyId, expectedRevision: revision }
  good(await world.admin('PUT', '/api/v1/rules/default', fallback))
  good(await world.admin('POST', '/api/v1/enrolments', { name: 'Fleet' }))
})
afterAll(() => world.close())

const good = (answer: Answer): Answer => {
  if (answer.status >= 400) throw new Error(`${answer.status} ${answer.text}`)
  return answer
}
const explain = (more: object = {}): Promise<Answer> =>
  world.admin('POST', '/api/v1/lookup', { enrolment: 'Fleet', ...more })

describe('the lookup', () => {
  it('says where in which version every key that is delivered stands', async () => {
    const { composition } = good(await world.admin('GET', '/api/v1/lookup?enrolment=Fleet')).json
    expect(composition).toMatchObject({
      generation: 'current',
      layers: [
        {
          kind: 'delivered',
          name: 'Base v1',
          policyId,
          version: 1,
          dropped: [{ key: 'zzz', line: 3, column: 1, why: 'unknown' }],
        },
      ],
      keys: [
        {
          key: 'allowed_sandbox_modes',
          value: ['read-only', 'workspace-write'],
          from: [{ layer: 0, line: 2, column: 1 }],
          beat: [],
        },
        { key: 'hooks.managed_dir', from: [{ layer: 0, line: 6, column: 1 }] },
      ],
      errors: [],
    })
  })

  it('puts the files of a machine beside it, and says what lost', async () => {
    const answer = good(
      await explain({
        system: 'allowed_sandbox_modes = ["read-only"]\nallow_appshots = false\n',
        legacy: 'approval_policy = "never"\n',
      }),
    )
    expect(answer.json.composition).toMatchObject({
      layers: [{ kind: 'delivered' }, { kind: 'legacy' }, { kind: 'system' }],
      order: [1, 0, 2],
      keys: [
        { key: 'allow_appshots', value: false, from: [{ layer: 2, line: 2 }] },
        { key: 'allowed_approval_policies', value: ['never'], from: [{ layer: 1 }] },
        { key: 'allowed_sandbox_modes', beat: [{ layer: 2, line: 1, value: ['read-only'] }] },
        { key: 'hooks.managed_dir' },
      ],
    })
  })

  it('says why the client of that machine does not start', async () => {
    const { composition } = good(
      await explain({ system: '[hooks]\nmanaged_dir = "/opt/b"\n' }),
    ).json
    expect(composition).toMatchObject({
      errors: [
        {
          code: 'together_refused',
          key: 'hooks.managed_dir',
          places: [
            { layer: 0, line: 6 },
            { layer: 1, line: 2 },
          ],
        },
      ],
    })
  })

  it('gives the table as a file', async () => {
    const system = 'allowed_sandbox_modes = ["read-only"]'
    const csv = good(await explain({ system, format: 'csv' }))
    expect(csv.text.split('\r\n')).toEqual([
      'key,value,from,version,line,column,beat',
      'allowed_sandbox_modes,"[""read-only"", ""workspace-write""]",Base v1,1,2,1,' +
        '"[""read-only""] (/etc/codex/requirements.toml, line 1)"',
      'hooks.managed_dir,"""/opt/hooks""",Base v1,1,6,1,',
      '',
    ])
    expect(good(await explain({ format: 'json' })).json).toMatchObject({ errors: [] })
  })

  it('composes as an older client where that is asked for', async () => {
    const request = { generation: 'older', mdm: 'allowed_sandbox_modes = ["read-only"]' }
    const { composition } = good(await explain(request)).json
    expect(composition).toMatchObject({ generation: 'older', order: [0, 1] })
  })

  it('reads long files without keeping anybody waiting, and refuses longer ones', async () => {
    const long = `# ${'x'.repeat(100 * 1024)}\nallow_appshots = true\n`
    const { composition } = good(await explain({ system: long })).json
    expect(composition).toMatchObject({ keys: [{ key: 'allow_appshots' }, {}, {}] })
    expect((await explain({ system: 'x'.repeat(600 * 1024) })).status).toBe(400)
  })

  it('keeps nothing of what it is sent', async () => {
    await explain({ system: '# a remark of this machine\n' })
    const { text: audit } = good(await world.admin('GET', '/api/v1/activity?limit=100'))
    expect(audit).toContain('enrolment')
    expect(audit).not.toContain('lookup')
  })

  it('has nothing in force where no policy is given', async () => {
    good(
      await world.admin('PUT', '/api/v1/rules/default', {
        policyId: null,
        expectedRevision: good(await world.admin('GET', '/api/v1/rules')).json.revision,
      }),
    )
    const { json } = good(await world.admin('GET', '/api/v1/lookup?enrolment=Fleet'))
    expect(json).toMatchObject({ policy: null, composition: { layers: [], keys: [], errors: [] } })
  })
  it('names what telemetry delivers, and what of it the policy beats', async () => {
    const path = '/api/v1/telemetry/settings'
    const before = good(await world.admin('GET', path)).json.settings as Record<string, unknown>
    const { changedAt: _at, changedBy: _by, ...settings } = before
    good(await world.admin('PUT', path, { ...settings, collect: true }))
    const own = `${text}\n[otel]\nexporter = "none"\n`
    good(await publish(world, policyId, own, 'our own collector'))
    const { revision } = good(await world.admin('GET', '/api/v1/rules')).json
    const fallback = { policyId, expectedRevision: revision }
    good(await world.admin('PUT', '/api/v1/rules/default', fallback))
    const found = good(await world.admin('GET', '/api/v1/lookup?enrolment=Fleet')).json as {
      beside: { text: string }
      composition: { layers: object[]; keys: { key: string }[] }
    }
    expect(found.beside.text).toContain('Bearer git_…')
    expect(found.composition.layers).toMatchObject([{ name: 'Base v2' }, { name: 'Telemetry' }])
    const key = (name: string) => found.composition.keys.find((one) => one.key === name)
    expect(key('otel.exporter')).toMatchObject({ from: [{ layer: 0 }], beat: [{ layer: 1 }] })
    expect(key('otel.metrics_exporter')).toMatchObject({ value: 'none', from: [{ layer: 1 }] })
  })
})
