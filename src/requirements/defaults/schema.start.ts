import {
  anything,
  either,
  flag,
  key,
  list,
  map,
  oneOf,
  table,
  text,
  whole,
  words,
  type Key,
} from '../shape.ts'
import { granular, onFailure } from '../schema.limits.ts'
import { ofPolicy } from './schema.shared.ts'

// What a session starts with: model, approvals, sandbox, instructions. Every type and value of this folder was put to
// the client 0.169, well and badly formed, as a delivered config.toml.

const effort = 'How hard the model thinks: `low`, `medium`, `high` … as the model offers.'
const permissions = ofPolicy('permissions')
const permissionProfile =
  permissions.kind === 'table' && permissions.rest ? permissions.rest : anything

const anyWhole = whole(Number.MIN_SAFE_INTEGER)

export const approval = either(
  oneOf(
    { value: 'on-request', about: 'The agent asks when it wants to leave the sandbox.' },
    { value: 'never', about: 'The agent never asks.' },
    onFailure,
    { value: 'untrusted', about: 'No longer supported.' },
  ),
  granular,
)

export const reviewer = oneOf('user', 'auto_review', {
  value: 'guardian_subagent',
  about: 'Old name of auto_review.',
})

export const sandbox = oneOf(
  { value: 'read-only', about: 'Reads anywhere, writes nowhere.' },
  { value: 'workspace-write', about: 'Writes inside the workspace.' },
  {
    value: 'danger-full-access',
    about: 'No sandbox.',
    caution: {
      code: 'dangerous',
      message: 'People start without any sandbox.',
      effect:
        'The agent can do whatever their own account can do, unless the requirements forbid it.',
      remedy: 'Keep it to machines that are sandboxes themselves.',
    },
  },
)

const fileOnMachine = {
  code: 'file_must_exist',
  message: 'This file must exist on every machine.',
  effect: 'Codex 0.169 refuses to start on a machine where it cannot read the file.',
  remedy: 'Put the file on the machines before you publish; write its absolute path.',
} as const

export const START: readonly Key[] = [
  key('model', text, 'The model people start with.'),
  key('review_model', text, 'The model of `/review`.'),
  key('model_provider', text, 'The provider: built in, or defined under `model_providers`.'),
  key('model_reasoning_effort', text, effort),
  key('plan_mode_reasoning_effort', text, `${effort} In plan mode.`),
  key(
    'model_reasoning_summary',
    oneOf('auto', 'concise', 'detailed', 'none'),
    'How the model sums up what it thought.',
  ),
  key('model_verbosity', oneOf('low', 'medium', 'high'), 'How long answers are.'),
  key('service_tier', text, 'The service tier, where the model offers several.'),
  key('personality', oneOf('none', 'friendly', 'pragmatic'), 'The tone of the agent.'),
  key('model_context_window', anyWhole, 'Tokens of context, where the client does not know it.'),
  key('model_auto_compact_token_limit', anyWhole, 'Tokens from which a session is condensed.'),
  key(
    'model_auto_compact_token_limit_scope',
    oneOf('total', 'body_after_prefix'),
    'What counts towards that limit.',
  ),
  key(
    'model_post_turn_compact_threshold_percent',
    whole(0, 100),
    'How full the context is, in percent, when a session is condensed after a turn.',
  ),
  key('tool_output_token_limit', whole(), 'Tokens of one tool result that are kept.'),
  key('oss_provider', text, 'The local provider of `--oss`.'),
  key('model_providers', ofPolicy('model_providers'), 'Providers that `model_provider` can name.'),
  key('model_catalog_json', words, 'A file on the machine that lists the models to offer.', {
    caution: fileOnMachine,
  }),
  key('approval_policy', approval, 'When the agent asks.'),
  key('approvals_reviewer', reviewer, 'Who is asked.'),
  key('sandbox_mode', sandbox, 'The sandbox people start in.'),
  key(
    'sandbox_workspace_write',
    table(
      key('writable_roots', list(text), 'Further folders that may be written to.'),
      key('network_access', flag, 'Whether commands reach the network.'),
      key('exclude_tmpdir_env_var', flag, 'Keeps `$TMPDIR` read-only.'),
      key('exclude_slash_tmp', flag, 'Keeps `/tmp` read-only.'),
    ),
    'What `workspace-write` lets through.',
  ),
  key('default_permissions', text, 'The permission profile people start with.'),
  key('permissions', map(permissionProfile), 'Permission profiles of your own.'),
  key(
    'auto_review',
    table(
      key('policy', text, 'Added to the policy of automatic review.'),
      key('timeout_ms', whole(0, 4_294_967_295), 'Milliseconds a review may take.'),
      key('circuit_break_action', oneOf('default', 'strict'), 'What happens when reviews fail.'),
      key('experimental_conversation_history_prompt', text, 'How history is introduced.'),
      key('conversation_history_max_output_tokens', whole(1), 'Tokens of history it may read.'),
    ),
    'Automatic review.',
  ),
  key('instructions', text, 'Instructions of the system.'),
  key('developer_instructions', text, 'Instructions in every session; people may replace them.'),
  key('compact_prompt', text, 'The prompt that condenses a session.'),
  key('model_instructions_file', words, 'A file that replaces the instructions of the model.', {
    caution: fileOnMachine,
  }),
  key('experimental_compact_prompt_file', words, 'A file with the prompt that condenses.', {
    caution: fileOnMachine,
  }),
  key('include_permissions_instructions', flag, 'Tell the model what it may do.'),
  key('include_apps_instructions', flag, 'Tell the model about apps.'),
  key('include_collaboration_mode_instructions', flag, 'Tell the model about modes of working.'),
  key('include_environment_context', flag, 'Tell the model where it runs.'),
  key('include_environment_context_time', flag, 'Tell the model the time.'),
  key('project_doc_max_bytes', whole(), 'How much of AGENTS.md is read.'),
  key('project_doc_fallback_filenames', list(text), 'Files to read where AGENTS.md is missing.'),
  key('project_root_markers', list(text), 'What marks the root of a project.'),
  key(
    'agents',
    {
      kind: 'table',
      unknown: 'ignored',
      rest: table(
        key('description', text, 'What the role is for.'),
        key('config_file', text, 'A file with settings of the role.'),
        key('nickname_candidates', list(text), 'Names for agents of that role.'),
      ),
      keys: [
        key('enabled', flag, 'Whether there are sub-agents.'),
        key('max_concurrent_threads_per_session', whole(1), 'Sub-agents at once; at least 1.'),
        key('max_threads', whole(1), 'Old name of the same.'),
        key('max_depth', whole(-2_147_483_648, 2_147_483_647), 'How deep sub-agents nest.'),
        key('default_subagent_model', text, 'The model of sub-agents.'),
        key('default_subagent_reasoning_effort', text, 'Their reasoning effort.'),
        key('job_max_runtime_seconds', whole(), 'Seconds a job may run.'),
        key('interrupt_message', flag, 'Leave a note for the model after an interruption.'),
      ],
    },
    'Sub-agents and their roles.',
  ),
  key('web_search', oneOf('disabled', 'cached', 'indexed', 'live'), 'The web search mode.'),
  key(
    'tools',
    table(
      key('client_search_provider', oneOf('standalone', 'search_mcp'), 'Who searches the web.'),
      key(
        'web_search',
        either(
          flag,
          table(
            key('context_size', oneOf('low', 'medium', 'high'), 'How much of a page is read.'),
            key('allowed_domains', list(text), 'Domains to search.'),
            key(
              'location',
              table(
                key('country', text, 'Country.'),
                key('region', text, 'Region.'),
                key('city', text, 'City.'),
                key('timezone', text, 'Time zone.'),
              ),
              'Where searches come from.',
            ),
          ),
        ),
        'How the web is searched.',
      ),
      key(
        'experimental_request_user_input',
        table(key('enabled', flag, 'Whether the agent may ask questions.')),
        'Questions of the agent.',
      ),
    ),
    'Tools of the agent.',
  ),
  key('allow_login_shell', flag, 'Whether commands may run in a login shell.'),
  key(
    'shell_environment_policy',
    table(
      key('inherit', oneOf('core', 'all', 'none'), 'Which variables commands start from.'),
      key('ignore_default_excludes', flag, 'Keep names like *KEY*, *SECRET*, *TOKEN*.'),
      key('exclude', list(text), 'Patterns of variables to take away.'),
      key('include_only', list(text), 'Patterns of the only variables to keep.'),
      key(
        'filters',
        map(oneOf('include', 'exclude')),
        'Patterns, each with what to do; instead of the two lists.',
      ),
      key('set', map(text), 'Variables to set.'),
      key('experimental_use_profile', flag, 'Read the profile of the shell.'),
    ),
    'The environment of commands.',
  ),
  key(
    'background_terminal_max_timeout',
    whole(),
    'Milliseconds a background terminal is waited for.',
  ),
  key('goals', table(key('max_goal_token_budget', whole(1), 'Tokens one goal may use.')), 'Goals.'),
]
