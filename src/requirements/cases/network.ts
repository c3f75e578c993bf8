import { accepted, refused, useless, warned, type CheckCase } from './case.ts'

// Each was put to the client 0.169.0 as a delivered policy.

const denying = (path: string): string =>
  `[permissions.filesystem]\ndeny_read = [${JSON.stringify(path)}]\n`

export const NETWORK_CASES: readonly CheckCase[] = [
  accepted(
    'domains',
    `[experimental_network]
enabled = true
domains = { "api.example.com" = "allow", "**.corp.example" = "allow", "*.bad.example" = "deny" }
`,
  ),
  refused(
    'domains_with_lists',
    'domains beside allowed_domains = ["b.example"]',
    `[experimental_network]
domains = { "a.example" = "allow" }
allowed_domains = ["b.example"]
`,
  ),
  refused(
    'domains_with_lists',
    'domains beside allowed_domains = []',
    `[experimental_network]
domains = { "a.example" = "allow" }
allowed_domains = []
`,
  ),
  refused(
    'domains_with_lists',
    'domains beside denied_domains = ["b.example"]',
    `[experimental_network]
domains = { "a.example" = "allow" }
denied_domains = ["b.example"]
`,
  ),
  refused(
    'domains_with_lists',
    'in permissions.network',
    `[permissions.network]
domains = { "a.example" = "allow" }
allowed_domains = ["b.example"]
`,
  ),
  refused(
    'sockets_with_list',
    'sockets beside ["/b"]',
    `[experimental_network]
unix_sockets = { "/a" = "allow" }
allow_unix_sockets = ["/b"]
`,
  ),
  refused(
    'sockets_with_list',
    'sockets beside []',
    `[experimental_network]
unix_sockets = { "/a" = "allow" }
allow_unix_sockets = []
`,
  ),
  refused(
    'unknown_value',
    'socket none',
    `[experimental_network]
unix_sockets = { "/a" = "none" }
`,
  ),
  refused(
    'domain_wildcard',
    'deny all',
    `[experimental_network]
enabled = true
domains = { "*" = "deny" }
`,
  ),
  refused(
    'domain_wildcard',
    'allow all',
    `[experimental_network]
domains = { "*" = "allow" }
`,
  ),
  refused(
    'domain_wildcard',
    'deny all by list',
    `[experimental_network]
denied_domains = ["*"]
`,
  ),
  refused(
    'domain_wildcard',
    'shared',
    `[permissions.network]
domains = { "*" = "deny" }
`,
  ),
  accepted(
    'review all',
    `[experimental_network]
review_domains = ["*"]
`,
  ),
  refused(
    'network_surfaces',
    'two places',
    `[experimental_network]
enabled = false
[permissions.network]
enabled = false
`,
  ),
  warned(
    'domain_pattern',
    'address as domain',
    `[experimental_network]
domains = { "https://a.example/x" = "allow" }
`,
  ),
  ...['https://a.example/x', 'a{b,c}.example', '[ab].example', '*.'].map((pattern) =>
    useless(
      'domain_pattern',
      `no session with ${pattern}`,
      `[experimental_network]
enabled = true
domains = { "${pattern}" = "allow" }
`,
    ),
  ),
  warned(
    'managed_only_without_allow',
    'nothing reachable',
    `[network_proxy]
enabled = true
managed_allowed_domains_only = true
`,
  ),
  warned(
    'network_without_allow',
    'nothing allowed',
    `[experimental_network]
enabled = true
`,
  ),
  warned(
    'dangerous',
    'all sockets',
    `[experimental_network]
dangerously_allow_all_unix_sockets = true
`,
  ),
  refused(
    'missing_key',
    'header without host',
    `[experimental_network]
header_injections = [{}]
`,
  ),
  accepted(
    'header',
    `[experimental_network]
header_injections = [{ host = "a.example", methods = ["GET"], path_prefixes = ["/"], headers = { a = "b" } }]
`,
  ),
  accepted(
    'application domains',
    `[application.network]
enabled = true
domains = { "a.example" = "allow", "localhost" = "allow", "1.2.3.4" = "deny" }
`,
  ),
  refused(
    'application_domain',
    'application domain *.a.example',
    `[application.network]
enabled = true
domains = { "*.a.example" = "allow" }
`,
  ),
  refused(
    'application_domain',
    'application domain a.example:80',
    `[application.network]
enabled = true
domains = { "a.example:80" = "allow" }
`,
  ),
  refused(
    'application_domain',
    'application domain a_b.example',
    `[application.network]
enabled = true
domains = { "a_b.example" = "allow" }
`,
  ),
  refused(
    'application_domain',
    'application domain -a.example',
    `[application.network]
enabled = true
domains = { "-a.example" = "allow" }
`,
  ),
  refused(
    'application_domain',
    'application domain blank',
    `[application.network]
enabled = true
domains = { "" = "allow" }
`,
  ),
  refused(
    'path_invalid',
    'relative project folder',
    `[application.storage]
default_project_parent = "x"
`,
  ),
  accepted(
    'project folder',
    `[application.storage]
default_project_parent = "~/x"
`,
  ),
  accepted(
    'protected files',
    `[permissions.filesystem]
deny_read = ["~/.ssh", "~/.codex/auth.json", "/etc/secret", "/etc/*.key", "~/**/*.env", "/"]
`,
  ),
  ...[
    '~',
    '~/',
    '~/.codex',
    '~//.codex/tmp/',
    '~/.ssh/../.codex',
    '~/.codex/tmp/arg0-linux',
    '~/..',
  ].map((path) => refused('path_of_client', `protected: ${path}`, denying(path))),
  // The client of the suite lives elsewhere; with such a home it refuses as above.
  ...['/home', '/Users/', '/root', '/root/.codex/tmp', '/home/somebody/.codex'].map((path) =>
    useless('path_of_client', `protected: ${path}`, denying(path)),
  ),
  ...['/**/*.env', '/*.env', '/?tc', '/[e]tc', '//**/', '/var/../**'].map((path) =>
    useless('pattern_without_folder', `protected: ${path}`, denying(path)),
  ),
  ...['~/**', '/etc/*'].map((path) => warned('pattern_wide', `protected: ${path}`, denying(path))),
  useless(
    'path_relative',
    'relative protection',
    `[permissions.filesystem]
deny_read = ["./secret"]
`,
  ),
  useless(
    'path_relative',
    'relative pattern',
    `[permissions.filesystem]
deny_read = ["**/*.env"]
`,
  ),
  refused(
    'path_invalid',
    'U+0000 in a path',
    `[permissions.filesystem]
deny_read = ["/a\\u0000b"]
`,
  ),
  {
    ...warned(
      'windows_path',
      'Windows path on Linux',
      `[permissions.filesystem]
deny_read = ["C:\\\\Users"]
`,
    ),
    expect: 'refused',
  },
  refused(
    'refused_key',
    'profile named filesystem',
    `[permissions.filesystem]
extends = ":workspace"
`,
  ),
  refused('profile_name', 'empty permissions.network', '[permissions.network]\n'),
  refused(
    'refused_key',
    'profile named network',
    `[permissions.network]
description = "x"
`,
  ),
]
