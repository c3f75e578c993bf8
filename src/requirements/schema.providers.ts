import {
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

const program = [
  key('command', text, 'The program.', { required: true }),
  key('args', list(text), 'Its arguments.'),
] as const

/** A program that prints a credential. */
const credentialExport = table(
  ...program,
  key('timeout_ms', whole(1), 'Milliseconds to wait for it; 30000 unless said.'),
)

const delivery: Shape = {
  kind: 'tagged',
  tag: 'kind',
  cases: {
    header: strict(
      key('name', text, 'The header, such as `X-Gateway-Auth`.', { required: true }),
      key('scheme', text, 'The word before the token; `Bearer` unless said.'),
    ),
    cookie: strict(key('name', text, 'The cookie, such as `gateway_session`.', { required: true })),
  },
}

// The client reads it as one of two tables, and says of either mistake only that one has to be chosen.
const gateway = strict(
  key('credential_export', credentialExport, 'A program that prints the token of the gateway.', {
    since: '0.169.0',
  }),
  key('authorization_url', text, 'Where people sign in to the gateway.'),
  key('device_authorization_url', text, 'Where they do so from a terminal.', { since: '0.169.0' }),
  key('token_url', text, 'Where tokens are got.'),
  key('client_id', text, 'The client id. Must not be blank.'),
  key('resource', text, 'The resource that tokens are asked for.'),
  key('scopes', list(text), 'The scopes that are asked for.'),
  key('redirect_port', whole(0, 65_535), 'The local port that the sign-in returns to; not 0.'),
  key('credentials_store', oneOf('keyring', 'file'), 'Where tokens are kept.', {
    since: '0.169.0',
  }),
  key('delivery', delivery, 'How the token is sent; `Authorization: Bearer` unless said.'),
)

const bedrock = table(
  key('profile', text, 'The profile of the AWS configuration.'),
  key('region', text, 'The region.'),
  key('credential_export', credentialExport, 'A program that prints AWS credentials.'),
  key(
    'auth_refresh',
    table(
      ...program,
      key('timeout_ms', whole(1), 'Milliseconds to wait for it; 300000 unless said.'),
    ),
    'How a session that has ended is renewed; the command must be `aws`.',
  ),
)

export const PROVIDERS: readonly Key[] = [
  key(
    'model_providers',
    map(
      table(
        key('name', text, 'The name people see. Must not be blank.'),
        key('base_url', text, 'Where the model is served.'),
        key('model_catalog_url', text, 'Where the list of models is got.'),
        key('env_key', text, 'The environment variable that holds the key.'),
        key('env_key_instructions', text, 'How to get the key.'),
        key(
          'experimental_bearer_token',
          text,
          'A token written into the policy; everybody who gets the policy can read it.',
        ),
        key('wire_api', oneOf('responses'), 'The protocol; `responses` is the only one left.'),
        key('query_params', map(text), 'Added to every request.'),
        key('http_headers', map(text), 'Headers of every request.'),
        key(
          'env_http_headers',
          map(text),
          'Headers whose value comes from an environment variable.',
        ),
        key('request_max_retries', whole(), 'How often a request is tried again.'),
        key('stream_max_retries', whole(), 'How often a broken stream is taken up again.'),
        key(
          'stream_idle_timeout_ms',
          whole(),
          'Milliseconds of silence before a stream counts as broken.',
        ),
        key('websocket_connect_timeout_ms', whole(), 'Milliseconds to wait for a web socket.'),
        key('requires_openai_auth', flag, 'Use the ordinary sign-in.'),
        key('supports_websockets', flag, 'The provider speaks web sockets.'),
        key('supports_standalone_web_search', flag, 'The provider has a web search of its own.'),
        key(
          'capabilities',
          table(
            key('cyber_access_programs', flag, 'It knows access programs for security work.'),
            key('external_web_access', flag, 'Its web search can leave the cache.'),
            key(
              'remote_compaction',
              oneOf('unsupported', 'v2'),
              'Whether it condenses conversations.',
            ),
          ),
          'What the provider can do.',
        ),
        key(
          'auth',
          table(
            key('command', text, 'Prints a token.', { required: true }),
            key('args', list(text), 'Its arguments.'),
            key('timeout_ms', whole(1), 'Milliseconds to wait for it.'),
            key('refresh_interval_ms', whole(), 'Milliseconds until it is run again.'),
            key('cwd', text, 'Where it runs.'),
          ),
          'A command that gets the token.',
        ),
        key('gateway_oauth', gateway, 'A sign-in to a gateway in front of the provider.'),
        key('aws', bedrock, 'Amazon settings; only for the built-in Amazon providers.'),
        key('project_id', text, 'The Google Cloud project, for `gcp`.'),
        key('location', text, 'The Google Cloud location, for `gcp`.'),
        key('credential_file', text, 'A file with Google Cloud credentials, for `gcp`.'),
      ),
    ),
    'Definitions of model providers, so that `model_provider` can name one.',
  ),
]
