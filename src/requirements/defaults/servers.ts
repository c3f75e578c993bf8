import { REFUSES, type Report } from '../report.ts'
import {
  entriesOf,
  entryOf,
  nodeAt,
  textOf,
  type Entry,
  type Path,
  type TableNode,
} from '../tree.ts'
import { isNumber } from './values.ts'

// The client reads a server as one of two kinds by the key it has, and takes no key of the other kind.
const LOCAL = ['args', 'env', 'env_vars', 'cwd']
const REMOTE = [
  'http_headers',
  'env_http_headers',
  'bearer_token_env_var',
  'oauth',
  'oauth_resource',
  'auth',
]

/** MCP servers: where they run, and how long they are waited for. */
export function checkServerTransports(root: TableNode, report: Report): void {
  for (const server of entriesOf(nodeAt(root, 'mcp_servers'))) {
    if (server.value.kind !== 'table') continue
    const path: Path = ['mcp_servers', server.key]
    transport(server, path, report)
    for (const name of ['startup_timeout_sec', 'tool_timeout_sec'])
      duration(entryOf(server.value, name), [...path, name], report)
    secret(server, path, report)
  }
}

function transport(server: Entry, path: Path, report: Report): void {
  const local = entryOf(server.value, 'command')
  const remote = entryOf(server.value, 'url')
  const refuse = (at: Entry, message: string, remedy: string): void =>
    report.error({
      code: 'server_transport',
      span: at.keySpan,
      path: at === server ? path : [...path, at.key],
      message,
      effect:
        at === server
          ? 'Codex 0.169 refuses to start for everybody whose own configuration does not complete it.'
          : REFUSES,
      remedy,
    })
  if (local === undefined && remote === undefined) {
    refuse(
      server,
      'A server needs a command or an address.',
      'Add command = "…" or url = "https://…".',
    )
    return
  }
  const others = local === undefined ? LOCAL : ['url', ...REMOTE]
  const kind = local === undefined ? 'remote' : 'local'
  for (const name of others) {
    const entry = entryOf(server.value, name)
    if (entry !== undefined)
      refuse(entry, `${name} does not belong to a ${kind} server.`, 'Take it out.')
  }
}

/** Seconds are a 64-bit number of the client's clock (measured: 1e19 is taken, 2^64 is not). */
function duration(entry: Entry | undefined, path: Path, report: Report): void {
  if (entry === undefined || !isNumber(entry.value, path, report)) return
  const seconds = entry.value.value
  if (seconds >= 0 && seconds < 2 ** 64) return
  report.error({
    code: 'out_of_range',
    span: entry.value.span,
    path,
    message: 'This is no number of seconds.',
    effect: REFUSES,
    remedy: 'Write a number from 0 on.',
  })
}

function secret(server: Entry, path: Path, report: Report): void {
  const oauth = entryOf(server.value, 'oauth')
  const entry = entryOf(oauth?.value, 'client_secret')
  if (entry === undefined || textOf(entryOf(oauth?.value, 'client_id')?.value) !== undefined) return
  report.error({
    code: 'missing_key',
    span: entry.keySpan,
    path: [...path, 'oauth', 'client_secret'],
    message: 'A client secret needs a client_id.',
    effect: REFUSES,
    remedy: 'Add client_id = "…".',
  })
}
