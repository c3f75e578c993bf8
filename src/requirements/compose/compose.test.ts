import { describe, expect, it } from 'vitest'
import { compose, hostMatches, orderOf, type Composition, type Layer } from './index.ts'

const delivered = (text: string, name = 'Baseline'): Layer => ({ kind: 'delivered', name, text })
const system = (text: string): Layer => ({ kind: 'system', name: 'requirements.toml', text })
const legacy = (text: string): Layer => ({ kind: 'legacy', name: 'managed_config.toml', text })
const mdm = (text: string): Layer => ({ kind: 'mdm', name: 'device management', text })

/** The key of a composition, which must be there. */
function keyOf({ keys }: Composition, key: string) {
  const found = keys.find((one) => one.key === key)
  if (found === undefined) throw new Error(`no ${key} among ${keys.map((k) => k.key).join(', ')}`)
  return found
}

describe('what is in force', () => {
  it('says for every key where it comes from and what it beat', () => {
    const composed = compose([
      delivered('# ours\nallowed_sandbox_modes = ["read-only", "workspace-write"]\n'),
      system('allow_appshots = false\nallowed_sandbox_modes = ["read-only"]\n'),
    ])
    expect(keyOf(composed, 'allowed_sandbox_modes')).toEqual({
      key: 'allowed_sandbox_modes',
      path: ['allowed_sandbox_modes'],
      value: ['read-only', 'workspace-write'],
      from: [{ layer: 0, line: 2, column: 1 }],
      gathered: false,
      beat: [{ layer: 1, line: 2, column: 1, value: ['read-only'] }],
    })
    expect(keyOf(composed, 'allow_appshots')).toMatchObject({ value: false, from: [{ layer: 1 }] })
    expect(composed.errors).toEqual([])
  })

  it('merges tables key by key, under one name', () => {
    const composed = compose([
      delivered('feature_requirements = { apps = true }'),
      system('features = { apps = false, hooks = true }'),
    ])
    expect(composed.document).toEqual({ features: { apps: true, hooks: true } })
    expect(keyOf(composed, 'features.apps').beat).toEqual([
      { layer: 1, line: 1, column: 14, value: false },
    ])
  })

  it('gathers the rules of every layer, each item with its own place', () => {
    const rule = (token: string): string =>
      `[[rules.prefix_rules]]\npattern = [{ token = "${token}" }]\ndecision = "prompt"\n`
    const composed = compose([
      delivered(rule('a') + rule('b'), 'First'),
      delivered(rule('c'), 'Second'),
      system(rule('d')),
    ])
    const rules = keyOf(composed, 'rules.prefix_rules')
    expect(rules.from.map(({ layer, line }) => [layer, line])).toEqual([
      [0, 1],
      [0, 4],
      [1, 1],
      [2, 1],
    ])
    expect(rules.gathered).toBe(true)
  })

  it('takes an exporter whole', () => {
    const http = '{ otlp-http = { endpoint = "https://a.example", protocol = "json" } }'
    const composed = compose([
      delivered('otel = { exporter = "none" }'),
      system(`otel = { exporter = ${http}, environment = "e" }`),
    ])
    expect(composed.document).toEqual({ otel: { exporter: 'none', environment: 'e' } })
  })

  it('lets an app stay off that any layer switches off', () => {
    const composed = compose([
      delivered('apps = { a = { enabled = true } }'),
      system('apps = { a = { enabled = false } }'),
    ])
    expect(keyOf(composed, 'apps.a.enabled')).toMatchObject({
      value: false,
      from: [{ layer: 1 }],
      beat: [{ layer: 0, value: true }],
    })
  })

  it('lets a table take the place of a plain value, and says so', () => {
    const composed = compose([
      delivered(
        'mcp_servers = { x = { identity = { url = { match = "exact", value = "https://a" } } } }',
      ),
      system('mcp_servers = { x = { identity = { url = "https://b" } } }'),
    ])
    expect(keyOf(composed, 'mcp_servers.x.identity.url.match').beat).toMatchObject([
      { layer: 1, value: 'https://b' },
    ])
  })

  it('ranks the layers by their kind', () => {
    const kinds = ['system', 'delivered', 'delivered', 'legacy', 'mdm'] as const
    expect(orderOf(kinds)).toEqual([4, 3, 1, 2, 0])
    expect(orderOf(kinds, 'older')).toEqual([1, 2, 4, 0, 3])
  })

  it('reads the three limits of a managed_config.toml', () => {
    const composed = compose([
      delivered('allowed_approval_policies = ["on-request"]'),
      legacy('model = "m"\napproval_policy = "never"\nsandbox_mode = "workspace-write"\n'),
    ])
    expect(composed.document).toEqual({
      allowed_approval_policies: ['never'],
      allowed_sandbox_modes: ['read-only', 'workspace-write'],
    })
    expect(keyOf(composed, 'allowed_approval_policies').from).toEqual([
      { layer: 1, line: 2, column: 1 },
    ])
  })

  it('leaves out what the client leaves out, and says what that was', () => {
    const composed = compose([delivered('zzz = 1\nallowed_login_methods = ["api"]\n'), system('')])
    expect(composed.keys).toEqual([])
    expect(composed.layers[0]?.dropped).toEqual([
      { key: 'zzz', line: 1, column: 1, why: 'unknown' },
      { key: 'allowed_login_methods', line: 2, column: 1, why: 'local_only' },
    ])
  })

  it('chooses the sandbox of the host within each layer', () => {
    const hosts = (pattern: string): string =>
      `allowed_sandbox_modes = ["read-only"]\n[[remote_sandbox_config]]\nhostname_patterns = ["${pattern}"]\n` +
      'allowed_sandbox_modes = ["read-only", "danger-full-access"]\n'
    const modes = (layers: readonly Layer[]): unknown =>
      compose(layers, { host: 'Runner-01.ci.example.' }).document.allowed_sandbox_modes
    expect(modes([delivered(hosts('runner-??.ci.example'))])).toEqual([
      'read-only',
      'danger-full-access',
    ])
    expect(modes([delivered('allowed_sandbox_modes = ["read-only"]'), system(hosts('*'))])).toEqual(
      ['read-only'],
    )
  })
})

describe('host names', () => {
  it.each([
    ['runner-??.ci.example', 'RUNNER-01.ci.example.', true],
    ['runner-??.ci.example', 'runner-1.ci.example', false],
    ['*', 'anything', true],
    ['*.example', 'example', false],
    ['a*b*c', 'axxbyyc', true],
    ['a*b*c', 'axxbyy', false],
    ['', 'a', false],
  ])('%s and %s', (pattern, host, fits) => {
    expect(hostMatches(pattern, host)).toBe(fits)
  })
})

describe('why a client would not start', () => {
  const reasons = (...layers: Layer[]): readonly string[] =>
    compose(layers).errors.map(({ code, complaint = '-', key }) => `${code} ${complaint} ${key}`)

  it('names both folders of hooks', () => {
    const { errors } = compose([
      delivered('hooks = { managed_dir = "/opt/a" }'),
      system('hooks = { managed_dir = "/opt/b" }'),
    ])
    expect(errors).toEqual([
      {
        code: 'together_refused',
        key: 'hooks.managed_dir',
        message: 'hooks.managed_dir is "/opt/a" in Baseline and "/opt/b" in requirements.toml.',
        remedy: 'Write the same folder in both, or take it out of one.',
        layers: [0, 1],
        places: [
          { layer: 0, line: 1, column: 11, value: '/opt/a' },
          { layer: 1, line: 1, column: 11, value: '/opt/b' },
        ],
      },
    ])
  })

  it('says in which step the client stops', () => {
    const strict = 'allowed_sandbox_modes = ["workspace-write"]'
    expect(reasons(delivered('allow_appshots = "x"'))).toEqual([
      'layer_refused wrong_type allow_appshots',
    ])
    expect(reasons(delivered(''), system(strict))).toEqual([
      'machine_refused read_only_missing allowed_sandbox_modes',
    ])
    expect(reasons(delivered('allowed_sandbox_modes = ["read-only"]'), delivered(strict))).toEqual(
      [],
    )
    expect(
      reasons(
        delivered('experimental_network = { domains = { "a.example" = "allow" } }'),
        system('experimental_network = { allowed_domains = [] }'),
      ),
    ).toEqual(['together_refused domains_with_lists experimental_network.allowed_domains'])
  })

  it('sees a machine that keeps itself from the configuration server', () => {
    const server = 'config_server = { base_url = "https://gatehouse.example/c/key" }\n'
    const shut = 'application = { network = { domains = { "other.example" = "allow" } } }\n'
    expect(reasons(delivered(''), system(server + shut))).toEqual([
      'machine_refused - application.network',
    ])
    expect(reasons(delivered(shut), system(server))).toEqual([])
    expect(reasons(system(server + shut.replace('other', 'gatehouse')))).toEqual([])
  })
})

describe('the older generation', () => {
  it('takes every key whole from the first layer that has it', () => {
    const composed = compose(
      [
        delivered('features = { apps = true }\nguardian_policy_config = " "'),
        system('features = { hooks = true }\nguardian_policy_config = "text"'),
      ],
      { generation: 'older' },
    )
    expect(composed.document).toEqual({ features: { apps: true }, guardian_policy_config: 'text' })
  })

  it('puts what is delivered above device management, and the newer one below', () => {
    const both = [delivered('allow_appshots = true'), mdm('allow_appshots = false')]
    expect(compose(both, { generation: 'older' }).document).toEqual({ allow_appshots: true })
    expect(compose(both).document).toEqual({ allow_appshots: false })
  })
})
