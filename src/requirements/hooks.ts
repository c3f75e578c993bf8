import { HOOK_EVENTS } from './schema.commands.ts'
import { REFUSES, type Report } from './report.ts'
import { regex } from './servers.ts'
import {
  entriesOf,
  entryOf,
  itemsOf,
  nodeAt,
  textOf,
  type Entry,
  type Node,
  type Path,
  type TableNode,
} from './tree.ts'

// Measured with 0.169: `codex` starts, and then every session fails with
// "failed to load required managed hooks".
const NO_SESSION =
  'Codex 0.169 starts but opens no session: everybody who gets this policy cannot work.'

/** Managed hooks: kinds that do not exist, matchers that do not compile, scripts that are nowhere. */
export function checkHooks(root: TableNode, report: Report): void {
  const hooks = entryOf(root, 'hooks')
  if (hooks?.value.kind !== 'table') return
  let commands = 0
  for (const event of HOOK_EVENTS)
    for (const [index, group] of itemsOf(nodeAt(hooks.value, event.name)).entries()) {
      const path: Path = ['hooks', event.name, index]
      const matcher = entryOf(group, 'matcher')
      // "" and "*" mean everything and are not read as regular expressions.
      if (
        event.matcher &&
        matcher !== undefined &&
        !['', '*'].includes(textOf(matcher.value) ?? '')
      )
        regex(matcher.value, [...path, 'matcher'], 'full', NO_SESSION, report)
      for (const [at, handler] of itemsOf(nodeAt(group, 'hooks')).entries()) {
        commands += 1
        checkHandler(handler, [...path, 'hooks', at], hooks.value, report)
      }
    }
  if (commands > 0) switchedOff(root, hooks, report)
  directories(hooks, commands > 0, report)
}

function checkHandler(handler: Node, path: Path, hooks: Node, report: Report): void {
  const type = entryOf(handler, 'type')
  const kind = textOf(type?.value)
  if (type !== undefined && (kind === 'prompt' || kind === 'agent'))
    report.error({
      code: 'hook_type',
      span: type.value.span,
      path: [...path, 'type'],
      message: `Hooks of the type "${kind}" are not supported yet.`,
      effect: NO_SESSION,
      remedy: 'Use "command" or "mcp_tool".',
    })
  const input = entryOf(handler, 'input')
  if (kind === 'mcp_tool' && input !== undefined && holdsNoNumber(input.value))
    report.error({
      code: 'hook_input',
      span: input.value.span,
      path: [...path, 'input'],
      message: 'The input contains nan or inf.',
      effect: REFUSES,
      remedy: 'Write a number.',
    })
  const folder = textOf(nodeAt(hooks, 'managed_dir'))
  const command = entryOf(handler, 'command')
  const program = textOf(command?.value)?.split(/\s/, 1)[0]
  if (kind !== 'command' || command === undefined || program === undefined || folder === undefined)
    return
  const inFolder = `${folder.replace(/\/+$/, '')}/`
  if (!program.startsWith('/') || !folder.startsWith('/') || program.startsWith(inFolder)) return
  report.warning({
    code: 'hook_outside_directory',
    span: command.value.span,
    path: [...path, 'command'],
    message: 'The command lies outside managed_dir.',
    effect:
      'Codex runs it all the same; whether it is protected against changes is up to that place.',
    remedy: 'Put it into managed_dir.',
  })
}

// The input goes to the tool as JSON, which has neither.
function holdsNoNumber(node: Node): boolean {
  if (node.kind === 'float') return !Number.isFinite(node.value)
  if (node.kind === 'list') return node.items.some(holdsNoNumber)
  return entriesOf(node).some((entry) => holdsNoNumber(entry.value))
}

function switchedOff(root: TableNode, hooks: Entry, report: Report): void {
  const features = entryOf(root, 'features', 'feature_requirements')
  const pin = entryOf(features?.value, 'hooks', 'codex_hooks')
  if (features === undefined || pin?.value.kind !== 'boolean' || pin.value.value !== false) return
  report.warning({
    code: 'hooks_switched_off',
    span: pin.keySpan,
    path: [features.key, pin.key],
    message: 'The policy has hooks and switches hooks off.',
    effect: 'Codex 0.169 runs none of them.',
    remedy: `Set ${pin.key} to true, or take ${hooks.key} out.`,
    fix: { title: 'Change to true', edits: [{ ...pin.value.span, insert: 'true' }] },
  })
}

function directories(hooks: Entry, used: boolean, report: Report): void {
  const unix = entryOf(hooks.value, 'managed_dir')
  const windows = entryOf(hooks.value, 'windows_managed_dir')
  if (used && unix === undefined && windows === undefined)
    report.warning({
      code: 'hooks_no_directory',
      span: hooks.keySpan,
      path: ['hooks'],
      message: 'The hooks have no managed_dir.',
      effect: 'Codex 0.169 runs them all the same, from wherever the command is found.',
      remedy: 'Say where the scripts lie: managed_dir, and windows_managed_dir for Windows.',
    })
  const relative = (entry: Entry | undefined, absolute: RegExp): void => {
    const folder = textOf(entry?.value)
    if (entry === undefined || folder === undefined || absolute.test(folder)) return
    report.warning({
      code: 'hooks_relative_directory',
      span: entry.value.span,
      path: ['hooks', entry.key],
      message: `${entry.key} is not an absolute path.`,
      effect: 'Codex 0.169 accepts it; which folder it means is not defined.',
      remedy: 'Write an absolute path.',
    })
  }
  relative(unix, /^\//)
  relative(windows, /^(?:[A-Za-z]:[\\/]|\\\\)/)
}
