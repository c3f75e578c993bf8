import {
  anything,
  filled,
  flag,
  key,
  list,
  map,
  oneOf,
  strict,
  table,
  text,
  whole,
  type Key,
  type Shape,
} from './shape.ts'

const allowDeny = oneOf('allow', 'deny')

const origin = table(
  key('access', allowDeny, 'Whether the agent may open it.'),
  key('access_approval_lifetime', oneOf('turn', 'thread'), 'How long an approval lasts.'),
  key('auto_review', allowDeny, 'Whether automatic review may approve.'),
  key('downloads', allowDeny, 'Downloads.'),
  key('uploads', allowDeny, 'Uploads.'),
  key('full_cdp_access', allowDeny, 'Full control over the browser.'),
  key('persistent_approval', flag, 'Whether approvals may be kept.'),
)

const exporterTls = table(
  key('ca-certificate', text, 'The authority to trust.'),
  key('client-certificate', text, 'The certificate of the client.'),
  key('client-private-key', text, 'Its key.'),
)

const exporter: Shape = {
  kind: 'either',
  options: [
    oneOf('none', 'statsig'),
    {
      kind: 'variant',
      variants: {
        'otlp-http': table(
          key('endpoint', text, 'Where telemetry goes.', { required: true }),
          key('protocol', oneOf('binary', 'json'), 'Protobuf or JSON.', { required: true }),
          key('headers', map(text), 'Headers of every request.'),
          key('tls', exporterTls, 'Certificates.'),
        ),
        'otlp-grpc': table(
          key('endpoint', text, 'Where telemetry goes.', { required: true }),
          key('headers', map(text), 'Headers of every request.'),
          key('tls', exporterTls, 'Certificates.'),
        ),
      },
    },
  ],
}

export const SURFACES: readonly Key[] = [
  key('allow_browser_and_computer_use', flag, '`false` switches browser and computer use off.'),
  key('allow_appshots', flag, '`false` switches Appshots off.', { since: '2026-07' }),
  key('allow_remote_control', flag, '`false` switches remote control of the device off.', {
    since: '2026-07',
  }),
  key(
    'windows',
    table(
      key(
        'allowed_sandbox_implementations',
        filled(oneOf('elevated', 'unelevated')),
        'The Windows sandboxes people may choose.',
      ),
      key('require_mxc', flag, 'Requires the MXC sandbox.'),
      key('allow_mxc', flag, '`false` switches the MXC sandbox off.'),
    ),
    'Windows.',
    { since: '2026-07' },
  ),
  key(
    'computer_use',
    table(
      key(
        'allow_locked_computer_use',
        flag,
        '`false` stops computer use while a managed Mac is locked.',
      ),
      key('allow_persistent_approval', flag, 'Whether approvals may be kept.'),
      key('default_app_access', allowDeny, 'Apps that are not listed.'),
      key(
        'macos',
        table(key('bundle_ids', map(allowDeny), 'Apps by bundle id.')),
        'Apps on macOS.',
      ),
      key(
        'windows',
        table(
          key('aumids', map(allowDeny), 'Apps by user model id.'),
          key(
            'exes',
            list(
              table(
                key('publisher_name', text, 'Publisher.', { required: true }),
                key('product_name', text, 'Product.', { required: true }),
                key('binary_name', text, 'Program.'),
                key('access', allowDeny, 'Whether it may be used.', { required: true }),
              ),
            ),
            'Apps by publisher and product.',
          ),
        ),
        'Apps on Windows.',
      ),
    ),
    'What computer use may touch.',
    { since: '2026-05' },
  ),
  key(
    'browser_use',
    table(
      key(
        'allow_global_persistent_approval',
        flag,
        'Whether an approval may be kept for all sites.',
      ),
      key('allow_history_access', flag, 'Whether the agent may read the history.'),
      key('allow_webmcp', flag, 'Whether sites may offer tools.'),
      key('disable_auto_review', flag, 'Switches automatic review off.'),
      key('default_origin_policy', origin, 'Sites that are not listed.'),
      key('origins', map(origin), 'Single sites.'),
      key(
        'extension',
        table(
          key(
            'request_headers',
            list(
              strict(
                key('name', text, 'Name.', { required: true }),
                key('value', text, 'Value.', { required: true }),
              ),
            ),
            'Headers the extension adds.',
          ),
        ),
        'The browser extension.',
      ),
    ),
    'What browser use may touch.',
  ),
  key(
    'in_app_browser',
    table(
      key(
        'allow_external_browser_settings_import',
        flag,
        'Whether settings of other browsers may be taken over.',
      ),
    ),
    'The built-in browser.',
  ),
  key(
    'application',
    strict(
      key(
        'network',
        strict(
          key('enabled', flag, 'Only domains listed as allowed may be contacted.'),
          key('domains', map(allowDeny), 'Exact domain names.'),
        ),
        'What the desktop app may contact.',
      ),
      key(
        'storage',
        strict(
          key('default_project_parent', text, 'Where new projects go; absolute.'),
          key('projectless_workspace_root', text, 'Where work without a project goes; absolute.'),
        ),
        'Where the desktop app keeps work.',
      ),
    ),
    'The desktop app.',
  ),
  key(
    'feedback',
    table(key('enabled', flag, 'Whether people may send feedback.')),
    'Feedback to the vendor.',
  ),
  key(
    'otel',
    strict(
      key('environment', text, 'Name of the environment.'),
      key('exporter', exporter, 'Where logs go.'),
      key('trace_exporter', exporter, 'Where traces go.'),
      key('metrics_exporter', exporter, 'Where metrics go.'),
      key('log_user_prompt', flag, 'Send what people type.'),
      key('log_sse_deltas', flag, 'Send every piece of a stream.', { since: '0.169.0' }),
      key('log_agent_responses', flag, 'Send what the agent answers.'),
      key('log_guardian_assessments', flag, 'Send what automatic review decided.'),
      key('span_attributes', map(text), 'Added to every span.'),
      key('tracestate', map(map(text)), 'Added to the trace state.'),
      key(
        'tool_result',
        table(key('max_bytes', whole(), 'How much of a result is sent.')),
        'Results of tools.',
      ),
    ),
    'Telemetry.',
  ),
]

const localCaution = {
  code: 'local_only',
  message: 'This key only works in the file on the machine.',
  effect: 'Codex 0.169 drops it from a delivered policy without a word.',
  remedy: 'Write it into the requirements.toml on the machines, and take it out here.',
} as const

const local = (name: string, about: string): Key =>
  key(name, anything, about, { delivered: 'local-only', caution: localCaution })

/** Keys that decide how the policy is fetched; they cannot themselves be fetched. */
export const LOCAL: readonly Key[] = [
  local('chatgpt_base_url', 'The service the client talks to.'),
  local('allowed_login_methods', 'How people may sign in: `chatgpt`, `api`.'),
  local('allowed_chatgpt_workspaces', 'Which workspaces people may sign in to.'),
  local(
    'cli_auth_credentials_store',
    'Where sign-ins are kept: `file`, `keyring`, `auto`, `ephemeral`.',
  ),
  key('config_server', anything, 'Where the client fetches its policy.', { delivered: 'refused' }),
]
