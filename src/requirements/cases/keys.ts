import { accepted, refused, warned, type CheckCase } from './case.ts'

// Each was put to the client 0.169.0 as a delivered policy.

export const KEY_CASES: readonly CheckCase[] = [
  warned(
    'unknown_key',
    'unknown key',
    `allowd_sandbox_modes = ["read-only"]
`,
  ),
  warned(
    'unknown_key',
    'key of config.toml',
    `approval_policy = "never"
`,
  ),
  warned(
    'unknown_key',
    'nested unknown key',
    `[windows]
sandbox = "x"
`,
  ),
  warned(
    'unknown_key',
    'old profile list',
    `allowed_permissions = ["a"]
`,
  ),
  refused(
    'refused_key',
    'unknown key of otel',
    `[otel]
zzz = 1
`,
  ),
  refused(
    'refused_key',
    'unknown key of application',
    `[application]
zzz = 1
`,
  ),
  refused(
    'refused_key',
    'config_server',
    `config_server = { base_url = "https://policy.example" }
`,
  ),
  warned(
    'local_only',
    'chatgpt_base_url',
    `chatgpt_base_url = "https://chatgpt.example"
`,
  ),
  warned('local_only', 'local key of a wrong type', 'chatgpt_base_url = 3\n'),
  warned('local_only', 'login methods', 'allowed_login_methods = []\n'),
  warned(
    'local_only',
    'workspaces',
    `allowed_chatgpt_workspaces = ["w"]
`,
  ),
  warned(
    'local_only',
    'credential store',
    `cli_auth_credentials_store = "bad"
`,
  ),
  refused(
    'wrong_type',
    'string for a boolean',
    `check_for_update_on_startup = "true"
`,
  ),
  refused(
    'wrong_type',
    'string for a list',
    `allowed_web_search_modes = "cached"
`,
  ),
  refused(
    'wrong_type',
    'number in a list',
    `allowed_approval_policies = ["on-request", 1]
`,
  ),
  refused(
    'wrong_type',
    'fraction',
    `[otel.tool_result]
max_bytes = 3.5
`,
  ),
  refused(
    'wrong_type',
    'date',
    `[features]
hooks = 1979-05-27
`,
  ),
  warned('unquoted_text', 'date as text', 'additional_developer_instructions = 1979-05-27\n'),
  refused(
    'wrong_type',
    'table for a feature',
    `[features]
hooks = { enabled = true }
`,
  ),
  refused('wrong_type', 'list for a table', 'rules = []\n'),
  refused(
    'out_of_range',
    'port',
    `[experimental_network]
http_port = 70000
`,
  ),
  accepted(
    'port 0',
    `[experimental_network]
http_port = 0
`,
  ),
  refused(
    'out_of_range',
    'negative size',
    `[otel.tool_result]
max_bytes = -1
`,
  ),
  warned(
    'unknown_feature',
    'feature',
    `[features]
unified_exce = false
`,
  ),
  warned(
    'removed_feature',
    'removed feature',
    `[features]
personality = true
`,
  ),
  accepted(
    'feature pin',
    `[features]
unified_exec = false
`,
  ),
  accepted(
    'other name of features',
    `[feature_requirements]
unified_exec = false
`,
  ),
]
