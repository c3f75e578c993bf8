import {
  either,
  filled,
  flag,
  key,
  list,
  oneOf,
  table,
  text,
  words,
  type Choice,
  type Key,
  type Shape,
} from './shape.ts'

// Approvals, sandbox, models and instructions: the keys most policies consist of. Every type and
// value here was put to the client 0.169, well and badly formed.

/** An old name, wherever an approval policy is chosen. */
export const onFailure: Choice = {
  value: 'on-failure',
  about: 'Old name; read as `on-request`.',
  caution: {
    code: 'deprecated_value',
    message: '`on-failure` is deprecated.',
    effect: 'Codex 0.169 reads it as `on-request`.',
    remedy: 'Write `on-request`.',
    instead: 'on-request',
  },
}

/** An approval policy that says for each kind of question whether it is asked. */
export const granular: Shape = {
  kind: 'variant',
  variants: {
    granular: table(
      key('sandbox_approval', flag, 'Ask before leaving the sandbox.', { required: true }),
      key('rules', flag, 'Ask where a command rule says so.', { required: true }),
      key('mcp_elicitations', flag, 'Let MCP servers ask.', { required: true }),
      key('skill_approval', flag, 'Ask before a skill runs a script.'),
      key('request_permissions', flag, 'Let the agent ask for more permissions.'),
    ),
  },
}

const approvalPolicies = either(
  oneOf(
    { value: 'on-request', about: 'The agent asks when it wants to leave the sandbox.' },
    {
      value: 'never',
      about: 'The agent never asks.',
      caution: {
        code: 'never_allowed',
        message: 'This allows people to switch approvals off.',
        effect:
          'Somebody who chooses `never` is not asked about anything the sandbox lets through.',
        remedy: 'Keep it only where runs are unattended and the sandbox alone is enough.',
      },
    },
    {
      value: 'untrusted',
      about: 'Asks before everything that is not a known harmless command.',
      caution: {
        code: 'retired_value',
        message: '`untrusted` is retired.',
        effect: 'Codex 0.169 still takes it; newer clients no longer offer it.',
        remedy: 'Use `on-request`, and command rules for what must always be asked.',
        instead: 'on-request',
      },
    },
    onFailure,
  ),
  granular,
)

const sandboxModes = list(
  oneOf(
    { value: 'read-only', about: 'Reads anywhere, writes nowhere. Must always be allowed.' },
    { value: 'workspace-write', about: 'Writes inside the workspace.' },
    {
      value: 'danger-full-access',
      about: 'No sandbox.',
      caution: {
        code: 'full_access_allowed',
        message: 'This allows people to work without any sandbox.',
        effect: 'Somebody who chooses it lets the agent do whatever their own account can do.',
        remedy: 'Take it out, or keep it to machines that are sandboxes themselves.',
      },
    },
    { value: 'external-sandbox', about: 'Only for programs that bring their own sandbox.' },
  ),
)

export const LIMITS: readonly Key[] = [
  key(
    'allowed_approval_policies',
    filled(approvalPolicies),
    'The approval policies people may choose; the first is used when theirs is not allowed.',
    { since: '2025-12' },
  ),
  key(
    'allowed_approvals_reviewers',
    filled(
      oneOf('user', 'auto_review', {
        value: 'guardian_subagent',
        about: 'Old name of auto_review.',
        caution: {
          code: 'deprecated_value',
          message: '`guardian_subagent` is the old name of `auto_review`.',
          effect: 'Codex 0.169 reads it as `auto_review`.',
          remedy: 'Write `auto_review`.',
          instead: 'auto_review',
        },
      }),
    ),
    'Who may review approvals; `["auto_review"]` alone makes automatic review the only one.',
    { since: '2026-04' },
  ),
  key(
    'allowed_sandbox_modes',
    sandboxModes,
    'The sandbox modes people may choose. Must contain `read-only`.',
    { since: '2025-12' },
  ),
  key(
    'remote_sandbox_config',
    list(
      table(
        key(
          'hostname_patterns',
          list(text),
          'Host names, with `*` for any run and `?` for one character.',
          { required: true },
        ),
        key('allowed_sandbox_modes', sandboxModes, 'The sandbox modes allowed on those hosts.', {
          required: true,
        }),
      ),
    ),
    'Other sandbox modes for machines whose host name matches. Not proof of which machine it is.',
    { since: '2026-04' },
  ),
  key(
    'allowed_web_search_modes',
    list(oneOf('disabled', 'cached', 'indexed', 'live')),
    'The web search modes people may choose; `disabled` is always among them.',
    { since: '2026-01' },
  ),
  key('enforce_residency', oneOf('us'), 'Where service traffic must stay.', { since: '2026-02' }),
  key('guardian_policy_config', text, 'The text of your own policy for automatic review.', {
    since: '2026-03',
  }),
  key('guardian_extra_policy', text, 'Rules added to the automatic review policy.'),
  key(
    'auto_review',
    table(
      key('required_on_models', list(text), 'Models on which automatic review is required.'),
      key('ignore_rules', list(text), 'Command rules that automatic review leaves out.'),
    ),
    'Where automatic review applies.',
  ),
  key(
    'additional_developer_instructions',
    text,
    'Instructions given to the agent in every session.',
  ),
  key(
    'models',
    table(
      key(
        'new_thread',
        table(
          key('model', text, 'The model a new thread starts with.'),
          key('model_reasoning_effort', words, 'The reasoning effort a new thread starts with.'),
          key('service_tier', text, 'The service tier a new thread starts with.'),
        ),
        'What new threads start with.',
        {
          since: '2026-07',
          caution: {
            code: 'only_a_default',
            message: '`models.new_thread` is a starting value, not a limit.',
            effect: 'People can still choose another model or effort.',
            remedy: 'To bind people to one provider, set `model_provider`.',
          },
        },
      ),
    ),
    'Models.',
    { since: '2026-07' },
  ),
  key(
    'model_provider',
    text,
    'The one model provider that must be used, built in or defined under `model_providers`.',
  ),
  key('check_for_update_on_startup', flag, 'Whether the client looks for updates.'),
  key('allow_login_shell', flag, 'Whether commands may run in a login shell.'),
  key('log_dir', text, 'Where the client keeps its logs.'),
  key('sqlite_home', text, 'Where the client keeps its database.'),
  key('unsafe_enforce_sqlite_journal_mode', flag, 'Keeps the database in one journal mode.'),
  key('model_catalog_json', text, 'A file on the machine that lists the models to offer.', {
    caution: {
      code: 'file_must_exist',
      message: 'This file must exist on every machine.',
      effect: 'Codex 0.169 refuses to start on a machine where it cannot read the file.',
      remedy: 'Put the file on the machines before you publish.',
    },
  }),
  key('allow_managed_hooks_only', flag, 'Skips all hooks but those of this policy.', {
    since: '2026-05',
  }),
]
