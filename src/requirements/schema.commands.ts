import { flag, key, list, map, oneOf, table, text, whole, type Key, type Shape } from './shape.ts'

/**
 * Hook events of the client 0.169. `matcher` says whether the event looks at it: on the other two
 * even a broken matcher is accepted (measured).
 */
export const HOOK_EVENTS: readonly {
  readonly name: string
  readonly matcher: boolean
  readonly about: string
}[] = [
  { name: 'PreToolUse', matcher: true, about: 'Before a tool runs.' },
  { name: 'PermissionRequest', matcher: true, about: 'When the agent asks for permission.' },
  { name: 'PostToolUse', matcher: true, about: 'After a tool has run.' },
  { name: 'PreCompact', matcher: true, about: 'Before the conversation is condensed.' },
  { name: 'PostCompact', matcher: true, about: 'After the conversation was condensed.' },
  { name: 'PreModelRequest', matcher: true, about: 'Before the model is asked.' },
  { name: 'PostModelRequest', matcher: true, about: 'After the model has answered.' },
  { name: 'SessionStart', matcher: true, about: 'When a session starts.' },
  { name: 'SessionEnd', matcher: true, about: 'When a session ends.' },
  { name: 'UserPromptSubmit', matcher: false, about: 'When a person sends a prompt.' },
  { name: 'SubagentStart', matcher: true, about: 'When a sub-agent starts.' },
  { name: 'SubagentStop', matcher: true, about: 'When a sub-agent stops.' },
  { name: 'Stop', matcher: false, about: 'When the agent stops.' },
  { name: 'Interrupt', matcher: true, about: 'When a person interrupts.' },
]

const handler: Shape = {
  kind: 'tagged',
  tag: 'type',
  cases: {
    command: table(
      key('command', text, 'What to run on Linux and macOS.', { required: true }),
      key('commandWindows', text, 'What to run on Windows.', { aliases: ['command_windows'] }),
      key('timeout', whole(), 'Seconds before it is stopped.'),
      key('async', flag, 'Do not wait for it.'),
      key('statusMessage', text, 'Shown while it runs.'),
      key('additionalContextLimit', whole(), 'How much of its output the agent is given.'),
    ),
    mcp_tool: table(
      key('server', text, 'The MCP server.', { required: true }),
      key('tool', text, 'The tool of that server.', { required: true }),
      key('input', map({ kind: 'anything' }), 'The input of the tool.'),
      key('timeout', whole(), 'Seconds before it is stopped.'),
      key('statusMessage', text, 'Shown while it runs.'),
    ),
    prompt: map({ kind: 'anything' }),
    agent: map({ kind: 'anything' }),
  },
}

const hookGroup = table(
  key('matcher', text, 'A regular expression over what the event is about.'),
  key('hooks', list(handler), 'What to run.'),
)

export const COMMANDS: readonly Key[] = [
  key(
    'rules',
    table(
      key(
        'prefix_rules',
        list(
          table(
            key(
              'pattern',
              list(
                table(
                  key('token', text, 'Exactly this argument.'),
                  key('any_of', list(text), 'One of these arguments.'),
                ),
              ),
              'The beginning of the command, argument by argument.',
              { required: true },
            ),
            key(
              'decision',
              oneOf(
                'prompt',
                {
                  value: 'prompt-user',
                  about: 'Since 0.169.0; clients before that refuse the whole policy.',
                },
                'forbidden',
                {
                  value: 'allow',
                  about: 'Not permitted here.',
                },
              ),
              'What happens with a command that matches.',
            ),
            key(
              'justification',
              text,
              'Shown to the person when the command is asked about or rejected.',
            ),
            key('canonical_matching', flag, 'Compare without regard to capitals.', {
              since: '0.169.0',
            }),
          ),
        ),
        'The rules; of all that match, the strictest decision holds.',
        { required: true },
      ),
    ),
    'Which commands must be asked about and which are forbidden.',
    { since: '2026-01' },
  ),
  key(
    'hooks',
    table(
      key(
        'managed_dir',
        text,
        'Where the scripts lie on Linux and macOS. They are not delivered with the policy.',
      ),
      key('windows_managed_dir', text, 'Where the scripts lie on Windows.'),
      ...HOOK_EVENTS.map((event) => key(event.name, list(hookGroup), event.about)),
    ),
    'Scripts that the client runs at certain moments.',
    { since: '2026-04' },
  ),
  key('features', map(flag), 'Features switched on or off for good.', {
    aliases: ['feature_requirements'],
    since: '2026-02',
  }),
]
