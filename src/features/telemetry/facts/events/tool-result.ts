import { countOf, flagOf, nameOf, textOf } from '../attributes.ts'
import { commandOf, commandText, judgeCommand } from '../command.ts'
import { contentOf } from '../content.ts'
import type { EventKind } from '../fact.ts'
import type { ContentLevel } from '../../take.ts'

/**
 * How the output of the client 0.169 begins where it did not run a call: a rule of the policy (`exec_command failed:
 * CreateProcess { message: "Rejected(…`), or the person (`rejected by user`). Further on it may be what a program printed.
 */
const rejected =
  /^(?:\w+ failed: )?(?:CreateProcess \{ message: )?"?Rejected\(|^(?:\w+ )?rejected by (?:the )?user\b/

/** A tool call that has ended. The rules are run over its command before anything is dropped. */
export const toolResult: EventKind = {
  kind: 'tool_result',
  known: new Set([
    'tool_name',
    'tool_namespace',
    'call_id',
    'duration_ms',
    'success',
    'arguments',
    'output',
    'output_truncated',
  ]),
  fill(fact, { attributes }, { content, rules, redact }) {
    const args = textOf(attributes, 'arguments')
    const output = textOf(attributes, 'output')
    fact.tool = nameOf(attributes, 'tool_name')
    fact.callId = nameOf(attributes, 'call_id')
    fact.durationMs = countOf(attributes, 'duration_ms')
    fact.success = flagOf(attributes, 'success')
    // Of a text that was cut nobody knows the length.
    fact.length = flagOf(attributes, 'output_truncated') === 1 ? null : output.length
    const command = commandOf(fact.tool, args)
    if (command !== undefined) {
      const judged = judgeCommand(rules, command)
      fact.program = judged.program
      fact.rule = judged.rule
      fact.ruleDecision = judged.ruleDecision
    }
    // Where the policy keeps output on the machine, what the rules say of the command is all there is to tell it by.
    const refused = fact.ruleDecision === 'forbidden' || rejected.test(output)
    fact.outcome = fact.success !== 0 ? 'ran' : refused ? 'denied' : 'failed'
    fact.content = contentOf(
      kept(content.level, {
        command: command === undefined ? '' : commandText(command),
        arguments: command === undefined ? args : '',
        output,
      }),
      redact,
    )
  },
}

/** `arguments` are those of other tools; of a shell the command is all that is kept. */
function kept(
  level: ContentLevel,
  parts: Readonly<Record<'command' | 'arguments' | 'output', string>>,
) {
  if (level === 'nothing') return {}
  return level === 'commands' ? { command: parts.command } : parts
}
