import { flag, key, list, map, oneOf, table, text, whole, type Key } from './shape.ts'

export const PROVIDERS: readonly Key[] = [
  key(
    'model_providers',
    map(
      table(
        key('name', text, 'The name people see. Must not be blank.'),
        key('base_url', text, 'Where the model is served.'),
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
        key('websocket_connect_timeout_ms', whole(), 'Milliseconds to wait for a web socket.', {
          source: 'documentation',
        }),
        key('requires_openai_auth', flag, 'Use the ordinary sign-in.'),
        key('supports_websockets', flag, 'The provider speaks web sockets.'),
        key('supports_standalone_web_search', flag, 'The provider has a web search of its own.'),
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
        key(
          'aws',
          map({ kind: 'anything' }),
          'Amazon settings; only for the built-in Amazon providers.',
        ),
      ),
    ),
    'Definitions of model providers, so that `model_provider` can name one.',
  ),
]
