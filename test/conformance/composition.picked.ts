import type { Given } from './composition.pairs.ts'

/** A machine put together by hand, for one rule of the composition. */
export interface Picked extends Given {
  readonly name: string
}

const both = (name: string, high: string, low: string): readonly Picked[] => [
  { name: `${name}, fragment over fragment`, delivered: [high, low], system: '' },
  { name: `${name}, bundle over file`, delivered: [high], system: low },
]

const otel = (inside: string): string => `[otel]\n${inside}\n`
const hooks = (folder: string, command: string): string =>
  `[hooks]\nmanaged_dir = "${folder}"\n[[hooks.Stop]]\nhooks = [{ type = "command", command = "${command}" }]\n`
const rule = (token: string): string =>
  `{ pattern = [{ token = "${token}" }], decision = "prompt" }`
const http = (host: string): string =>
  `{ otlp-http = { endpoint = "https://${host}", protocol = "json", headers = { ${host} = "1" } } }`

/** Each special place of the composition, and what is nearly one. What they print is compared. */
export const PRINTED: readonly Picked[] = [
  ...both(
    'a list replaces a list',
    'allowed_web_search_modes = []',
    'allowed_web_search_modes = ["live"]',
  ),
  ...both(
    'one feature beside another',
    'features = { a = true }',
    'features = { a = false, b = true }',
  ),
  ...both(
    'two names of one table',
    'feature_requirements = { a = true }',
    'features = { a = false, b = true }',
  ),
  ...both(
    'two names of the network',
    'network_proxy = { enabled = true }',
    'experimental_network = { enabled = false, http_port = 3 }',
  ),
  ...both(
    'domains and the older lists',
    'experimental_network = { domains = { "a.example" = "allow" } }',
    'experimental_network = { allowed_domains = ["b.example"] }',
  ),
  ...both(
    'the older lists',
    'experimental_network = { allowed_domains = ["b.example"] }',
    'experimental_network = { allowed_domains = ["c.example"], denied_domains = ["d.example"] }',
  ),
  ...both(
    'sockets and the older list',
    'experimental_network = { unix_sockets = { "/a" = "allow" } }',
    'experimental_network = { allow_unix_sockets = ["/b"] }',
  ),
  ...both(
    'one domain in two writings',
    'experimental_network = { domains = { "a.example" = "allow" } }',
    'experimental_network = { domains = { "A.example" = "deny" } }',
  ),
  ...both(
    'two places for the network',
    'experimental_network = { enabled = false }',
    'permissions = { network = { enabled = true } }',
  ),
  ...both(
    'a profile allowed above and denied below',
    'allowed_permission_profiles = { ":workspace" = true }',
    'default_permissions = ":read-only"\nallowed_permission_profiles = { ":read-only" = true, ":workspace" = false }',
  ),
  ...both(
    'a profile denied above and allowed below',
    'allowed_permission_profiles = { ":workspace" = false }',
    'default_permissions = ":read-only"\nallowed_permission_profiles = { ":read-only" = true, ":workspace" = true }',
  ),
  ...both(
    'a default whose list lies below',
    'default_permissions = ":workspace"',
    'allowed_permission_profiles = { ":workspace" = true, ":read-only" = true }',
  ),
  ...both(
    'a default whose list lies above',
    'allowed_permission_profiles = { ":workspace" = true, ":read-only" = true }',
    'default_permissions = ":workspace"',
  ),
  ...both('scripts of the same folder', hooks('/opt/hooks', 'a'), hooks('/opt/hooks', 'b')),
  ...both(
    'the same folder in another writing',
    hooks('/opt//hooks/', 'a'),
    hooks('/opt/./hooks', 'b'),
  ),
  ...both('two folders', hooks('/opt/hooks', 'a'), hooks('/opt/other', 'b')),
  ...both(
    'a folder and one that goes up',
    hooks('/opt/../opt/hooks', 'a'),
    hooks('/opt/hooks', 'b'),
  ),
  ...both('a blank folder', hooks(' ', 'a'), hooks('/opt/hooks', 'b')),
  ...both(
    'two folders on Windows',
    '[hooks]\nwindows_managed_dir = "C:\\\\a"\nStop = []',
    '[hooks]\nwindows_managed_dir = "C:\\\\b"\nStop = []',
  ),
  ...both('the same script twice', hooks('/opt/hooks', 'a'), hooks('/opt/hooks', 'a')),
  ...both(
    'an exporter over another',
    otel(`exporter = ${http('a')}`),
    otel(`exporter = ${http('b')}\ntrace_exporter = "none"`),
  ),
  ...both(
    'an exporter of another kind',
    otel('exporter = { otlp-grpc = { endpoint = "https://a" } }'),
    otel(`exporter = ${http('b')}`),
  ),
  ...both('a word over an exporter', otel('exporter = "none"'), otel(`exporter = ${http('b')}`)),
  ...both(
    'attributes by their keys',
    otel('span_attributes = { a = "1" }\ntracestate = { v = { k = "1" } }'),
    otel(
      'span_attributes = { a = "2", b = "2" }\ntracestate = { v = { k = "2", l = "2" }, w = { x = "2" } }',
    ),
  ),
  ...both(
    'an empty size of results',
    otel('tool_result = {}'),
    otel('tool_result = { max_bytes = 1 }'),
  ),
  ...both(
    'models under review',
    'auto_review = { required_on_models = ["a", "b"] }',
    'auto_review = { required_on_models = ["b", "c"], ignore_rules = ["x"] }',
  ),
  ...both(
    'rules left out of review',
    'auto_review = { ignore_rules = [] }',
    'auto_review = { ignore_rules = ["x"] }',
  ),
  ...both(
    'hosts in the higher layer',
    '[[remote_sandbox_config]]\nhostname_patterns = ["*"]\nallowed_sandbox_modes = ["read-only", "danger-full-access"]',
    'allowed_sandbox_modes = ["read-only"]',
  ),
  ...both(
    'hosts in the lower layer',
    'allowed_sandbox_modes = ["read-only"]',
    '[[remote_sandbox_config]]\nhostname_patterns = ["*"]\nallowed_sandbox_modes = ["read-only", "danger-full-access"]',
  ),
  ...both(
    'hosts that do not fit',
    '[[remote_sandbox_config]]\nhostname_patterns = ["nowhere"]\nallowed_sandbox_modes = ["read-only", "danger-full-access"]',
    'allowed_sandbox_modes = ["read-only"]',
  ),
  ...both(
    'a host beside modes of its own layer',
    'allowed_sandbox_modes = ["danger-full-access"]\n[[remote_sandbox_config]]\nhostname_patterns = ["?*"]\nallowed_sandbox_modes = ["read-only"]',
    'allowed_sandbox_modes = ["read-only", "workspace-write"]',
  ),
  ...both(
    'modes that do not stand',
    'allowed_sandbox_modes = ["read-only"]',
    'allowed_sandbox_modes = ["workspace-write"]',
  ),
  ...both(
    'an empty list that does not stand',
    'allowed_approval_policies = ["never"]',
    'allowed_approval_policies = []',
  ),
  ...both(
    'a misspelt value that does not stand',
    'allowed_approval_policies = ["never"]',
    'allowed_approval_policies = ["nope"]',
  ),
  ...both(
    'rules without one that do not stand alone',
    `rules = { prefix_rules = [${rule('a')}] }`,
    'rules = { prefix_rules = [] }',
  ),
  ...both(
    'a provider defined below',
    'model_provider = "x"',
    'model_providers = { x = { name = "X", base_url = "https://x" } }',
  ),
  ...both(
    'a provider in two halves',
    'model_providers = { x = { base_url = "https://x" } }',
    'model_providers = { x = { name = "X" } }',
  ),
  ...both(
    'a provider with two ways to a key',
    'model_providers = { x = { name = "X", env_key = "K" } }',
    'model_providers = { x = { auth = { command = "c" } } }',
  ),
  ...both(
    'headers of a provider',
    'model_providers = { x = { name = "X", http_headers = { a = "1" } } }',
    'model_providers = { x = { name = "Y", http_headers = { a = "2", b = "2" } } }',
  ),
  ...both(
    'a server in two halves',
    'mcp_servers = { x = {} }',
    'mcp_servers = { x = { identity = { command = "a" } } }',
  ),
  ...both(
    'matchers of two kinds',
    'mcp_servers = { x = { identity = { url = { match = "regex", expression = "a" } } } }',
    'mcp_servers = { x = { identity = { url = { match = "prefix", value = "a" } } } }',
  ),
  ...both(
    'a profile of the same name',
    'default_permissions = "p"\nallowed_permission_profiles = { p = true }\npermissions = { p = { extends = ":read-only", filesystem = { "/a" = "read" } } }',
    'default_permissions = "p"\nallowed_permission_profiles = { p = true }\npermissions = { p = { extends = ":workspace", filesystem = { "/a" = { b = "deny" } } } }',
  ),
  ...both(
    'paths that nobody may read',
    'permissions = { filesystem = { deny_read = ["/a"] } }',
    'permissions = { filesystem = { deny_read = ["/b"] } }',
  ),
  // The client's own folder may not be protected: refused as soon as the lower list counts at all.
  {
    name: 'every list of paths counts',
    delivered: [
      'permissions = { filesystem = { deny_read = ["/a"] } }',
      'permissions = { filesystem = { deny_read = ["~"] } }',
    ],
    system: '',
  },
  // The number of the rule that the client complains about tells their order.
  {
    name: 'the order of rules',
    delivered: [
      `rules = { prefix_rules = [${rule('a')}, { pattern = [], decision = "prompt" }] }`,
      `rules = { prefix_rules = [${rule('b')}] }`,
    ],
    system: `rules = { prefix_rules = [${rule('c')}] }`,
  },
  {
    name: 'the order of rules, the last',
    delivered: [
      `rules = { prefix_rules = [${rule('a')}] }`,
      `rules = { prefix_rules = [${rule('b')}, { pattern = [], decision = "prompt" }] }`,
    ],
    system: '',
  },
  {
    name: 'keys of the machine, delivered',
    delivered: ['allowed_login_methods = ["api"]\nchatgpt_base_url = "https://a.example"'],
    system: 'allowed_login_methods = ["chatgpt"]\ncli_auth_credentials_store = "file"',
  },
  { name: 'no way to sign in', delivered: [''], system: 'allowed_login_methods = []' },
  {
    name: 'the configuration server, delivered',
    delivered: ['config_server = { base_url = "https://a.example" }'],
    system: '',
  },
  {
    name: 'unknown keys',
    delivered: ['zzz = 1'],
    system: 'zzz = { a = 1 }\nwindows = { zzz = true }',
  },
  {
    name: 'the machine keeps itself from its server',
    delivered: ['allow_appshots = true'],
    system: '[application.network]\n',
  },
  {
    name: 'the machine lets itself to its server',
    delivered: ['allow_appshots = true'],
    system: '[application.network]\ndomains = { "127.0.0.1" = "allow" }',
  },
  {
    name: 'the bundle closes the network of the application',
    delivered: ['[application.network]\n'],
    system: '',
  },
  { name: 'no fragment', delivered: [], system: 'allowed_web_search_modes = ["live"]' },
  { name: 'an empty fragment', delivered: ['', 'allowed_web_search_modes = ["live"]'], system: '' },
  { name: 'a fragment that is no TOML', delivered: ['allow_appshots = true', 'a ='], system: '' },
  { name: 'a file that is no TOML', delivered: ['allow_appshots = true'], system: 'a =' },
  ...[
    'approval_policy = "never"',
    'approval_policy = "on-failure"',
    'sandbox_mode = "read-only"',
    'sandbox_mode = "danger-full-access"',
    'sandbox_mode = "external-sandbox"',
    'approvals_reviewer = "user"',
    'approvals_reviewer = "guardian_subagent"',
    'sandbox_mode = "nope"',
    'approval_policy = { granular = { sandbox_approval = true, rules = true, mcp_elicitations = true } }',
    'model = "m"\nallowed_sandbox_modes = ["read-only"]',
    'not toml =',
  ].map((legacy) => ({
    name: `managed_config.toml: ${legacy}`,
    delivered: [
      'allowed_sandbox_modes = ["read-only", "workspace-write"]\nallowed_approval_policies = ["on-request"]\nallowed_approvals_reviewers = ["auto_review"]',
    ],
    system: '',
    legacy,
  })),
  {
    name: 'managed_config.toml over what would be refused',
    delivered: ['allowed_sandbox_modes = ["danger-full-access"]'],
    system: '',
    legacy: 'sandbox_mode = "workspace-write"',
  },
  {
    name: 'managed_config.toml over the file',
    delivered: [''],
    system: 'allowed_sandbox_modes = ["danger-full-access"]',
    legacy: 'sandbox_mode = "workspace-write"',
  },
]

const allowed = (inside: string): string =>
  `[marketplaces]\nrestrict_to_allowed_sources = true\nallowed_sources = { a = { ${inside} } }`

/** What the client does not print: which of the servers of a home it lets run. */
export const SERVERS: readonly Picked[] = [
  ...both(
    'servers add up',
    'mcp_servers = { x = { identity = { command = "a" } } }',
    'mcp_servers = { y = { identity = { url = "https://y" } } }',
  ),
  ...both(
    'the higher identity counts',
    'mcp_servers = { x = { identity = { command = "b" } } }',
    'mcp_servers = { x = { identity = { command = "a" } } }',
  ),
  ...both(
    'an identity of two halves',
    'mcp_servers = { y = { identity = { command = "a" } } }',
    'mcp_servers = { y = { identity = { url = "https://y" } } }',
  ),
  ...both(
    'a matcher over a text',
    'mcp_servers = { y = { identity = { url = { match = "prefix", value = "https" } } } }',
    'mcp_servers = { y = { identity = { url = "https://z" } } }',
  ),
  ...both(
    'an empty list over one',
    'mcp_servers = {}',
    'mcp_servers = { x = { identity = { command = "a" } } }',
  ),
]

/** And whether it takes plugins from `/srv/plugins`. */
export const MARKETPLACES: readonly Picked[] = [
  ...both(
    'a source in two halves',
    allowed('source = "local"'),
    '[marketplaces]\nallowed_sources = { a = { path = "/srv/plugins" } }',
  ),
  ...both(
    'sources add up',
    allowed('source = "git", url = "https://git.example/a.git"'),
    '[marketplaces]\nallowed_sources = { b = { source = "local", path = "/srv/plugins" } }',
  ),
  ...both(
    'the higher path counts',
    allowed('source = "local", path = "/srv/other"'),
    allowed('source = "local", path = "/srv/plugins"'),
  ),
  ...both(
    'switched off above',
    '[marketplaces]\nrestrict_to_allowed_sources = false',
    '[marketplaces]\nrestrict_to_allowed_sources = true',
  ),
  ...both(
    'switched on above',
    '[marketplaces]\nrestrict_to_allowed_sources = true',
    '[marketplaces]\nrestrict_to_allowed_sources = false',
  ),
]
