import { accepted, refused, useless, warned, type CheckCase } from './case.ts'

// Found by growing documents from the table of keys and asking the client 0.169.0, which takes each as it says here.

const mitm = (settings: string): string =>
  `default_permissions = ":workspace"
allowed_permission_profiles = { ":workspace" = true }
[permissions.acme.network]
mitm = { ${settings} }
`
const hook = (more: string, above = ''): string =>
  mitm(
    `${above}hooks = { a = { host = "x", methods = ["GET"], path_prefixes = ["/"], action = ["y"]${more} } }`,
  )
const input = (value: string): string =>
  `[[hooks.PreToolUse]]
hooks = [{ type = "mcp_tool", server = "s", tool = "t", input = ${value} }]
`

export const FOUND_CASES: readonly CheckCase[] = [
  refused(
    'syntax',
    'carriage return alone',
    'allow_appshots = true\rallow_remote_control = true\n',
  ),
  refused('syntax', 'carriage return alone in a comment', '# one\rallow_appshots = true\n'),

  refused('hook_input', 'hook input that is not a number', input('{ a = [nan] }')),
  refused('hook_input', 'hook input without end', input('{ a = { b = -inf } }')),
  warned('hooks_no_directory', 'hook input with a date', input('{ a = 1979-05-27 }')),
  refused(
    'refused_key',
    'header of the extension with an unknown key',
    'browser_use.extension.request_headers = [{ name = "a", value = "b", zzz = 1 }]\n',
  ),

  refused(
    'refused_key',
    'two matchers in an identity',
    'mcp_servers.a.identity = { command = { executable = "x", args = [] }, url = { match = "exact", value = "y" } }\n',
  ),
  refused(
    'refused_key',
    'matcher beside an unknown key',
    'mcp_servers.a.identity = { url = { match = "exact", value = "y" }, zzz = 1 }\n',
  ),
  warned(
    'identity_ambiguous',
    'matcher beside plain text',
    'mcp_servers.a.identity = { command = { executable = "x", args = [] }, url = "y" }\n',
  ),
  useless(
    'wrong_type',
    'number beside plain text in an identity',
    'mcp_servers.a.identity = { command = "x", url = 3 }\n',
  ),

  refused('feature_incomplete', 'budget without a limit', 'features.rollout_budget = true\n'),
  accepted('budget switched off', 'features.rollout_budget = false\n'),

  useless('wrong_type', 'table as a list, by position', 'feedback = [true]\n'),
  refused('wrong_type', 'table as an empty list', 'feedback = []\n'),
  useless('wrong_type', 'value as a table', 'enforce_residency = { us = {} }\n'),

  accepted(
    'empty place in a profile',
    `default_permissions = "acme"
allowed_permission_profiles = { acme = true }
[permissions.acme.filesystem.relative]
`,
  ),
  warned('only_a_default', 'effort of a space', 'models.new_thread.model_reasoning_effort = " "\n'),
  refused('path_of_client', 'no path at all', 'permissions.filesystem.deny_read = [""]\n'),
  refused(
    'path_invalid',
    'date as a folder',
    'application.storage.default_project_parent = 1979-05-27\n',
  ),
  accepted('other models than the set', 'auto_review.required_on_models = ["b", "a", "b"]\n'),

  warned('not_simulated', 'rules for encrypted requests', hook('')),
  warned('not_simulated', 'rules with schemes', hook(', schemes = ["https"]', 'version = 2, ')),
  refused('mitm', 'rules with schemes without a version', hook(', schemes = ["https"]')),
  warned('not_simulated', 'rules with no schemes', hook(', schemes = []')),
  refused('out_of_range', 'rules of version 1', mitm('version = 1')),
  refused('refused_key', 'rules with an unknown key', mitm('zzz = 1')),
  refused('refused_key', 'rule with an unknown key', hook(', zzz = 1')),
  refused('empty_list', 'rule without an action', hook('').replace('["y"]', '[]')),
  useless('mitm', 'rule with no methods', hook('').replace('["GET"]', '[]')),
  useless('mitm', 'rule that matches a body', hook(', body = "x"')),
  useless('mitm', 'rule for every host', hook('').replace('host = "x"', 'host = "*"')),
  refused(
    'mitm',
    'rule with no methods in the profile people start with',
    hook('')
      .replace('["GET"]', '[]')
      .replace('":workspace"', '"acme"')
      .replace('{ ":workspace"', '{ acme'),
  ),
  refused('missing_key', 'rule without methods', hook('').replace('methods = ["GET"], ', '')),
  refused(
    'mitm',
    'action that does nothing',
    mitm('actions = { y = { strip_request_headers = [] } }'),
  ),
  warned(
    'not_simulated',
    'action that takes a header away',
    mitm('actions = { y = { strip_request_headers = ["a"] } }'),
  ),
  refused(
    'mitm',
    'secret without a source',
    mitm(
      'version = 2, actions = { y = { body_secret_substitution = { replacements = [{ placeholder = "p", secret = {} }] } } }',
    ),
  ),
]
