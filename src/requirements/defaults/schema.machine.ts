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
  type Key,
  type Shape,
} from '../shape.ts'
import { ofPolicy } from './schema.shared.ts'

// Sign-in, folders, telemetry, projects: what is set for a machine or an account rather than for a session.

const anyWhole = whole(Number.MIN_SAFE_INTEGER)
const allowDeny = oneOf('allow', 'deny')
const exactPort = whole(1, 65_535)

const site = table(
  key('access', allowDeny, 'Whether the agent may open it.'),
  key('downloads', allowDeny, 'Downloads.'),
  key('uploads', allowDeny, 'Uploads.'),
  key('full_cdp_access', allowDeny, 'Full control over the browser.'),
)

const realtime = table(
  key('version', oneOf('v1', 'v2', 'v3'), 'Version of the protocol.'),
  key('type', oneOf('conversational', 'transcription'), 'What is heard for.'),
  key('transport', oneOf('webrtc', 'websocket'), 'How sound travels.'),
  key(
    'voice',
    oneOf(
      ...`alloy arbor ash aube ballad breeze bubbie cedar coral cove echo ember haetsal hanul himari juniper leher maple
      marin miko neer porto rindo rio rivage sage selva shimmer sol sonna spruce tinta vale verse viola`.split(
        /\s+/,
      ),
    ),
    'The voice.',
  ),
)

const ofOtel = ofPolicy('otel')
// Here, unlike in the requirements, a key it does not know is skipped (measured).
const otel: Shape = ofOtel.kind === 'table' ? { ...ofOtel, unknown: 'ignored' } : ofOtel

export const MACHINE: readonly Key[] = [
  key('forced_login_method', oneOf('chatgpt', 'api'), 'The only way to sign in.', {
    caution: {
      code: 'only_a_default',
      message: 'People can override this.',
      effect:
        'Codex 0.169 follows it, and signs out who is signed in otherwise, unless their own configuration says something else.',
      remedy:
        'To bind people, write allowed_login_methods into the requirements.toml on the machines.',
    },
  }),
  key(
    'forced_chatgpt_workspace_id',
    either(text, list(text)),
    'The only workspaces to sign in to.',
    {
      caution: {
        code: 'only_a_default',
        message: 'People can override this.',
        effect: 'Codex 0.169 follows it unless their own configuration says something else.',
        remedy:
          'To bind people, write allowed_chatgpt_workspaces into the requirements.toml on the machines.',
      },
    },
  ),
  key(
    'cli_auth_credentials_store',
    oneOf('file', 'keyring', 'auto', 'ephemeral'),
    'Where sign-ins are kept.',
  ),
  key('chatgpt_base_url', text, 'The service the client talks to.'),
  key('openai_base_url', text, 'Where the built-in provider is.'),
  key('log_dir', text, 'Where the client keeps its logs.'),
  key('sqlite_home', text, 'Where the client keeps its database.'),
  key('allow_symlinked_codex_home', flag, 'Whether its folder may be a link.'),
  key('check_for_update_on_startup', flag, 'Whether the client looks for updates.'),
  key(
    'history',
    table(
      key('persistence', oneOf('save-all', 'none'), 'Whether prompts are kept.'),
      key('max_bytes', whole(), 'How much is kept.'),
    ),
    'The history of prompts.',
  ),
  key(
    'memories',
    table(
      key('version', oneOf('v1', 'v2'), 'Which memories.'),
      key('dual_write', flag, 'Write both versions.'),
      key('generate_memories', flag, 'Make memories of sessions.'),
      key('use_memories', flag, 'Use them.'),
      key('dedicated_tools', flag, 'Tools of their own.'),
      key('disable_on_external_context', flag, 'Not where something from outside was read.'),
      key('no_memories_if_mcp_or_web_search', flag, 'Old name of the same.'),
      key('max_raw_memories_for_consolidation', whole(), 'How many are put together.'),
      key('max_rollouts_per_startup', whole(), 'How many sessions are read at a start.'),
      key('max_unused_days', anyWhole, 'Days until an unused one goes.'),
      key('max_rollout_age_days', anyWhole, 'How old sessions may be.'),
      key('min_rollout_idle_hours', anyWhole, 'Hours a session must have rested.'),
      key('min_rate_limit_remaining_percent', anyWhole, 'What must be left of the limit.'),
      key('extract_model', text, 'The model that makes them.'),
      key('consolidation_model', text, 'The model that puts them together.'),
      key('consolidation_service_tier', text, 'Its service tier.'),
    ),
    'Memories.',
  ),
  key(
    'projects',
    map(table(key('trust_level', oneOf('trusted', 'untrusted'), 'Whether it is trusted.'))),
    'Projects, by folder. Trusting one lets its own configuration, hooks and rules in, for everybody.',
  ),
  key('analytics', table(key('enabled', flag, 'On or off.')), 'Usage numbers for the vendor.'),
  key('feedback', table(key('enabled', flag, 'On or off.')), 'Feedback to the vendor.'),
  key('otel', otel, 'Telemetry.'),
  key(
    'windows',
    table(
      key('sandbox', oneOf('elevated', 'unelevated', 'mxc'), 'Which sandbox.'),
      key('allow_mxc', flag, '`false` rules the MXC sandbox out.'),
    ),
    'Windows.',
  ),
  key(
    'browser_use',
    table(
      key('allow_history_access', flag, 'Whether the agent may read the history.'),
      key('default_origin_policy', site, 'Sites that are not listed.'),
      key('origins', map(site), 'Single sites.'),
    ),
    'What browser use may touch.',
  ),
  key(
    'computer_use',
    table(
      key('default_app_access', allowDeny, 'Apps that are not listed.'),
      key('macos', table(key('bundle_ids', map(allowDeny), 'Apps by bundle id.')), 'macOS.'),
      key(
        'windows',
        table(
          key('aumids', map(allowDeny), 'Apps by user model id.'),
          key(
            'exes',
            ofPolicy('computer_use', 'windows', 'exes'),
            'Apps by publisher and product.',
          ),
        ),
        'Windows.',
      ),
    ),
    'What computer use may touch.',
  ),
  key(
    'audio',
    table(
      key('microphone', text, 'The microphone.'),
      key('microphone_channel', either(exactPort, list(exactPort)), 'Its channels.'),
      key('speaker', text, 'The speaker.'),
    ),
    'Devices for speech.',
  ),
  key('realtime', realtime, 'Speech.'),
  key('experimental_realtime_ws_base_url', text, 'Speech: the service.'),
  key('experimental_realtime_webrtc_call_base_url', text, 'Speech: the service for calls.'),
  key('experimental_realtime_ws_model', text, 'Speech: the model.'),
  key('experimental_realtime_ws_backend_prompt', text, 'Speech: instructions.'),
  key('experimental_realtime_ws_startup_context', text, 'Speech: what is known at the start.'),
  key('experimental_realtime_start_instructions', text, 'Speech: instructions at the start.'),
  key('responses_api_metadata', map(text), 'Sent to the model service with every request.'),
  key('thread_unload_delay_secs', whole(), 'Seconds until a session that rests is put away.'),
  key('daybreak', flag, 'A programme of the vendor.'),
  key('js_repl_node_path', text, 'The Node for `js_repl`.'),
  key('js_repl_node_module_dirs', list(text), 'Where `js_repl` finds modules.'),
  key(
    'ghost_snapshot',
    table(
      key('ignore_large_untracked_files', anyWhole, 'Bytes from which a file is left out.'),
      key('ignore_large_untracked_dirs', anyWhole, 'Files from which a folder is left out.'),
      key('disable_warnings', flag, 'Say nothing about them.'),
    ),
    'Snapshots for undo.',
  ),
  key(
    'experimental_thread_store',
    {
      kind: 'tagged',
      tag: 'type',
      cases: { local: table(), in_memory: table(key('id', text, 'Its name.', { required: true })) },
    },
    'Where sessions are kept.',
  ),
  key('experimental_use_unified_exec_tool', flag, 'Old name of `features.unified_exec`.'),
  key('desktop', map(anything), 'Settings of the desktop app; the client hands them on.'),
  key('profile', anything, 'Profiles are chosen with `--profile` and kept in files.', {
    delivered: 'refused',
  }),
  key('experimental_thread_store_endpoint', anything, 'No longer supported.', {
    delivered: 'refused',
  }),
]
