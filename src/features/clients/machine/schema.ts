import { z } from 'zod'
import { line } from '../../workspace/schema.ts'
import { setupSnippet } from '../schema.ts'

/** How the machine comes by its policy: by a person's sign-in on one of the two routes, or by an enrolment's key. */
export const machineRoutes = ['config_server', 'workspace', 'enrolment'] as const
export const systems = ['linux', 'macos', 'windows'] as const
export const methods = ['any', 'chatgpt', 'api'] as const
export const stores = ['any', 'keyring', 'file', 'auto', 'ephemeral'] as const
export const mcpStores = ['any', 'keyring', 'file', 'auto'] as const

/** What an organisation wants of its machines; each answer stands in the address of the page. */
export const machineQuery = z.object({
  route: z.enum(machineRoutes).default('config_server'),
  system: z.enum(systems).default('linux'),
  methods: z
    .enum(methods)
    .default('any')
    .describe(
      'Which sign-ins to a model the client takes: `chatgpt` (the vendor’s or ours), `api` keys.',
    ),
  workspace: line(100)
    .default('')
    .describe('The id of the only workspace that people may sign in to; empty: any.'),
  signOut: z
    .enum(['yes', 'no'])
    .default('no')
    .describe('Whether whoever is signed in otherwise is signed out, and not only passed over.'),
  store: z.enum(stores).default('any').describe('Where the client keeps its sign-in.'),
  mcpStore: z.enum(mcpStores).default('any').describe('Where it keeps sign-ins to MCP servers.'),
})
export type MachineChoice = z.infer<typeof machineQuery>

export const machineKey = z.object({
  key: z.string(),
  value: z.string().describe('As it stands in the file, TOML.'),
  file: z.enum(['requirements.toml', 'managed_config.toml']),
  does: z.string(),
  doesNot: z.string(),
  override: z.string().describe('Who can override it.'),
  measured: z
    .boolean()
    .describe('Seen with Codex 0.169 on Linux; else it follows the vendor’s documentation.'),
})
export type MachineKey = z.infer<typeof machineKey>

export const machineSetup = z.object({
  workspaceId: z
    .string()
    .describe('The id of this workspace, for sign-ins on the workspace route.'),
  keys: z.array(machineKey),
  forms: z.array(setupSnippet).describe('The same lines, in the forms of the operating system.'),
  warnings: z.array(z.string()).describe('What does not go together, or leaves a gap.'),
})
export type MachineSetup = z.infer<typeof machineSetup>
