import type { Json } from './readback.json.ts'
import { HOOK_EVENTS } from './schema.commands.ts'
import type { PlainTable } from './tree.ts'

/** The managed hooks; nothing when there is neither a folder nor a hook. */
export function hooksOf(hooks: PlainTable | undefined): Json {
  const groups = (event: string): readonly PlainTable[] =>
    (hooks?.[event] ?? []) as readonly PlainTable[]
  const unix = (hooks?.managed_dir ?? null) as Json
  const windows = (hooks?.windows_managed_dir ?? null) as Json
  const none = HOOK_EVENTS.every(({ name }) => groups(name).length === 0)
  if (none && unix === null && windows === null) return null
  return {
    managedDir: unix,
    windowsManagedDir: windows,
    ...Object.fromEntries(
      HOOK_EVENTS.map(({ name }) => [
        name,
        groups(name).map((group) => ({
          matcher: group.matcher ?? null,
          hooks: ((group.hooks ?? []) as readonly PlainTable[]).map(handlerOf),
        })),
      ]),
    ),
  }
}

function handlerOf(handler: PlainTable): Json {
  const plain = (name: string): Json => handler[name] ?? null
  if (handler.type === 'command')
    return {
      type: 'command',
      command: plain('command'),
      commandWindows: (handler.commandWindows ?? handler.command_windows ?? null) as Json,
      timeoutSec: plain('timeout'),
      async: handler.async === true,
      statusMessage: plain('statusMessage'),
      additionalContextLimit: plain('additionalContextLimit'),
    }
  if (handler.type === 'mcp_tool')
    return {
      type: 'mcp_tool',
      server: plain('server'),
      tool: plain('tool'),
      input: (handler.input ?? {}) as Json,
      timeoutSec: plain('timeout'),
      statusMessage: plain('statusMessage'),
    }
  return { type: plain('type') }
}
