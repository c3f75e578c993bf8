import { accepted, refused, useless, warned, type CheckCase } from './case.ts'

// Each was put to the client 0.169.0 as a delivered policy.

export const LIMIT_CASES: readonly CheckCase[] = [
  accepted(
    'baseline',
    `allowed_approval_policies = ["on-request"]
allowed_sandbox_modes = ["read-only", "workspace-write"]
allowed_web_search_modes = ["cached"]
enforce_residency = "us"
`,
  ),
  refused('empty_list', 'no approval policy', 'allowed_approval_policies = []\n'),
  refused('empty_list', 'no reviewer', 'allowed_approvals_reviewers = []\n'),
  refused(
    'empty_list',
    'no Windows sandbox',
    `[windows]
allowed_sandbox_implementations = []
`,
  ),
  accepted('no web search', 'allowed_web_search_modes = []\n'),
  refused(
    'unknown_value',
    'approval policy',
    `allowed_approval_policies = ["On-Request"]
`,
  ),
  refused(
    'unknown_value',
    'reviewer',
    `allowed_approvals_reviewers = ["auto-review"]
`,
  ),
  refused(
    'unknown_value',
    'sandbox mode',
    `allowed_sandbox_modes = ["read-only", "workspace_write"]
`,
  ),
  refused(
    'unknown_value',
    'web search',
    `allowed_web_search_modes = ["on"]
`,
  ),
  refused(
    'unknown_value',
    'residency',
    `enforce_residency = "eu"
`,
  ),
  refused(
    'unknown_value',
    'Windows sandbox mxc',
    `[windows]
allowed_sandbox_implementations = ["mxc"]
`,
  ),
  refused(
    'unknown_value',
    'granular as a word',
    `allowed_approval_policies = ["granular"]
`,
  ),
  accepted(
    'granular',
    'allowed_approval_policies = [{ granular = { sandbox_approval = true, rules = true, mcp_elicitations = true } }]\n',
  ),
  refused(
    'missing_key',
    'granular without its switches',
    'allowed_approval_policies = [{ granular = {} }]\n',
  ),
  refused(
    'wrong_type',
    'granular and something',
    'allowed_approval_policies = [{ granular = { sandbox_approval = true, rules = true, mcp_elicitations = true }, x = 1 }]\n',
  ),
  warned(
    'retired_value',
    'untrusted',
    `allowed_approval_policies = ["untrusted"]
`,
  ),
  warned(
    'deprecated_value',
    'on-failure',
    `allowed_approval_policies = ["on-failure"]
`,
  ),
  warned(
    'never_allowed',
    'never',
    `allowed_approval_policies = ["on-request", "never"]
`,
  ),
  warned(
    'full_access_allowed',
    'full access',
    `allowed_sandbox_modes = ["read-only", "danger-full-access"]
`,
  ),
  accepted(
    'guardian_subagent',
    `allowed_approvals_reviewers = ["guardian_subagent"]
`,
  ),
  refused(
    'read_only_missing',
    'the vendor’s own example',
    `allowed_sandbox_modes = ["workspace-write"]
`,
  ),
  refused('read_only_missing', 'no sandbox mode', 'allowed_sandbox_modes = []\n'),
  refused(
    'read_only_missing',
    'on every host',
    `[[remote_sandbox_config]]
hostname_patterns = ["*"]
allowed_sandbox_modes = ["workspace-write"]
`,
  ),
  useless(
    'read_only_missing',
    'on other hosts',
    `[[remote_sandbox_config]]
hostname_patterns = ["no-such-host"]
allowed_sandbox_modes = ["workspace-write"]
`,
  ),
  warned(
    'never_matches',
    'no host',
    `[[remote_sandbox_config]]
hostname_patterns = []
allowed_sandbox_modes = ["read-only"]
`,
  ),
  refused(
    'missing_key',
    'no patterns',
    `[[remote_sandbox_config]]
allowed_sandbox_modes = ["read-only"]
`,
  ),
  warned(
    'modes_and_profiles',
    'modes and profiles',
    `allowed_sandbox_modes = ["read-only"]
[allowed_permission_profiles]
":workspace" = true
":read-only" = true
`,
  ),
  warned(
    'no_effect',
    'blank review policy',
    `guardian_policy_config = " "
`,
  ),
  refused(
    'model_slug',
    'model with provider',
    `[auto_review]
required_on_models = ["openai/gpt"]
`,
  ),
  refused(
    'model_slug',
    'model with blanks',
    `[auto_review]
required_on_models = [" gpt "]
`,
  ),
  warned(
    'only_a_default',
    'new threads',
    `[models.new_thread]
model = "gpt"
`,
  ),
  refused(
    'blank_value',
    'blank effort',
    `[models.new_thread]
model_reasoning_effort = ""
`,
  ),
  warned(
    'path_relative',
    'relative log folder',
    `log_dir = "logs"
`,
  ),
  {
    ...warned(
      'file_must_exist',
      'no model catalog',
      `model_catalog_json = "/nonexistent/models.json"
`,
    ),
    expect: 'refused',
  },
  refused(
    'provider_unknown',
    'unknown provider',
    `model_provider = "nope"
`,
  ),
  accepted(
    'built-in provider',
    `model_provider = "amazon-bedrock"
`,
  ),
  accepted(
    'own provider',
    `model_provider = "acme"
[model_providers.acme]
name = "Acme"
base_url = "https://models.example/v1"
wire_api = "responses"
env_key = "ACME_KEY"
`,
  ),
  refused(
    'provider_reserved',
    'reserved provider',
    `[model_providers.openai]
name = "A"
`,
  ),
  refused(
    'provider_invalid',
    'nameless provider',
    `[model_providers.acme]
base_url = "https://models.example/v1"
`,
  ),
  refused(
    'provider_invalid',
    'auth beside env_key',
    `[model_providers.acme]
name = "A"
env_key = "A"
auth = { command = "x" }
`,
  ),
  refused(
    'provider_invalid',
    'aws elsewhere',
    `[model_providers.acme]
name = "A"
aws = { region = "x" }
`,
  ),
  refused(
    'provider_invalid',
    'blank auth command',
    `[model_providers.acme]
name = "A"
auth = { command = "" }
`,
  ),
  refused(
    'unknown_value',
    'old wire protocol',
    `[model_providers.acme]
name = "A"
wire_api = "chat"
`,
  ),
]
