import { POLICY } from '../schema.ts'
import { anything, filled, key, list, oneOf, text, type Key, type TableShape } from '../shape.ts'
import { entriesOf, entryOf, isTrue, nodeAt, textOf, type TableNode } from '../tree.ts'

// Keys of which a delivered policy is dropped or refused, and that are read like any other on the machine itself.
const OF_THE_MACHINE: readonly Key[] = [
  key('chatgpt_base_url', text, 'The service the client talks to.'),
  key('allowed_login_methods', filled(oneOf('chatgpt', 'api')), 'How people may sign in.'),
  key('allowed_chatgpt_workspaces', list(text), 'Which workspaces people may sign in to.'),
  key(
    'cli_auth_credentials_store',
    oneOf('file', 'keyring', 'auto', 'ephemeral'),
    'Where sign-ins are kept.',
  ),
  key('config_server', anything, 'Where the client fetches its policy.'),
]

/** What may stand in a file on the machine: the whole of a policy, and the keys that only work there. */
export const MACHINE: TableShape = {
  ...POLICY,
  keys: POLICY.keys.map((one) => OF_THE_MACHINE.find(({ name }) => name === one.name) ?? one),
}

/** Why the files of a machine keep its client from the configuration server that they name. */
export interface OutOfReach {
  readonly path: readonly string[]
  readonly message: string
  readonly remedy: string
}

/**
 * The limits on what the desktop app may contact bind every client, also when it fetches its policy, if they stand on the
 * machine (measured on 0.169: "destination denied by application network policy"; delivered, they do not).
 */
export function outOfReach(root: TableNode): OutOfReach | undefined {
  const network = nodeAt(root, 'application', 'network')
  const base = textOf(nodeAt(root, 'config_server', 'base_url'))
  const enabled = entryOf(network, 'enabled')
  if (network?.kind !== 'table' || base === undefined || !URL.canParse(base)) return undefined
  // Listed or not, nothing counts while it is off; it is on as soon as the table is there.
  if (enabled !== undefined && !isTrue(enabled.value)) return undefined
  const { hostname } = new URL(base)
  const allowed = entriesOf(nodeAt(network, 'domains')).some(
    (entry) =>
      entry.key.replace(/\.$/, '').toLowerCase() === hostname && textOf(entry.value) === 'allow',
  )
  if (allowed) return undefined
  return {
    path: ['application', 'network'],
    message: `application.network does not allow ${hostname}, from where the policy is fetched.`,
    remedy: `Add "${hostname}" = "allow" to its domains, or take application.network out of the machine's files.`,
  }
}
