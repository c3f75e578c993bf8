import { RE2JS } from 're2js'
import { readToml, rulerOf, type Ruler } from '../positions.ts'
import { judgeRegex } from '../regex.ts'
import { entryOf, itemsOf, nodeAt, textOf, type Entry, type Node } from '../tree.ts'

/** An MCP server as a person has configured it. */
export interface McpServer {
  readonly name: string
  readonly command?: string
  readonly args?: readonly string[]
  readonly url?: string
  /** The plugin that brings it, `name@marketplace`. */
  readonly plugin?: string
}

export interface ServerDecision {
  readonly outcome: 'allowed' | 'disabled' | 'unlimited' | 'unsure'
  /** One sentence. */
  readonly because: string
  /** Where the entry that was compared stands, from 1. */
  readonly line?: number
  readonly column?: number
  /** Its offset in the text. */
  readonly from?: number
}

/**
 * Whether the client 0.169 lets an MCP server run under a policy: its name and its identity must both be listed. An
 * entry that names a command and a url is compared by its command alone (measured). Never throws.
 */
export function decideServer(text: string, server: McpServer): ServerDecision {
  const read = readToml(text)
  if ('unreadable' in read) return { outcome: 'unsure', because: 'The policy is no TOML.' }
  const { name, plugin } = server
  const table = nodeAt(read.root, plugin === undefined ? 'mcp_servers' : 'plugins')
  if (table === undefined)
    return {
      outcome: 'unlimited',
      because: `The policy has no list of ${plugin === undefined ? 'MCP servers' : 'plugins'}.`,
    }
  const listed = plugin === undefined ? table : nodeAt(table, plugin, 'mcp_servers')
  const entry = entryOf(listed, name)
  return entry === undefined
    ? { outcome: 'disabled', because: `${name} is not on the list.` }
    : compared(entry, server, rulerOf(text))
}

function compared(entry: Entry, server: McpServer, ruler: Ruler): ServerDecision {
  const identity = entryOf(entry.value, 'identity')?.value
  const command = entryOf(identity, 'command')?.value
  const url = entryOf(identity, 'url')?.value
  const found = command === undefined ? sameUrl(url, server.url) : sameCommand(command, server)
  return { ...found, from: entry.keySpan.from, ...ruler.place(entry.keySpan.from) }
}

const allowed = (because: string): ServerDecision => ({ outcome: 'allowed', because })
const disabled = (because: string): ServerDecision => ({ outcome: 'disabled', because })

function sameCommand(command: Node, { command: given, args = [] }: McpServer): ServerDecision {
  if (given === undefined)
    return disabled('The entry names a command, and the server is reached by a url.')
  const one = textOf(command)
  if (one !== undefined)
    return one === given
      ? allowed('The command is the one listed; its arguments are not looked at.')
      : disabled(`The command must be ${one}.`)
  const executable = textOf(entryOf(command, 'executable')?.value)
  if (executable !== given) return disabled(`The command must be ${executable ?? 'another'}.`)
  const matchers = itemsOf(entryOf(command, 'args')?.value)
  if (matchers.length !== args.length)
    return disabled(`There must be ${matchers.length} arguments, not ${args.length}.`)
  for (const [index, matcher] of matchers.entries()) {
    const fits = matched(matcher, args[index] ?? '')
    if (fits === undefined) return { outcome: 'unsure', because: NOT_EVALUATED }
    if (!fits) return disabled(`Argument ${index + 1} is not what the entry asks for.`)
  }
  return allowed('Command and arguments are the ones listed.')
}

function sameUrl(url: Node | undefined, given: string | undefined): ServerDecision {
  if (given === undefined)
    return disabled('The entry names a url, and the server is started by a command.')
  const one = textOf(url)
  const fits = one === undefined ? url && matched(url, given) : one === given
  if (fits === undefined) return { outcome: 'unsure', because: NOT_EVALUATED }
  return fits ? allowed('The url is the one listed.') : disabled('The url is not the one listed.')
}

const NOT_EVALUATED = 'The entry has a regular expression that only the client can evaluate.'

/** Undefined: only the client can say. */
function matched(matcher: Node, value: string): boolean | undefined {
  const written = textOf(entryOf(matcher, 'value')?.value)
  switch (textOf(entryOf(matcher, 'match')?.value)) {
    case 'exact':
      return written === value
    case 'prefix':
      return written !== undefined && value.startsWith(written)
    case 'regex': {
      const expression = textOf(entryOf(matcher, 'expression')?.value) ?? ''
      if (judgeRegex(expression, 'lite').kind !== 'good') return undefined
      return RE2JS.compile(expression).matches(value)
    }
    default:
      return undefined
  }
}
