import { ACCEPTED } from './cases.accepted.ts'
import { REFUSED } from './cases.refused.ts'

/** One delivered config.toml, and what the client 0.169 said to it beside these requirements. */
export interface DefaultsCase {
  readonly toml: string
  readonly requirements?: string
  readonly expect: 'accepted' | 'refused'
}

/** Beside requirements. */
const TOGETHER: readonly DefaultsCase[] = [
  {
    toml: 'default_permissions="p"',
    requirements: `[permissions.p]
extends=":workspace"`,
    expect: 'accepted',
  },
  {
    toml: 'default_permissions="p"',
    requirements: `default_permissions=":workspace"
[allowed_permission_profiles]
p=true
":workspace"=true
[permissions.p]
extends=":workspace"`,
    expect: 'accepted',
  },
  {
    toml: `[permissions.p]
extends=":workspace"`,
    requirements: `default_permissions=":workspace"
[allowed_permission_profiles]
":workspace"=true
":read-only"=true`,
    expect: 'accepted',
  },
  {
    toml: 'default_permissions="wibble"',
    requirements: `default_permissions=":workspace"
[allowed_permission_profiles]
":workspace"=true
":read-only"=true`,
    expect: 'accepted',
  },
  { toml: 'model_provider="wibble"', requirements: 'model_provider="openai"', expect: 'accepted' },
  {
    toml: 'approval_policy="untrusted"',
    requirements: 'allowed_approval_policies=["on-request"]',
    expect: 'refused',
  },
  {
    toml: 'approval_policy="untrusted"',
    requirements: 'allowed_approval_policies=["untrusted"]',
    expect: 'refused',
  },
  {
    toml: `[windows]
sandbox="mxc"`,
    requirements: `[windows]
allow_mxc=false`,
    expect: 'refused',
  },
  {
    toml: `[windows]
sandbox="mxc"`,
    requirements: `[windows]
allowed_sandbox_implementations=["elevated"]`,
    expect: 'accepted',
  },
  {
    toml: `[windows]
sandbox="unelevated"`,
    requirements: `[windows]
require_mxc=true`,
    expect: 'accepted',
  },
  {
    toml: `[features]
hooks=true`,
    requirements: 'allow_managed_hooks_only=true',
    expect: 'accepted',
  },
  {
    toml: 'sandbox_mode="danger-full-access"',
    requirements: `[permissions.filesystem]
deny_read=["/x"]`,
    expect: 'accepted',
  },
  {
    toml: 'sandbox_mode="workspace-write"',
    requirements: `default_permissions=":workspace"
[allowed_permission_profiles]
":workspace"=true
":read-only"=true`,
    expect: 'accepted',
  },
  {
    toml: `[features]
apps=true`,
    requirements: `[features]
apps=false`,
    expect: 'accepted',
  },
  { toml: 'model_provider="ollama"', requirements: 'model_provider="openai"', expect: 'accepted' },
  {
    toml: `allow_login_shell=true
log_dir="/tmp/a"
check_for_update_on_startup=true
[feedback]
enabled=true`,
    requirements: `allow_login_shell=false
log_dir="/tmp/b"
check_for_update_on_startup=false
[feedback]
enabled=false`,
    expect: 'accepted',
  },
  {
    toml: `[otel]
environment="a"
log_user_prompt=true`,
    requirements: `[otel]
environment="b"
log_user_prompt=false`,
    expect: 'accepted',
  },
  {
    toml: `[mcp_servers.a]
command="x"`,
    requirements: `[mcp_servers.b]
identity={command="x"}`,
    expect: 'accepted',
  },
  {
    toml: 'default_permissions=":danger-full-access"',
    requirements: 'allowed_sandbox_modes=["read-only"]',
    expect: 'accepted',
  },
  {
    toml: 'developer_instructions="x"',
    requirements: 'additional_developer_instructions="y"',
    expect: 'accepted',
  },
  {
    toml: 'model="x"',
    requirements: `[models.new_thread]
model="y"`,
    expect: 'accepted',
  },
  {
    toml: `[windows]
sandbox="unelevated"`,
    requirements: `[windows]
allowed_sandbox_implementations=["elevated"]`,
    expect: 'accepted',
  },
  {
    toml: 'sandbox_mode="workspace-write"',
    requirements: `default_permissions=":read-only"
[allowed_permission_profiles]
":read-only"=true`,
    expect: 'accepted',
  },
  {
    toml: 'approval_policy={granular={rules=true,sandbox_approval=true,mcp_elicitations=true}}',
    requirements: 'allowed_approval_policies=["on-request"]',
    expect: 'accepted',
  },
  {
    toml: 'approval_policy="on-failure"',
    requirements: 'allowed_approval_policies=["on-request"]',
    expect: 'accepted',
  },
  {
    toml: 'approvals_reviewer="guardian_subagent"',
    requirements: 'allowed_approvals_reviewers=["auto_review"]',
    expect: 'accepted',
  },
  {
    toml: 'model_provider="openai"',
    requirements: `model_provider="acme"
[model_providers.acme]
name="A"
base_url="http://x"`,
    expect: 'accepted',
  },
  {
    toml: `[model_providers.acme]
name="B"
base_url="http://y"`,
    requirements: `model_provider="acme"
[model_providers.acme]
name="A"
base_url="http://x"`,
    expect: 'accepted',
  },
  {
    toml: 'model_provider="acme"',
    requirements: `[model_providers.acme]
name="A"
base_url="http://x"`,
    expect: 'accepted',
  },
  {
    toml: 'default_permissions=":danger-full-access"',
    requirements: `default_permissions=":workspace"
[allowed_permission_profiles]
":workspace"=true
":read-only"=true`,
    expect: 'accepted',
  },
  {
    toml: `[permissions.p]
extends=":read-only"`,
    requirements: `default_permissions="p"
[allowed_permission_profiles]
p=true
[permissions.p]
extends=":workspace"`,
    expect: 'refused',
  },
  {
    toml: 'default_permissions="p"',
    requirements: `[permissions.q]
extends=":workspace"
[permissions.p]
extends=":workspace"`,
    expect: 'accepted',
  },
]

/** Every case, for the unit tests and for the suite that asks the real client. */
export const CASES: readonly DefaultsCase[] = [
  ...ACCEPTED.map((toml): DefaultsCase => ({ toml, expect: 'accepted' })),
  ...REFUSED.map((toml): DefaultsCase => ({ toml, expect: 'refused' })),
  ...TOGETHER,
]
