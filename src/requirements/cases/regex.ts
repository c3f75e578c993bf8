import { accepted, refused, warned, type CheckCase } from './case.ts'

// Each was put to the client 0.169.0 as a delivered policy.

export const REGEX_CASES: readonly CheckCase[] = [
  refused(
    'regex',
    'regex (',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "(" } }
`,
  ),
  refused(
    'regex',
    'regex (?=a)',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "(?=a)" } }
`,
  ),
  refused(
    'regex',
    'regex \\1',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "\\\\1" } }
`,
  ),
  refused(
    'regex',
    'regex \\p{L}',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "\\\\p{L}" } }
`,
  ),
  refused(
    'regex',
    'regex [a&&b]',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "[a&&b]" } }
`,
  ),
  refused(
    'regex',
    'regex [[a]b]',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "[[a]b]" } }
`,
  ),
  refused(
    'regex',
    'regex a{,3}',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "a{,3}" } }
`,
  ),
  refused(
    'regex',
    'regex {',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "{" } }
`,
  ),
  refused(
    'regex',
    'regex \\Qa\\E',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "\\\\Qa\\\\E" } }
`,
  ),
  refused(
    'regex',
    'regex (?)',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "(?)" } }
`,
  ),
  refused(
    'regex',
    'regex \\0',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "\\\\0" } }
`,
  ),
  refused(
    'regex',
    'regex *a',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "*a" } }
`,
  ),
  refused(
    'regex',
    'regex [z-a]',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "[z-a]" } }
`,
  ),
  warned(
    'regex_not_simulated',
    'regex (?x) a b',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "(?x) a b" } }
`,
  ),
  warned(
    'regex_not_simulated',
    'regex a**',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "a**" } }
`,
  ),
  warned(
    'regex_not_simulated',
    'regex a{1001}',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "a{1001}" } }
`,
  ),
  warned(
    'regex_not_simulated',
    'regex \\u0041',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "\\\\u0041" } }
`,
  ),
  warned(
    'regex_not_simulated',
    'regex (?u)a',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "(?u)a" } }
`,
  ),
  accepted(
    'regex empty',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "" } }
`,
  ),
  accepted(
    'regex ^https://[^/]+\\.corp\\.example/.*$',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "^https://[^/]+\\\\.corp\\\\.example/.*$" } }
`,
  ),
  accepted(
    'regex (?i)a|b{2,3}',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "(?i)a|b{2,3}" } }
`,
  ),
  accepted(
    'regex [[:alpha:]]+',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "[[:alpha:]]+" } }
`,
  ),
  accepted(
    'regex []a]',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "[]a]" } }
`,
  ),
  accepted(
    'regex [^]a]',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "[^]a]" } }
`,
  ),
  accepted(
    'regex \\d\\w\\s\\{',
    `[mcp_servers.a]
identity = { url = { match = "regex", expression = "\\\\d\\\\w\\\\s\\\\{" } }
`,
  ),
]
