import * as quote from '#kernel/quote.ts'
import { configServerClient, resourceOf } from '../grant/oauth-clients.ts'
import * as truths from '../schema.truths.ts'
import type { MachineChoice, MachineKey } from './schema.ts'

// What is marked as measured was seen with Codex 0.169 on Linux; the conformance suite holds the client to it.

const nobody =
  'Nobody but whoever may write the file: the person’s own config.toml and “-c” do not change it.'
const cloud = 'A policy that is delivered cannot set it: the client drops it there.'

const requirements = (
  key: string,
  value: string,
  does: string,
  doesNot: string,
  measured = true,
): MachineKey => ({
  measured,
  key,
  value,
  file: 'requirements.toml',
  does,
  doesNot,
  override: `${nobody} ${cloud}`,
})

const managed = (
  key: string,
  value: string,
  does: string,
  doesNot: string,
  measured = true,
): MachineKey => ({
  measured,
  key,
  value,
  file: 'managed_config.toml',
  does,
  doesNot,
  override: `${nobody} In the person’s own config.toml the same key is only a default. In requirements.toml it has no effect.`,
})

/** The keys that make a machine what was asked for, each with what it does and does not. */
export function keysFor(choice: MachineChoice, publicUrl: string): readonly MachineKey[] {
  return [
    ...signInKeys(choice),
    ...(choice.route === 'workspace'
      ? [
          requirements(
            'chatgpt_base_url',
            quote.toml(`${publicUrl}/backend-api/`),
            'The client asks Gatehouse for its policy and its account once it is signed in to the workspace.',
            `It signs nobody in. ${truths.failsOpen}`,
          ),
        ]
      : []),
    ...configServerKeys(choice, publicUrl),
  ]
}

function signInKeys({ methods, workspace, signOut, store, mcpStore }: MachineChoice): MachineKey[] {
  const keys: MachineKey[] = []
  if (methods !== 'any')
    keys.push(
      requirements(
        'allowed_login_methods',
        `[${quote.toml(methods)}]`,
        methods === 'chatgpt'
          ? '“codex login --with-api-key” is refused: “API key login is disabled. Use ChatGPT login instead.” A key that was saved before counts as not signed in.'
          : 'Signing in with an account is refused; only API keys are taken.',
        'Where the person’s own configuration forces the other way, the client does not load: “authentication requirements do not permit any usable login method”. It deletes no saved sign-in, and a model provider with a key of its own (env_key) is no sign-in: it goes on.',
        methods === 'chatgpt',
      ),
    )
  if (methods !== 'any' && signOut === 'yes')
    keys.push(
      managed(
        'forced_login_method',
        quote.toml(methods),
        'Whoever is signed in otherwise is signed out at the next start, and the client ends: “ChatGPT login is required, but an API key is currently being used. Logging out.”',
        'The start after that is one without a sign-in. It does not keep the client from starting.',
        methods === 'chatgpt',
      ),
    )
  if (workspace !== '')
    keys.push(
      requirements(
        'allowed_chatgpt_workspaces',
        `[${quote.toml(workspace)}]`,
        'Only sign-ins to this workspace count. Measured together with the key that follows.',
        'It says nothing about API keys: restrict the ways to sign in as well.',
      ),
      managed(
        'forced_chatgpt_workspace_id',
        quote.toml(workspace),
        'A sign-in to another workspace is refused at its end: “Login is restricted to workspace id(s) …”. Whoever is signed in to another one is signed out, and the client ends.',
        'It takes one id or a list; ids with commas between them in one text are refused. After the sign-out the client starts without a sign-in.',
      ),
    )
  if (store !== 'any')
    keys.push(
      requirements(
        'cli_auth_credentials_store',
        quote.toml(store),
        storeDoes[store],
        'Sign-ins to the configuration server are always encrypted with a key from the keyring, whatever stands here.',
        store === 'keyring' || store === 'auto',
      ),
    )
  if (mcpStore !== 'any')
    keys.push(
      managed(
        'mcp_oauth_credentials_store',
        quote.toml(mcpStore),
        'Where the client keeps its sign-ins to MCP servers.',
        'It moves no sign-in that is kept elsewhere already.',
        false,
      ),
    )
  return keys
}

const storeDoes: Readonly<Record<Exclude<MachineChoice['store'], 'any'>, string>> = {
  keyring:
    'The sign-in is kept in the keyring of the system. Without one, signing in fails: “no secret service provider or dbus session found”.',
  file: 'The sign-in is kept in auth.json in the home folder, readable for whoever reads that folder.',
  auto: 'The sign-in is kept in the keyring where there is one, else in auth.json.',
  ephemeral: 'The sign-in is kept in memory only, so every process signs in anew.',
}

/** Dotted keys, so that they stand above every table of a file that others write too. */
function configServerKeys({ route }: MachineChoice, publicUrl: string): MachineKey[] {
  if (route === 'workspace') return []
  const does =
    'The client takes its policy from Gatehouse at every start without a valid cache, and refuses to start without an answer.'
  if (route === 'enrolment')
    return [
      requirements(
        'config_server.base_url',
        quote.toml(`${publicUrl}/c/YOUR-KEY`),
        `${does} Put the key of an enrolment in place of YOUR-KEY.`,
        'It tells machines of one enrolment not apart, and knows no person.',
      ),
    ]
  const resource = resourceOf(configServerClient, publicUrl)
  const oauth = (key: string, value: string, says: string) =>
    requirements(`config_server.oauth.${key}`, value, says, 'It holds no secret.')
  return [
    requirements('config_server.base_url', quote.toml(resource), does, truths.modelSignInElsewhere),
    oauth(
      'authorization_url',
      quote.toml(`${publicUrl}/oauth/authorize`),
      'Where “codex login” sends the browser.',
    ),
    oauth('token_url', quote.toml(`${publicUrl}/oauth/token`), 'Where it takes its tokens.'),
    oauth('client_id', quote.toml(configServerClient.id), 'What the client calls itself there.'),
    oauth(
      'scopes',
      `[${configServerClient.scopes.map(quote.toml).join(', ')}]`,
      'What it asks for: the policy, and nothing else.',
    ),
    oauth('resource', quote.toml(resource), 'For whom the tokens are.'),
  ]
}

/** What does not go together, and what is left open. */
export function warningsFor(choice: MachineChoice): readonly string[] {
  const { route, methods, workspace, signOut, store } = choice
  return [
    ...(route === 'workspace' ? [truths.failsOpen] : []),
    ...(route === 'workspace' && methods === 'api'
      ? [
          'The workspace route is a sign-in with an account: with API keys only, nobody can take it.',
        ]
      : []),
    ...(workspace !== '' && methods !== 'chatgpt'
      ? [
          'A sign-in with an API key belongs to no workspace: allow accounts only, or the restriction can be left.',
        ]
      : []),
    ...(signOut === 'yes' && methods === 'any'
      ? ['Nobody is signed out while every way to sign in is allowed.']
      : []),
    ...(route === 'config_server' && choice.system === 'linux'
      ? [
          'Signing in to the configuration server needs a keyring. Machines without a desktop, and those that many share, take an enrolment.',
        ]
      : []),
    ...(store === 'keyring' && route === 'enrolment'
      ? [
          'Machines of automation seldom have a keyring; without one no model sign-in can be kept there.',
        ]
      : []),
  ]
}
