// Whether a policy lets something happen: commands, domains and MCP servers, as the client decides it.
export {
  decideCommand,
  splitShell,
  type Command,
  type Decision,
  type RuleMatch,
  type Verdict,
} from './command.ts'
export { decideDomain, type DomainDecision, type DomainRule } from './domain.ts'
export {
  MAX_COMMANDS,
  readCommands,
  type CommandFile,
  type CommandFileProblem,
} from './recorded.ts'
export { replay, type RecordedCommand, type Replay, type ReplayChange } from './replay.ts'
export { commandRulesOf, type CommandRule, type CommandRules } from './rules.ts'
export { decideServer, type McpServer, type ServerDecision } from './server.ts'
