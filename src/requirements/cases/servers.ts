import { accepted, refused, useless, warned, type CheckCase } from './case.ts'

// Each was put to the client 0.169.0 as a delivered policy.

export const SERVER_CASES: readonly CheckCase[] = [
  accepted(
    'identities',
    `[mcp_servers.a]
identity = { command = "x" }
[mcp_servers.b]
identity = { url = { match = "prefix", value = "https://" } }
[mcp_servers.c]
identity = { command = { executable = "x", args = [{ match = "exact", value = "a" }, { match = "regex", expression = "a.*" }] } }
`,
  ),
  warned('all_servers_disabled', 'no server', '[mcp_servers]\n'),
  refused(
    'missing_key',
    'no identity',
    `[mcp_servers.a]
enabled = true
`,
  ),
  refused(
    'missing_key',
    'empty identity',
    `[mcp_servers.a]
identity = {}
`,
  ),
  warned(
    'identity_ambiguous',
    'two identities',
    `[mcp_servers.a]
identity = { command = "x", url = "y" }
`,
  ),
  warned(
    'unknown_key',
    'arguments beside a string',
    `[mcp_servers.a]
identity = { command = "x", args = ["y"] }
`,
  ),
  refused(
    'missing_key',
    'command without args',
    `[mcp_servers.a]
identity = { command = { executable = "x" } }
`,
  ),
  refused(
    'refused_key',
    'command with more',
    `[mcp_servers.a]
identity = { command = { executable = "x", args = [], zzz = 1 } }
`,
  ),
  refused(
    'unknown_value',
    'unknown matcher',
    `[mcp_servers.a]
identity = { url = { match = "glob", value = "x" } }
`,
  ),
  refused(
    'missing_key',
    'regex with value',
    `[mcp_servers.a]
identity = { url = { match = "regex", value = "x" } }
`,
  ),
  refused(
    'wrong_type',
    'identity as a string',
    `[mcp_servers.a]
identity = "x"
`,
  ),
  refused(
    'regex',
    'regex of a plugin',
    `[plugins."a@b".mcp_servers.s]
identity = { url = { match = "regex", expression = "(" } }
`,
  ),
  warned('plugins_without_servers', 'plugin without servers', '[plugins.a]\n'),
  accepted(
    'sources',
    `[marketplaces]
restrict_to_allowed_sources = true
[marketplaces.allowed_sources.a]
source = "git"
url = "https://git.example/a.git"
[marketplaces.allowed_sources.b]
source = "host_pattern"
host_pattern = "^git\\\\.example$"
[marketplaces.allowed_sources.c]
source = "local"
path = "/opt/plugins"
`,
  ),
  useless(
    'marketplace_field',
    'git without url',
    `[marketplaces]
restrict_to_allowed_sources = true
[marketplaces.allowed_sources.a]
source = "git"
`,
  ),
  useless(
    'marketplace_field',
    'git with blank url',
    `[marketplaces]
restrict_to_allowed_sources = true
[marketplaces.allowed_sources.a]
source = "git"
url = ""
`,
  ),
  useless(
    'marketplace_field',
    'no host pattern',
    `[marketplaces]
restrict_to_allowed_sources = true
[marketplaces.allowed_sources.a]
source = "host_pattern"
`,
  ),
  useless(
    'marketplace_field',
    'no folder',
    `[marketplaces]
restrict_to_allowed_sources = true
[marketplaces.allowed_sources.a]
source = "local"
`,
  ),
  useless(
    'marketplace_field',
    'relative folder',
    `[marketplaces]
restrict_to_allowed_sources = true
[marketplaces.allowed_sources.a]
source = "local"
path = "x"
`,
  ),
  useless(
    'marketplace_field',
    'no kind',
    `[marketplaces]
restrict_to_allowed_sources = true
[marketplaces.allowed_sources.a]
url = "x"
`,
  ),
  useless(
    'regex',
    'host pattern',
    `[marketplaces]
restrict_to_allowed_sources = true
[marketplaces.allowed_sources.a]
source = "host_pattern"
host_pattern = "("
`,
  ),
  refused(
    'unknown_value',
    'unknown kind',
    `[marketplaces]
restrict_to_allowed_sources = true
[marketplaces.allowed_sources.a]
source = "github"
`,
  ),
  refused(
    'refused_key',
    'unknown key of a source',
    `[marketplaces]
restrict_to_allowed_sources = true
[marketplaces.allowed_sources.a]
source = "git"
url = "x"
zzz = 1
`,
  ),
  warned(
    'no_effect',
    'sources without restriction',
    `[marketplaces.allowed_sources.a]
source = "git"
url = "https://git.example/a"
`,
  ),
  refused(
    'unknown_value',
    'approval mode of an app',
    `[apps.a.tools.t]
approval_mode = "bad"
`,
  ),
  accepted(
    'app',
    `[apps.a]
enabled = false
[apps.a.tools.t]
approval_mode = "writes"
`,
  ),
  refused(
    'missing_key',
    'result source',
    `[apps.a.tools.t]
analytics_result_source = { type = "x" }
`,
  ),
]
