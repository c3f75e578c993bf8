import { accepted, refused, useless, warned, type CheckCase } from './case.ts'

// Each was put to the client 0.169.0 as a delivered policy.

export const HOOK_CASES: readonly CheckCase[] = [
  accepted(
    'hook',
    `[hooks]
managed_dir = "/opt/hooks"
[[hooks.PreToolUse]]
matcher = "^Bash$"
[[hooks.PreToolUse.hooks]]
type = "command"
command = "/opt/hooks/a"
timeout = 5
async = true
statusMessage = "s"
additionalContextLimit = 3
command_windows = "x"
`,
  ),
  accepted(
    'every tool',
    `[hooks]
managed_dir = "/opt/hooks"
[[hooks.PreToolUse]]
matcher = "*"
[[hooks.PreToolUse.hooks]]
type = "command"
command = "/opt/hooks/a"
`,
  ),
  accepted(
    'MCP hook',
    `[hooks]
managed_dir = "/opt/hooks"
[[hooks.PreToolUse]]
[[hooks.PreToolUse.hooks]]
type = "mcp_tool"
server = "a"
tool = "b"
`,
  ),
  accepted(
    'class sets are possible',
    `[hooks]
managed_dir = "/opt/hooks"
[[hooks.PreToolUse]]
matcher = "[a-z]\\\\p{L}"
[[hooks.PreToolUse.hooks]]
type = "command"
command = "/opt/hooks/a"
`,
  ),
  warned(
    'hooks_no_directory',
    'no folder',
    `[hooks]
[[hooks.PreToolUse]]
[[hooks.PreToolUse.hooks]]
type = "command"
command = "/opt/hooks/a"
`,
  ),
  warned(
    'hooks_relative_directory',
    'relative folder',
    `[hooks]
managed_dir = "x"
[[hooks.PreToolUse]]
[[hooks.PreToolUse.hooks]]
type = "command"
command = "a"
`,
  ),
  warned(
    'hook_outside_directory',
    'elsewhere',
    `[hooks]
managed_dir = "/opt/hooks"
[[hooks.PreToolUse]]
[[hooks.PreToolUse.hooks]]
type = "command"
command = "/usr/bin/a"
`,
  ),
  warned(
    'hooks_switched_off',
    'switched off',
    `features = { hooks = false }
[hooks]
managed_dir = "/opt/hooks"
[[hooks.PreToolUse]]
[[hooks.PreToolUse.hooks]]
type = "command"
command = "/opt/hooks/a"
`,
  ),
  useless(
    'regex',
    'matcher',
    `[hooks]
managed_dir = "/opt/hooks"
[[hooks.PreToolUse]]
matcher = "("
[[hooks.PreToolUse.hooks]]
type = "command"
command = "/opt/hooks/a"
`,
  ),
  accepted(
    'matcher that is not looked at',
    `[hooks]
managed_dir = "/opt/hooks"
[[hooks.UserPromptSubmit]]
matcher = "("
[[hooks.UserPromptSubmit.hooks]]
type = "command"
command = "/opt/hooks/a"
`,
  ),
  useless(
    'hook_type',
    'prompt hook',
    `[hooks]
managed_dir = "/opt/hooks"
[[hooks.PreToolUse]]
[[hooks.PreToolUse.hooks]]
type = "prompt"
`,
  ),
  useless(
    'hook_type',
    'agent hook',
    `[hooks]
managed_dir = "/opt/hooks"
[[hooks.PreToolUse]]
[[hooks.PreToolUse.hooks]]
type = "agent"
`,
  ),
  refused(
    'unknown_value',
    'unknown type',
    `[hooks]
managed_dir = "/opt/hooks"
[[hooks.PreToolUse]]
[[hooks.PreToolUse.hooks]]
type = "zzz"
`,
  ),
  refused(
    'missing_key',
    'no type',
    `[hooks]
managed_dir = "/opt/hooks"
[[hooks.PreToolUse]]
[[hooks.PreToolUse.hooks]]
command = "x"
`,
  ),
  refused(
    'missing_key',
    'no command',
    `[hooks]
managed_dir = "/opt/hooks"
[[hooks.PreToolUse]]
[[hooks.PreToolUse.hooks]]
type = "command"
`,
  ),
  refused(
    'out_of_range',
    'negative time',
    `[hooks]
managed_dir = "/opt/hooks"
[[hooks.PreToolUse]]
[[hooks.PreToolUse.hooks]]
type = "command"
command = "/opt/hooks/a"
timeout = -1
`,
  ),
  warned(
    'unknown_key',
    'timeout_sec',
    `[hooks]
managed_dir = "/opt/hooks"
[[hooks.PreToolUse]]
[[hooks.PreToolUse.hooks]]
type = "command"
command = "/opt/hooks/a"
timeout_sec = 5
`,
  ),
  refused(
    'duplicate_key',
    'Windows command twice',
    `[hooks]
managed_dir = "/opt/hooks"
[[hooks.PreToolUse]]
[[hooks.PreToolUse.hooks]]
type = "command"
command = "/opt/hooks/a"
commandWindows = "a"
command_windows = "b"
`,
  ),
  warned(
    'unknown_key',
    'event of older clients',
    `[hooks]
StopFailure = []
`,
  ),
]
