import {
  either,
  flag,
  key,
  list,
  map,
  oneOf,
  strict,
  table,
  text,
  type Key,
  type Shape,
  type TableShape,
} from './shape.ts'

// Matchers are strict in the client: one key too many, and it cannot read the identity at all.
const matcher: Shape = {
  kind: 'tagged',
  tag: 'match',
  cases: {
    exact: strict(key('value', text, 'The whole value.', { required: true })),
    prefix: strict(key('value', text, 'How the value begins.', { required: true })),
    regex: strict(key('expression', text, 'Must match the whole value.', { required: true })),
  },
}

const server: TableShape = table(
  key(
    'identity',
    table(
      key(
        'command',
        either(
          text,
          strict(
            key('executable', text, 'The program, exactly.', { required: true }),
            key('args', list(matcher), 'One matcher for every argument.', { required: true }),
          ),
        ),
        'The program that is started. As a plain string the arguments are not looked at.',
      ),
      key('url', either(text, matcher), 'The address, exactly or by a matcher.'),
    ),
    'What the server must be, besides its name.',
    { required: true },
  ),
)

export const SERVERS: readonly Key[] = [
  key(
    'mcp_servers',
    map(server),
    'The only MCP servers that may run: name and identity must both match.',
    { since: '2026-01' },
  ),
  key(
    'plugins',
    map(table(key('mcp_servers', map(server), 'The MCP servers this plugin may bring.'))),
    'The only MCP servers that plugins may bring.',
    { since: '2026-05' },
  ),
  key(
    'marketplaces',
    strict(
      key('restrict_to_allowed_sources', flag, 'Only the sources below.'),
      key(
        'allowed_sources',
        map(
          strict(
            key('source', oneOf('git', 'host_pattern', 'local'), 'What kind of source.'),
            key('url', text, 'For `git`: the repository.'),
            key('ref', text, 'For `git`: exactly this branch, tag or commit.'),
            key(
              'host_pattern',
              text,
              'For `host_pattern`: a regular expression over the lower-case host name.',
            ),
            key('path', text, 'For `local`: an absolute folder.'),
          ),
        ),
        'Where plugins may come from.',
      ),
    ),
    'Where plugins may come from.',
    { since: '2026-07' },
  ),
  key(
    'apps',
    map(
      table(
        key('enabled', flag, '`false` switches the app off.'),
        key(
          'tools',
          map(
            table(
              key(
                'approval_mode',
                oneOf('auto', 'prompt', 'writes', 'approve'),
                'When the tool is asked about.',
              ),
              key(
                'analytics_result_source',
                strict(
                  key('format', text, 'Format of the result.', { required: true }),
                  key('type', text, 'Kind of the result.', { required: true }),
                ),
                'How results of the tool are counted.',
              ),
            ),
          ),
          'Settings of single tools.',
        ),
      ),
    ),
    'Apps (connectors) and their tools.',
    { since: '2026-05' },
  ),
]
