import { accepted, refused, warned, type CheckCase } from './case.ts'

// Each was put to the client 0.169.0 as a delivered policy.

export const TEXT_CASES: readonly CheckCase[] = [
  accepted('empty', ''),
  accepted(
    'blank lines',
    `  
	
`,
  ),
  accepted('byte order mark', '\ufeffallow_appshots = false\n'),
  accepted(
    'CRLF',
    `allow_appshots = false\r
allow_login_shell = true\r
`,
  ),
  accepted(
    'newline in an inline table (TOML 1.1)',
    `features = {
  apps = false,
}
`,
  ),
  warned(
    'unknown_key',
    'escape \\e (TOML 1.1)',
    `x = "\\e"
`,
  ),
  refused('syntax', 'missing value', 'allow_appshots =\n'),
  refused('syntax', 'bare word', 'allow_appshots\n'),
  refused('syntax', 'two on a line', 'allow_appshots = true allow_login_shell = true\n'),
  refused(
    'syntax',
    'unterminated string',
    `default_permissions = "x
`,
  ),
  refused(
    'syntax',
    'raw U+0000',
    `additional_developer_instructions = "\0"
`,
  ),
  accepted(
    'escaped U+0000',
    `additional_developer_instructions = "\\u0000"
`,
  ),
  refused('syntax', 'bare carriage return', 'allow_appshots = true\rallow_login_shell = true\n'),
  refused('syntax', '30 February', 'x = 1979-02-30\n'),
  refused(
    'duplicate_key',
    'key twice',
    `allow_appshots = true
allow_appshots = false
`,
  ),
  refused(
    'duplicate_key',
    'table twice',
    `[features]
apps = true
[features]
hooks = true
`,
  ),
  refused(
    'duplicate_key',
    'quoted twin',
    `allow_appshots = true
"allow_appshots" = true
`,
  ),
  refused(
    'duplicate_key',
    'two names of one key',
    `features = {}
feature_requirements = {}
`,
  ),
  refused(
    'duplicate_key',
    'two names of the network',
    `[experimental_network]
enabled = false
[network_proxy]
enabled = false
`,
  ),
  refused('integer_range', 'more than 64 bits', 'x = 9223372036854775808\n'),
  refused('too_deep', '81 lists', `x = ${'['.repeat(81)}${']'.repeat(81)}\n`),
  warned('unknown_key', '80 lists', `x = ${'['.repeat(80)}${']'.repeat(80)}\n`),
  refused('too_deep', '81 parts', `${Array(81).fill('a').join('.')} = 1\n`),
  warned('unknown_key', '80 parts', `${Array(80).fill('a').join('.')} = 1\n`),
]
