import { judgeRegex } from './regex.ts'
import { REFUSES, type Report } from './report.ts'
import {
  entriesOf,
  entryOf,
  isBlank,
  isTrue,
  itemsOf,
  nodeAt,
  textOf,
  type Entry,
  type Node,
  type Path,
  type TableNode,
} from './tree.ts'

/** MCP servers, plugins and the sources of plugins. */
export function checkServers(root: TableNode, report: Report): void {
  const servers = entryOf(root, 'mcp_servers')
  if (servers?.value.kind === 'table') {
    if (servers.value.entries.size === 0)
      report.warning({
        code: 'all_servers_disabled',
        span: servers.keySpan,
        path: ['mcp_servers'],
        message: 'The list of allowed MCP servers is empty.',
        effect: 'Codex disables every MCP server that people have configured.',
        remedy: 'List the servers that may run, or take the table out to leave them open.',
      })
    for (const entry of entriesOf(servers.value))
      identity(entry, ['mcp_servers', entry.key], report)
  }
  for (const plugin of entriesOf(nodeAt(root, 'plugins'))) pluginServers(plugin, report)
  marketplaces(root, report)
}

function pluginServers(plugin: Entry, report: Report): void {
  const path = ['plugins', plugin.key]
  const servers = entryOf(plugin.value, 'mcp_servers')
  if (plugin.value.kind === 'table' && servers === undefined)
    report.warning({
      code: 'plugins_without_servers',
      span: plugin.keySpan,
      path,
      message: 'No MCP server of this plugin is allowed.',
      effect: 'As soon as [plugins] exists, plugin servers that are not listed are disabled.',
      remedy: 'List its servers under mcp_servers, or take the plugin out.',
    })
  for (const entry of entriesOf(servers?.value))
    identity(entry, [...path, 'mcp_servers', entry.key], report)
}

function identity(server: Entry, path: Path, report: Report): void {
  const entry = entryOf(server.value, 'identity')
  if (entry?.value.kind !== 'table') return
  const here = [...path, 'identity']
  const command = entryOf(entry.value, 'command')
  const url = entryOf(entry.value, 'url')
  if (command === undefined && url === undefined)
    report.error({
      code: 'missing_key',
      span: entry.value.span,
      path: here,
      message: 'The identity names neither a command nor a url.',
      effect: REFUSES,
      remedy: 'Write identity = { command = "…" } or identity = { url = "…" }.',
    })
  else if (command !== undefined && url !== undefined)
    report.warning({
      code: 'identity_ambiguous',
      span: url.keySpan,
      path: [...here, 'url'],
      message: 'A server is started by a command or reached by a url, not both.',
      effect:
        'Codex 0.169 compares the one that is plain text, the command first, and ignores the other; it refuses to start with two matchers.',
      remedy: 'Keep the one that fits the server.',
    })
  crowded(entry, here, report)
  for (const [index, argument] of itemsOf(nodeAt(entry.value, 'command', 'args')).entries())
    matcher(argument, [...here, 'command', 'args', index], report)
  if (url !== undefined) matcher(url.value, [...here, 'url'], report)
}

// Beside a plain text the client looks at nothing else. Matchers it only reads when they stand alone (each measured).
function crowded(identity: Entry, path: Path, report: Report): void {
  const command = entryOf(identity.value, 'command')
  const url = entryOf(identity.value, 'url')
  if (textOf(command?.value) !== undefined || textOf(url?.value) !== undefined) return
  for (const extra of entriesOf(identity.value)) {
    if (extra === (command ?? url)) continue
    report.error({
      code: 'refused_key',
      span: extra.keySpan,
      path: [...path, extra.key],
      message: 'Nothing can stand beside a matcher here.',
      effect: REFUSES,
      remedy: 'Keep the matcher alone.',
    })
  }
}

function matcher(node: Node, path: Path, report: Report): void {
  if (textOf(entryOf(node, 'match')?.value) !== 'regex') return
  const expression = entryOf(node, 'expression')
  if (expression !== undefined)
    regex(expression.value, [...path, 'expression'], 'lite', REFUSES, report)
}

/** Complains when a pattern does not compile in the client, or warns when we cannot evaluate it later. */
export function regex(
  node: Node,
  path: Path,
  engine: 'full' | 'lite',
  effect: string,
  report: Report,
): void {
  const pattern = textOf(node)
  if (pattern === undefined) return
  const verdict = judgeRegex(pattern, engine)
  if (verdict.kind === 'bad')
    report.error({
      code: 'regex',
      span: node.span,
      path,
      message: `The regular expression does not compile: ${verdict.why}.`,
      effect,
      remedy: 'Correct it. Look-around and backreferences do not exist here.',
    })
  else if (verdict.kind === 'unsure')
    report.warning({
      code: 'regex_not_simulated',
      span: node.span,
      path,
      message: 'The regular expression uses something only the client can evaluate.',
      effect: 'Codex 0.169 takes it; what it matches cannot be shown here beforehand.',
      remedy: 'Write it without that if you want to try it out before publishing.',
    })
}

function marketplaces(root: TableNode, report: Report): void {
  const restrict = entryOf(nodeAt(root, 'marketplaces'), 'restrict_to_allowed_sources')
  const sources = entryOf(nodeAt(root, 'marketplaces'), 'allowed_sources')
  if (sources !== undefined && !isTrue(restrict?.value))
    report.warning({
      code: 'no_effect',
      span: sources.keySpan,
      path: ['marketplaces', 'allowed_sources'],
      message: 'The list only counts with restrict_to_allowed_sources = true.',
      effect: 'Codex lets people add plugins from anywhere.',
      remedy: 'Add restrict_to_allowed_sources = true.',
    })
  for (const entry of entriesOf(sources?.value))
    if (entry.value.kind === 'table') source(entry, report)
}

/** The field each kind of source is compared by. */
const FIELD: ReadonlyMap<string, string> = new Map([
  ['git', 'url'],
  ['host_pattern', 'host_pattern'],
  ['local', 'path'],
])

const DEAD = 'Codex 0.169 accepts the policy, but nothing can match this source.'

function source(entry: Entry, report: Report): void {
  const path: Path = ['marketplaces', 'allowed_sources', entry.key]
  const kind = entryOf(entry.value, 'source')
  const field = FIELD.get(textOf(kind?.value) ?? 'git')
  if (field === undefined) return
  const given = entryOf(entry.value, field)
  const value = textOf(given?.value)
  const dead = (span: Node['span'], where: Path, message: string, remedy: string): void =>
    report.error({ code: 'marketplace_field', span, path: where, message, effect: DEAD, remedy })
  if (kind === undefined)
    dead(
      entry.keySpan,
      path,
      'source is missing.',
      'Write source = "git", "host_pattern" or "local".',
    )
  else if (given === undefined || (value !== undefined && isBlank(value)))
    dead(given?.value.span ?? entry.keySpan, path, `${field} is missing.`, `Write ${field} = "…".`)
  else if (field === 'path' && value !== undefined && !/^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(value))
    dead(
      given.value.span,
      [...path, field],
      'The folder is not absolute.',
      'Write an absolute path.',
    )
  else if (field === 'host_pattern') regex(given.value, [...path, field], 'full', DEAD, report)
}
