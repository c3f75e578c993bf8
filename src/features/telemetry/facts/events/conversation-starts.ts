import { cut, nameOf, textOf } from '../attributes.ts'
import { keepOthers } from '../content.ts'
import type { EventKind } from '../fact.ts'

/** Names out of the configuration; the last two stand in each record, and say something about the whole conversation. */
const named = ['provider_name', 'auth_mode', 'terminal.type'] as const
const known: ReadonlySet<string> = new Set([
  'approval_policy',
  'sandbox_policy',
  'mcp_servers',
  ...named,
])
/** Characters of the list of MCP servers. */
const serversLimit = 4000

/** What the conversation runs with, by the client's own word: what drift is judged by. */
export const conversationStarts: EventKind = {
  kind: 'conversation',
  known,
  fill(fact, { attributes }, making) {
    const names = Object.fromEntries(
      named.flatMap((name) => {
        const text = nameOf(attributes, name)
        return text === '' ? [] : [[name, text]]
      }),
    )
    keepOthers(fact, attributes, known, making)
    const rest = { ...names, ...(JSON.parse(fact.extra ?? '{}') as object) }
    const approvalPolicy = nameOf(attributes, 'approval_policy')
    const sandboxPolicy = nameOf(attributes, 'sandbox_policy')
    const mcpServers = cut(textOf(attributes, 'mcp_servers'), serversLimit)
    fact.reported = { approvalPolicy, sandboxPolicy, mcpServers, rest: JSON.stringify(rest) }
    fact.extra = JSON.stringify({
      approval_policy: approvalPolicy,
      sandbox_policy: sandboxPolicy,
      mcp_servers: mcpServers,
      ...rest,
    })
  },
}
