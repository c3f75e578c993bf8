import {
  either,
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
  anything,
  type Key,
  type TableShape,
} from './shape.ts'

const allowDeny = oneOf('allow', 'deny')

const sockets = [
  key('allow_upstream_proxy', flag, 'Chain through a proxy of the environment.'),
  key('allow_local_binding', flag, 'Allow local and private addresses more widely.'),
  key('dangerously_allow_non_loopback_proxy', flag, 'Let the proxy listen beyond this machine.'),
  key('dangerously_allow_all_unix_sockets', flag, 'Allow every Unix socket.'),
]

const network: TableShape = table(
  key(
    'enabled',
    flag,
    'Switches these limits on. Never grants network where the sandbox has none.',
  ),
  key('http_port', whole(0, 65_535), 'The port of the local HTTP proxy.'),
  key('socks_port', whole(0, 65_535), 'The port of the local SOCKS proxy.'),
  ...sockets,
  key(
    'domains',
    map(allowDeny),
    'Which domains may be reached: exact, `*.d` for subdomains, `**.d` with the domain itself. Denials win.',
  ),
  key('allowed_domains', list(text), 'Old form of `domains`.'),
  key('denied_domains', list(text), 'Old form of `domains`.'),
  key('review_domains', list(text), 'Domains that are asked about.'),
  key('managed_allowed_domains_only', flag, 'Only the allow rules of this policy count.'),
  key('unix_sockets', map(allowDeny), 'Which Unix sockets may be used.'),
  key('allow_unix_sockets', list(text), 'Old form of `unix_sockets`.'),
  key(
    'header_injections',
    list(
      table(
        key('host', text, 'The host.', { required: true }),
        key('methods', list(text), 'HTTP methods.', { required: true }),
        key('path_prefixes', list(text), 'Beginnings of paths.', { required: true }),
        key('headers', map(text), 'The headers to add.', { required: true }),
      ),
    ),
    'Headers the proxy adds to requests.',
  ),
)

// `none` is accepted as another word for `deny` (measured).
const access = oneOf('read', 'write', 'deny', { value: 'none', about: 'Same as deny.' })

// What the client refuses already when it reads a profile. What it says of the values only when somebody uses the
// profile (hosts, headers, placeholders) is left to it, and the caution says so.
const secretSource = strict(
  key('env_var', text, 'The variable that holds it.'),
  key('file', text, 'The file that holds it.'),
)

const mitm = strict(
  key('version', whole(2, 2), 'The version of these rules: 2.'),
  key(
    'hooks',
    map(
      strict(
        key('host', text, 'The host.', { required: true }),
        key('methods', list(text), 'HTTP methods.', { required: true }),
        key('path_prefixes', list(text), 'Beginnings of paths.', { required: true }),
        key('action', filled(text), 'The actions below that apply.', { required: true }),
        key('schemes', list(text), '`http`, `https`. Needs `version = 2`.'),
        key('ports', list(whole(0, 65_535)), 'Ports. Needs `version = 2`.'),
        key('query', map(list(text)), 'Values of the query.'),
        key('headers', map(list(text)), 'Values of headers.'),
        key('body', anything, 'Not supported by any client yet.'),
      ),
    ),
    'Which requests are changed.',
  ),
  key(
    'actions',
    map(
      strict(
        key('strip_request_headers', list(text), 'Headers that are taken away.'),
        key(
          'inject_request_headers',
          list(
            strict(
              key('name', text, 'The header.'),
              key('placeholder', text, 'What stands for the secret.'),
              key('secret_env_var', text, 'The variable that holds the secret.'),
              key('secret_file', text, 'The file that holds the secret.'),
              key('prefix', text, 'What stands before the secret.'),
            ),
          ),
          'Headers that are added.',
        ),
        key(
          'body_secret_substitution',
          strict(
            key(
              'replacements',
              list(
                strict(
                  key('placeholder', text, 'What stands for the secret.', { required: true }),
                  key('secret', secretSource, 'Where the secret is.', { required: true }),
                ),
              ),
              'What is replaced.',
              { required: true },
            ),
            key('port', whole(0, 65_535), 'The port.'),
            key('max_body_bytes', whole(), 'The longest body.'),
          ),
          'Secrets put into bodies. Needs `version = 2`.',
        ),
        key(
          'aws_sigv4',
          strict(
            key('placeholder_access_key_id', text, 'The key id that is replaced.', {
              required: true,
            }),
            key('region', text, 'The region.', { required: true }),
            key('service', text, 'The service.', { required: true }),
            key('access_key_id', secretSource, 'Where the key id is.', { required: true }),
            key('secret_access_key', secretSource, 'Where the secret is.', { required: true }),
            key('session_token', secretSource, 'Where the session token is.'),
            key('port', whole(0, 65_535), 'The port.'),
            key('max_body_bytes', whole(), 'The longest body.'),
          ),
          'Requests to AWS are signed again. Needs `version = 2`.',
        ),
      ),
    ),
    'What is changed; each needs at least one operation.',
  ),
)

const profile: TableShape = table(
  key('description', text, 'Shown when people choose.'),
  key('extends', text, '`:read-only`, `:workspace` or another profile of this policy.'),
  key('workspace_roots', map(flag), 'Folders that count as workspace.'),
  key(
    'filesystem',
    map(
      either(access, map(access)),
      key('glob_scan_max_depth', whole(), 'How deep patterns look; at least 1.'),
    ),
    'What may be read and written.',
  ),
  key(
    'network',
    table(
      key('enabled', flag, 'Whether there is network at all.'),
      key('mode', oneOf('limited', 'full'), '`limited` lets reading requests through only.'),
      key('domains', map(allowDeny), 'Which domains may be reached.'),
      key('unix_sockets', map(allowDeny), 'Which Unix sockets may be used.'),
      key('proxy_url', text, 'Where the HTTP proxy listens.'),
      key('socks_url', text, 'Where the SOCKS proxy listens.'),
      key('enable_socks5', flag, 'Offer SOCKS.'),
      key('enable_socks5_udp', flag, 'Offer SOCKS for UDP.'),
      ...sockets,
      key('mitm', mitm, 'Rules for looking into encrypted requests.', {
        caution: {
          code: 'not_simulated',
          message: 'Rules for encrypted requests are checked here by their form only.',
          effect: 'Codex 0.169 judges hosts, headers and secrets when somebody uses the profile.',
          remedy: 'Try the profile on one machine before you publish it to all.',
        },
      }),
    ),
    'What may be reached.',
  ),
)

const reserved = (name: string): Key =>
  key(name, anything, 'Not possible here: `permissions.filesystem` is not a profile.', {
    delivered: 'refused',
  })

export const NETWORK: readonly Key[] = [
  key('experimental_network', network, 'Limits on what sandboxed commands may reach.', {
    aliases: ['network_proxy'],
    since: '2026-02',
  }),
  key(
    'allowed_permission_profiles',
    map(flag),
    'The complete list of profiles people may choose; what is missing or `false` is denied.',
    { since: '0.138.0' },
  ),
  key(
    'default_permissions',
    text,
    'The profile people start with. Needs `allowed_permission_profiles`.',
    { since: '0.138.0' },
  ),
  key(
    'permissions',
    map(
      profile,
      key(
        'filesystem',
        table(
          key(
            'deny_read',
            list(text),
            'Files nobody may read: absolute, under `~/`, or a pattern.',
          ),
          ...['description', 'extends', 'workspace_roots', 'network', 'filesystem'].map(reserved),
        ),
        'Limits on files for every profile.',
        { since: '2026-04' },
      ),
      key(
        'network',
        table(
          ...network.keys,
          ...['description', 'extends', 'workspace_roots', 'filesystem'].map(reserved),
        ),
        'Limits on the network for every profile.',
      ),
    ),
    'Profiles of your own, and limits for all of them.',
    { since: '2026-04' },
  ),
]
