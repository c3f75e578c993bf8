import { COMMANDS } from './schema.commands.ts'
import { LIMITS } from './schema.limits.ts'
import { NETWORK } from './schema.network.ts'
import { PROVIDERS } from './schema.providers.ts'
import { SERVERS } from './schema.servers.ts'
import { LOCAL, SURFACES } from './schema.surfaces.ts'
import { table, type TableShape } from './shape.ts'

/** The client version every statement about behaviour in this folder was measured with. */
export const CLIENT_VERSION = '0.169.0'

/** The whole of requirements.toml as one shape. Checking, completion and the reference page derive from it. */
export const POLICY: TableShape = table(
  ...LIMITS,
  ...PROVIDERS,
  ...COMMANDS,
  ...NETWORK,
  ...SERVERS,
  ...SURFACES,
  ...LOCAL,
)
