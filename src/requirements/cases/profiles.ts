import { accepted, refused, useless, warned, type CheckCase } from './case.ts'

// Each was put to the client 0.169.0 as a delivered policy.

export const PROFILE_CASES: readonly CheckCase[] = [
  accepted(
    'built-in profiles',
    `[allowed_permission_profiles]
":workspace" = true
":read-only" = true
`,
  ),
  accepted(
    'own profile',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p]
extends = ":workspace"
[permissions.p.filesystem]
glob_scan_max_depth = 3
"/opt/cache" = "write"
":workspace_roots" = { "**/*.env" = "deny", "." = "write" }
`,
  ),
  accepted(
    'profile beside built-ins',
    `[allowed_permission_profiles]
":workspace" = true
":read-only" = true
[permissions.p]
extends = ":workspace"
`,
  ),
  refused(
    'default_profile_missing',
    'profile without default',
    `[permissions.p]
extends = ":workspace"
`,
  ),
  refused(
    'default_profile_missing',
    'list without default',
    `[allowed_permission_profiles]
":read-only" = true
`,
  ),
  refused('default_profile_missing', 'empty list', '[allowed_permission_profiles]\n'),
  refused(
    'default_profile_without_list',
    'default without list',
    `default_permissions = ":workspace"
`,
  ),
  refused(
    'default_profile_not_allowed',
    'default not allowed',
    `default_permissions = "p"
[allowed_permission_profiles]
":read-only" = true
[permissions.p]
extends = ":workspace"
`,
  ),
  refused(
    'profile_undefined',
    'unknown profile',
    `[allowed_permission_profiles]
":workspace" = true
":read-only" = true
nope = true
`,
  ),
  refused(
    'profile_undefined',
    'unknown profile, denied',
    `[allowed_permission_profiles]
":workspace" = true
":read-only" = true
nope = false
`,
  ),
  warned(
    'full_access_allowed',
    'full access profile',
    `default_permissions = ":danger-full-access"
[allowed_permission_profiles]
":danger-full-access" = true
`,
  ),
  refused(
    'profile_name',
    'name with colon',
    `default_permissions = ":workspace"
[allowed_permission_profiles]
":workspace" = true
":read-only" = true
[permissions.":p"]
extends = ":workspace"
`,
  ),
  refused(
    'profile_parent',
    'default extends full access',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p]
extends = ":danger-full-access"
`,
  ),
  useless(
    'profile_parent',
    'other extends full access',
    `default_permissions = ":workspace"
[allowed_permission_profiles]
":workspace" = true
":read-only" = true
[permissions.p]
extends = ":danger-full-access"
`,
  ),
  refused(
    'profile_parent',
    'default extends unknown',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p]
extends = "q"
`,
  ),
  useless(
    'profile_parent',
    'other extends unknown',
    `default_permissions = ":workspace"
[allowed_permission_profiles]
":workspace" = true
":read-only" = true
[permissions.p]
extends = "q"
`,
  ),
  refused(
    'profile_parent',
    'default extends unknown built-in',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p]
extends = ":bogus"
`,
  ),
  useless(
    'profile_parent',
    'other extends unknown built-in',
    `default_permissions = ":workspace"
[allowed_permission_profiles]
":workspace" = true
":read-only" = true
[permissions.p]
extends = ":bogus"
`,
  ),
  refused(
    'profile_cycle',
    'default in a circle',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p]
extends = "q"
[permissions.q]
extends = "p"
`,
  ),
  useless(
    'profile_cycle',
    'other in a circle',
    `default_permissions = ":workspace"
[allowed_permission_profiles]
":workspace" = true
":read-only" = true
[permissions.p]
extends = "p"
`,
  ),
  refused(
    'profile_path',
    'relative path',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p.filesystem]
rel = "read"
`,
  ),
  refused(
    'profile_path',
    'depth 0',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p.filesystem]
glob_scan_max_depth = 0
`,
  ),
  refused(
    'profile_path',
    'pattern that reads',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p.filesystem]
"/a/*.x" = "read"
`,
  ),
  refused(
    'profile_path',
    'the whole disk as a pattern',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p.filesystem]
"/**" = "read"
`,
  ),
  useless(
    'pattern_without_folder',
    'denied pattern without a folder',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p]
extends = ":workspace"
[permissions.p.filesystem]
"/**/*.env" = "deny"
`,
  ),
  refused(
    'profile_path',
    'rules inside :tmpdir',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p.filesystem]
":tmpdir" = { x = "read" }
`,
  ),
  refused(
    'profile_path',
    'way out',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p.filesystem]
":workspace_roots" = { "../x" = "deny" }
`,
  ),
  refused(
    'profile_path',
    'absolute inside',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p.filesystem]
":workspace_roots" = { "/x" = "deny" }
`,
  ),
  refused(
    'profile_path',
    'pattern inside that writes',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p.filesystem]
":workspace_roots" = { "**/*.x" = "write" }
`,
  ),
  refused(
    'profile_path',
    'in a parent',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p]
extends = "q"
[permissions.q.filesystem]
rel = "read"
`,
  ),
  useless(
    'profile_path',
    'in another profile',
    `default_permissions = ":workspace"
[allowed_permission_profiles]
":workspace" = true
":read-only" = true
[permissions.p.filesystem]
rel = "read"
`,
  ),
  warned(
    'profile_path_unknown',
    'unknown place',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p.filesystem]
":cwd" = "read"
`,
  ),
  refused(
    'wrong_type',
    'access of a wrong type',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p.filesystem]
"/a" = 1
`,
  ),
  refused(
    'unknown_value',
    'unknown access',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p.filesystem]
"/a" = "rw"
`,
  ),
  refused(
    'domain_wildcard',
    'profile denies all',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p.network]
enabled = true
domains = { "*" = "deny" }
`,
  ),
  accepted(
    'profile allows all',
    `default_permissions = "p"
[allowed_permission_profiles]
p = true
[permissions.p.network]
enabled = true
domains = { "*" = "allow" }
`,
  ),
]
