import { HOOK_EVENTS } from '../schema.commands.ts'
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
} from '../shape.ts'
import { reviewer } from './schema.start.ts'
import { ofPolicy } from './schema.shared.ts'

// MCP servers, plugins, apps, skills, hooks and features.

const asked = oneOf('auto', 'prompt', 'writes', 'approve')
const surfaces = list(oneOf('code_mode', 'deferred', 'direct'))
const toolModes = map(table(key('approval_mode', asked, 'When the tool is asked about.')))

/** Seconds may have a fraction; which numbers the client takes is looked at in `servers.ts`. */
const seconds = anything

const server = table(
  key('command', text, 'The program of a local server.'),
  key('args', list(text), 'Its arguments.'),
  key('env', map(text), 'Its environment.'),
  key(
    'env_vars',
    list(
      either(
        text,
        table(
          key('name', text, 'The variable.', { required: true }),
          key('source', oneOf('local', 'remote'), 'Where it is read.'),
        ),
      ),
    ),
    'Variables that are handed on to it.',
  ),
  key('cwd', text, 'Where it runs.'),
  key('url', text, 'The address of a remote server.'),
  key('bearer_token_env_var', text, 'The variable that holds its token.'),
  key('bearer_token', anything, 'Not supported: name a variable in bearer_token_env_var.', {
    delivered: 'refused',
  }),
  key('http_headers', map(text), 'Headers of every request.'),
  key('env_http_headers', map(text), 'Headers whose value comes from a variable.'),
  key('auth', oneOf('oauth', 'chatgpt', 'ema_auth'), 'How people sign in to it.'),
  key(
    'oauth',
    table(
      key('client_id', text, 'The client id.'),
      key('client_secret', text, 'The secret; everybody who gets the defaults can read it.'),
      key('callback_port', whole(0, 65_535), 'The local port a sign-in returns to.'),
    ),
    'Its sign-in.',
  ),
  key('oauth_resource', text, 'The resource tokens are asked for.'),
  key('scopes', list(text), 'The scopes tokens are asked for.'),
  key('enabled', flag, '`false` leaves it out.'),
  key('required', flag, 'Without it a session does not begin.'),
  key('name', text, 'A name for people.'),
  key('environment_id', text, 'The environment it runs in.'),
  key('startup_timeout_sec', seconds, 'Seconds it may take to start.'),
  key('startup_timeout_ms', whole(), 'The same in milliseconds.'),
  key('tool_timeout_sec', seconds, 'Seconds a tool may take.'),
  key('enabled_tools', list(text), 'The only tools to offer.'),
  key('disabled_tools', list(text), 'Tools to leave out.'),
  key('omit_tools_from', surfaces, 'Where its tools are not offered.'),
  key('default_tools_approval_mode', asked, 'When its tools are asked about.'),
  key('tools', toolModes, 'Settings of single tools.'),
  key('supports_parallel_tool_calls', flag, 'It takes several calls at once.'),
)

const app = table(
  key('enabled', flag, '`false` leaves the app out.'),
  key('approvals_reviewer', reviewer, 'Who is asked.'),
  key('destructive_enabled', flag, 'Offer tools that destroy.'),
  key('open_world_enabled', flag, 'Offer tools that reach out.'),
  key('default_tools_enabled', flag, 'Offer its tools.'),
  key('default_tools_approval_mode', asked, 'When its tools are asked about.'),
  key('omit_tools_from', surfaces, 'Where its tools are not offered.'),
  key(
    'tools',
    map(
      table(
        key('enabled', flag, '`false` leaves the tool out.'),
        key('approval_mode', asked, 'When the tool is asked about.'),
        key('omit_tools_from', surfaces, 'Where it is not offered.'),
      ),
    ),
    'Settings of single tools.',
  ),
  key('links', map(map(anything)), 'Links of the app.'),
)

const everyApp = table(
  ...app.keys.filter(({ name }) =>
    [
      'enabled',
      'approvals_reviewer',
      'destructive_enabled',
      'open_world_enabled',
      'default_tools_approval_mode',
    ].includes(name),
  ),
)

const toolOf = oneOf('connector', 'plugin')
const suggested = list(
  table(
    key('type', toolOf, 'What it is.', { required: true }),
    key('id', text, 'Which one.', { required: true }),
  ),
)

/** Measured on 0.169: these take a table of settings as well as a switch. */
const WITH_SETTINGS = `
  apps_mcp_path_override async_compaction code_mode code_mode_host context_management current_time_reminder guardianv2 guardianv3
  multi_agent_v2 network_proxy non_prefixed_mcp_tool_names rollout_budget runtime_agent_instances sleep_tool token_budget
`
  .trim()
  .split(/\s+/)

const ofHooks = ofPolicy('hooks')
const events = ofHooks.kind === 'table' ? ofHooks.keys : []

export const TOOLS: readonly Key[] = [
  key('mcp_servers', map(server), 'MCP servers that everybody has from the start.'),
  key(
    'mcp_oauth_credentials_store',
    oneOf('auto', 'file', 'keyring'),
    'Where their tokens are kept.',
  ),
  key('mcp_oauth_callback_port', whole(0, 65_535), 'The local port their sign-ins return to.'),
  key('mcp_oauth_callback_url', text, 'The address their sign-ins return to.'),
  key(
    'mcp_optional_startup_grace_ms',
    whole(),
    'Milliseconds the start waits for optional servers.',
  ),
  key(
    'mcp_enterprise_managed_auth',
    table(
      key(
        'idp',
        table(
          key('issuer', text, 'The identity provider.', { required: true }),
          key('client_id', text, 'The client id.', { required: true }),
          key('client_secret', text, 'The secret; everybody who gets the defaults can read it.'),
          key(
            'token_endpoint_auth_method',
            oneOf('client_secret_basic', 'client_secret_post'),
            'How the secret is sent.',
          ),
        ),
        'The identity provider.',
        { required: true },
      ),
    ),
    'One sign-in for MCP servers with `auth = "ema_auth"`.',
  ),
  key(
    'plugins',
    map(
      table(
        key('enabled', flag, '`false` leaves it out.'),
        key(
          'mcp_servers',
          map(
            table(
              key('enabled', flag, '`false` leaves the server out.'),
              key('enabled_tools', list(text), 'The only tools to offer.'),
              key('disabled_tools', list(text), 'Tools to leave out.'),
              key('default_tools_approval_mode', asked, 'When its tools are asked about.'),
              key('tools', toolModes, 'Settings of single tools.'),
            ),
          ),
          'MCP servers the plugin brings.',
        ),
      ),
    ),
    'Plugins, by `name@marketplace`.',
  ),
  key(
    'marketplaces',
    map(
      table(
        key('source_type', oneOf('git', 'local'), 'What kind of source.'),
        key('source', text, 'Where it is.'),
        key('ref', text, 'Branch, tag or commit.'),
        key('sparse_paths', list(text), 'Folders to fetch.'),
        key('last_updated', text, 'Kept by the client.'),
        key('last_revision', text, 'Kept by the client.'),
      ),
    ),
    'Marketplaces of plugins.',
  ),
  key(
    'apps',
    map(app, key('_default', everyApp, 'What holds for every app.')),
    'Apps (connectors).',
  ),
  key('apps_mcp_product_sku', text, 'Used by the vendor.'),
  key(
    'tool_suggest',
    table(
      key('discoverables', suggested, 'Tools that may be suggested.'),
      key('disabled_tools', suggested, 'Tools that are never suggested.'),
    ),
    'Suggestions of tools.',
  ),
  key(
    'skills',
    table(
      key(
        'bundled',
        table(key('enabled', flag, '`false` leaves them out.')),
        'Skills that come with the client.',
      ),
      key('include_instructions', flag, 'Tell the model about skills.'),
      key(
        'config',
        list(
          table(
            key('path', text, 'The folder of the skill.'),
            key('name', text, 'Or its name.'),
            key('enabled', flag, '`false` leaves it out.', { required: true }),
          ),
        ),
        'Single skills.',
      ),
    ),
    'Skills.',
  ),
  key(
    'orchestrator',
    table(
      key('skills', table(key('enabled', flag, 'On or off.')), 'Skills of the orchestrator.'),
      key('mcp', table(key('enabled', flag, 'On or off.')), 'MCP servers of the orchestrator.'),
    ),
    'The orchestrator.',
  ),
  key(
    'cloud',
    table(key('skills', table(key('enabled', flag, 'On or off.')), 'Skills from the cloud.')),
    'The cloud.',
  ),
  key(
    'hooks',
    table(
      ...events.filter(({ name }) => HOOK_EVENTS.some((event) => event.name === name)),
      key(
        'state',
        map(
          table(key('enabled', flag, 'On or off.'), key('trusted_hash', text, 'What was trusted.')),
        ),
        'Kept by the client.',
      ),
    ),
    'Scripts that run at certain moments. People may switch these off: for binding ones use the requirements.',
  ),
  key('notify', list(text), 'A program that is run when the agent needs somebody.'),
  key(
    'features',
    map(
      flag,
      ...WITH_SETTINGS.map((name) =>
        key(name, either(flag, map(anything)), 'A switch, or a table of settings.'),
      ),
    ),
    'Features switched on or off; people may switch them back.',
  ),
  key('suppress_unstable_features_warning', flag, 'Say nothing about unstable features.'),
]
