/** A half-open stretch of the text, in UTF-16 offsets. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** One replacement of a stretch of the text, in UTF-16 offsets of the text as it was checked. */
export interface Edit {
  readonly from: number
  readonly to: number
  readonly insert: string
}

/** Edits that together remove a complaint; they never overlap and are in ascending order. */
export interface Fix {
  readonly title: string
  readonly edits: readonly Edit[]
}

/** Every code a complaint can have. Stable: they appear in the API and in stored results. */
export const COMPLAINT_CODES = [
  // the text itself
  'too_large',
  'too_deep',
  'too_complex',
  'syntax',
  'duplicate_key',
  'integer_range',
  // against the table of keys
  'wrong_type',
  'out_of_range',
  'unknown_value',
  'missing_key',
  'refused_key',
  'empty_list',
  'blank_value',
  // sandbox, approvals, models
  'read_only_missing',
  'model_slug',
  'provider_unknown',
  'provider_reserved',
  'provider_invalid',
  // command rules
  'rules_empty',
  'rule_pattern_empty',
  'rule_token',
  'rule_justification_blank',
  'rule_decision_missing',
  'rule_decision_allow',
  // network and file system
  'network_surfaces',
  'domains_with_lists',
  'sockets_with_list',
  'domain_wildcard',
  'application_domain',
  'path_relative',
  'path_invalid',
  'path_of_client',
  'pattern_without_folder',
  // servers, marketplaces, hooks
  'regex',
  'marketplace_field',
  'hook_type',
  'hook_input',
  'feature_incomplete',
  // defaults: config.toml
  'approval_retired',
  'server_transport',
  'key_binding',
  'variables_twice',
  'metadata_invalid',
  'mxc_excluded',
  // permission profiles
  'profile_name',
  'profile_undefined',
  'profile_parent',
  'profile_cycle',
  'profile_path',
  'mitm',
  'default_profile_missing',
  'default_profile_not_allowed',
  'default_profile_without_list',
  // warnings
  'unknown_key',
  'unknown_feature',
  'removed_feature',
  'local_only',
  'dangerous',
  'full_access_allowed',
  'never_allowed',
  'retired_value',
  'deprecated_value',
  'only_a_default',
  'against_requirements',
  'modes_and_profiles',
  'no_effect',
  'unquoted_text',
  'never_matches',
  'all_servers_disabled',
  'plugins_without_servers',
  'identity_ambiguous',
  'managed_only_without_allow',
  'network_without_allow',
  'domain_pattern',
  'file_must_exist',
  'windows_path',
  'hooks_no_directory',
  'hooks_relative_directory',
  'hook_outside_directory',
  'hooks_switched_off',
  'regex_not_simulated',
  'not_simulated',
  'profile_path_unknown',
  'pattern_wide',
] as const

export type ComplaintCode = (typeof COMPLAINT_CODES)[number]

export type Severity = 'error' | 'warning'

/** One thing that is wrong with a policy, where, and what to do. Lines and columns are 1-based. */
export interface Complaint {
  readonly code: ComplaintCode
  /** error: a client refuses to start (or to open a session), or the line cannot do what it says. */
  readonly severity: Severity
  readonly line: number
  readonly column: number
  readonly endLine: number
  /** Exclusive. */
  readonly endColumn: number
  /** Dotted path with list positions, like `rules.prefix_rules[0].decision`; '' for the whole text. */
  readonly key: string
  readonly message: string
  /** What the client does when the policy is published as it stands. */
  readonly effect: string
  /** What to do about it. */
  readonly remedy: string
  readonly fix?: Fix
}

/** The text after a fix. Edits are ascending and do not overlap. */
export function applyFix(text: string, fix: Fix): string {
  let out = ''
  let at = 0
  for (const edit of fix.edits) {
    out += text.slice(at, edit.from) + edit.insert
    at = edit.to
  }
  return out + text.slice(at)
}
