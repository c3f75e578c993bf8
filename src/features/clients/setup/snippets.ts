import { putBlock, takeBlock, type Block } from '#kernel/block.ts'
import * as quote from '#kernel/quote.ts'
import { configServerClient, resourceOf } from '../grant/oauth-clients.ts'
import type { Setup } from '../schema.ts'
import * as truths from '../schema.truths.ts'

type SetupRoute = Setup['routes'][number]
type Snippet = SetupRoute['snippets'][number]

export interface Place {
  /** The address of the clients, https, without a slash at its end. */
  readonly publicUrl: string
  /** The certificate of the local authority (PEM), where the server's certificate comes from it. */
  readonly localCa: string | null
}

const requirements = '/etc/codex/requirements.toml'
const unixCa = '/etc/codex/gatehouse-ca.crt'
const profile = '/etc/profile.d/gatehouse-sign-in.sh'
/** The same marks as those of an enrolment: a machine has one configuration server, and the newer one takes its place. */
const ours: Block = { file: requirements, begin: '# BEGIN gatehouse', end: '# END gatehouse' }
const otherServer = {
  pattern: '^[[:space:]]*\\[*config_server',
  message: 'names another configuration server; remove it first',
}

/** The name of the model provider in the lines; nobody reads it but the file itself. */
const provider = 'organisation'
const modelKey = 'ORGANISATION_MODEL_KEY'
/** Shown where the key of an enrolment goes. */
const keyPlaceholder = 'YOUR-KEY'

/** Both routes by which a person's client takes her own policy. Everything is text: nothing is made or stored. */
export const setupFor = (place: Place): Setup => ({
  issuer: place.publicUrl,
  routes: [configServer(place), workspace(place)],
})

function configServer(place: Place): SetupRoute {
  return {
    route: 'config_server',
    title: 'Configuration server',
    summary: `Root-owned lines on the machine name Gatehouse; each developer signs in once with “codex login”. ${truths.keepsModelSignIn}`,
    ensures: [
      'The client gets the policy of the person who signed in: her groups decide.',
      'It fails closed: without a sign-in, or without an answer, it refuses to start.',
      'It holds whatever model sign-in the developer uses, and after she has logged out of it.',
      'A suspended member and an ended sign-in are refused at the next start without a valid cache.',
    ],
    doesNot: [
      truths.modelSignInElsewhere,
      'Nothing is reported back: on this route the client sends no analytics.',
      'On Linux it needs a keyring (Secret Service over D-Bus, such as GNOME Keyring). Machines without a desktop take an enrolment instead.',
      'When a sign-in fails, the terminal shows one general sentence; the reason stands on our page in the browser only.',
      truths.logoutStaysListed,
      'A client that runs keeps what it loaded; there is no push.',
    ],
    snippets: [oauthFile(place), oauthShell(place), oauthSignIn(place)],
  }
}

const oauthLines = ({ publicUrl }: Place): readonly string[] => {
  const resource = resourceOf(configServerClient, publicUrl)
  return [
    '[config_server]',
    `base_url = ${quote.toml(resource)}`,
    '',
    '[config_server.oauth]',
    `authorization_url = ${quote.toml(`${publicUrl}/oauth/authorize`)}`,
    `token_url = ${quote.toml(`${publicUrl}/oauth/token`)}`,
    `client_id = ${quote.toml(configServerClient.id)}`,
    `scopes = [${configServerClient.scopes.map(quote.toml).join(', ')}]`,
    `resource = ${quote.toml(resource)}`,
  ]
}

const restart =
  'The client caches a policy for one hour. A new set-up applies at the next start without a cache.'
const caNote = `This server has a certificate of its own local authority, so the client is told to trust it by CODEX_CA_CERTIFICATE. With a certificate that the machines trust already these lines are not needed.`
const noSecret = 'The lines hold no secret. They are the same for every machine and every person.'

const oauthFile = (place: Place): Snippet => ({
  id: 'requirements',
  title: 'File',
  language: 'toml',
  fileName: 'requirements.toml',
  where: `${requirements} on Linux and macOS (owner root, mode 0644), %ProgramData%\\OpenAI\\Codex\\requirements.toml on Windows`,
  install: text(['# Gatehouse: the policy of whoever signs in', ...oauthLines(place)]),
  remove: null,
  notes: [
    noSecret,
    'A file that exists already keeps its other keys: put these lines at its end. There can be one [config_server] only.',
    ...(place.localCa === null ? [] : [`${caNote} The shell form has them.`]),
    restart,
  ],
})

const oauthShell = (place: Place): Snippet => ({
  id: 'shell',
  title: 'Shell',
  language: 'shell',
  fileName: 'gatehouse-config-server.sh',
  where: 'Run as root on Linux or macOS. It may be run again.',
  install: script([...putBlock(ours, oauthLines(place), [otherServer]), ...trust(place)]),
  remove: script([...takeBlock(ours), ...distrust(place)]),
  notes: [
    noSecret,
    'It takes the place of an enrolment’s lines, if the machine has them. Other keys of the file stay.',
    ...(place.localCa === null ? [] : [caNote]),
    restart,
  ],
})

const oauthSignIn = (place: Place): Snippet => ({
  id: 'sign-in',
  title: 'Sign in',
  language: 'shell',
  fileName: 'sign-in.sh',
  where: 'As the developer, in a terminal of the desktop.',
  install: text([...caHere(place), 'codex login']),
  remove: text(['codex logout']),
  notes: [
    'It opens the browser on our page, which says what is asked, by which machine, and which policy follows.',
    'On Linux a keyring must be running and unlocked: the desktop’s own, or dbus-daemon with gnome-keyring-daemon. Without one the sign-in ends with “Gateway sign-in failed; check the gateway configuration and credential store.”',
    '“codex login status” speaks of the model sign-in only and may still say “Not logged in”.',
  ],
})

function workspace(place: Place): SetupRoute {
  return {
    route: 'workspace',
    title: 'Workspace sign-in',
    summary: `The client signs in to Gatehouse as it would to the vendor’s workspace. ${truths.replacesModelSignIn}`,
    ensures: [
      'While it is signed in, the client gets the policy of the person who signed in: her groups decide.',
      'It works without a keyring and without a browser on the machine: the person types a code on another device.',
      'The client reports analytics events to Gatehouse, which counts them.',
      'While it is signed in, it refuses to start without an answer, and after its sign-in was ended.',
    ],
    doesNot: [
      truths.failsOpen,
      truths.endedThenLoggedOut,
      truths.configServerWins,
      truths.loginGoesElsewhere,
      'Model traffic does not pass through Gatehouse.',
    ],
    snippets: [clientConfig(place), signIn(place), environment(place), fallback(place)],
  }
}

const clientConfig = ({ publicUrl }: Place): Snippet => ({
  id: 'config',
  title: 'Client',
  language: 'toml',
  fileName: 'config.toml',
  where:
    '~/.codex/config.toml of the developer, or /etc/codex/config.toml for everybody on the machine',
  install: text([
    `chatgpt_base_url = ${quote.toml(`${publicUrl}/backend-api/`)}`,
    `model_provider = ${quote.toml(provider)}`,
    '',
    `[model_providers.${provider}]`,
    'name = "Your organisation"',
    'base_url = "https://models.example/v1"',
    'wire_api = "responses"',
    `env_key = ${quote.toml(modelKey)}`,
  ]),
  remove: null,
  notes: [
    truths.replacesModelSignIn,
    `Put the address of your own model gateway in place of https://models.example/v1; the client takes its key from the variable ${modelKey}.`,
    'The first two lines must stand above every [table] of the file.',
    truths.failsOpen,
  ],
})

const signIn = (place: Place): Snippet => ({
  id: 'sign-in',
  title: 'Sign in',
  language: 'shell',
  fileName: 'sign-in.sh',
  where: 'As the developer, on any machine, also over ssh.',
  install: text([
    ...caHere(place),
    `codex login --device-auth --experimental_issuer ${quote.shell(place.publicUrl)}`,
  ]),
  remove: text([revokeHere(place), 'codex logout']),
  notes: [
    'It prints a code. The person types it on our page, sees which machine asks, and agrees.',
    'Only with the variable does “codex logout” reach Gatehouse. Without it, and after signing out in an IDE, the sign-in stays listed until somebody ends it or it is not used for long enough.',
    truths.loginGoesElsewhere,
    truths.failsOpen,
  ],
})

const environment = (place: Place): Snippet => ({
  id: 'environment',
  title: 'IDE and app-server',
  language: 'shell',
  fileName: 'gatehouse-sign-in.sh',
  where: `Run as root on Linux: it writes ${profile}, which login shells read. It may be run again.`,
  install: script([
    'umask 022',
    `mkdir -p "$(dirname ${profile})"`,
    `printf '%s\\n' ${variables(place).map(quote.shell).join(' ')} > ${profile}`,
    ...certificate(place),
  ]),
  remove: script([`rm -f ${[profile, ...(place.localCa === null ? [] : [unixCa])].join(' ')}`]),
  notes: [
    'An IDE sees these variables only when it is started from a login shell or a session that has them. Where developers start it in another way, and on macOS and Windows, set them there.',
    'CODEX_APP_SERVER_LOGIN_ISSUER is for the sign-in of IDE extension and app-server; “codex login” in a terminal does not read it.',
    ...(place.localCa === null ? [] : [caNote]),
    truths.failsOpen,
  ],
})

/** The gap that the route has by itself, closed by lines that only root can change. */
const fallback = ({ publicUrl }: Place): Snippet => ({
  id: 'fallback',
  title: 'Close the gap',
  language: 'shell',
  fileName: 'gatehouse-fallback.sh',
  where:
    'Run as root on Linux or macOS, after the developer has signed in. It may be run again. Put the key of an enrolment in place of YOUR-KEY.',
  install: script(
    putBlock(
      ours,
      ['[config_server]', `base_url = ${quote.toml(`${publicUrl}/c/${keyPlaceholder}`)}`],
      [otherServer],
    ),
  ),
  remove: script(takeBlock(ours)),
  notes: [
    truths.failsOpen,
    truths.configServerWins,
    'So the group of the enrolment decides on this machine, signed in or not. Where each person shall have her own policy, take the route of the configuration server: its lines close the gap as well.',
    truths.loginGoesElsewhere,
  ],
})

const variables = (place: Place): readonly string[] => [
  `export CODEX_APP_SERVER_LOGIN_ISSUER=${quote.shell(place.publicUrl)}`,
  revokeHere(place),
  ...caHere(place),
]

const revokeHere = ({ publicUrl }: Place): string =>
  `export CODEX_REVOKE_TOKEN_URL_OVERRIDE=${quote.shell(`${publicUrl}/oauth/revoke`)}`

const caHere = ({ localCa }: Place): readonly string[] =>
  localCa === null ? [] : [`export CODEX_CA_CERTIFICATE=${unixCa}`]

const certificate = ({ localCa }: Place): readonly string[] =>
  localCa === null
    ? []
    : [`mkdir -p "$(dirname ${unixCa})"`, `printf '%s' ${quote.shell(localCa)} > ${unixCa}`]

/** The certificate, and a profile that names it to login shells. */
const trust = (place: Place): readonly string[] =>
  place.localCa === null
    ? []
    : [
        ...certificate(place),
        `mkdir -p "$(dirname ${profile})"`,
        `printf '%s\\n' ${caHere(place).map(quote.shell).join(' ')} > ${profile}`,
      ]

const distrust = ({ localCa }: Place): readonly string[] =>
  localCa === null ? [] : [`rm -f ${unixCa} ${profile}`]

const text = (parts: readonly string[]): string => `${parts.join('\n')}\n`
const script = (parts: readonly string[]): string => text(['#!/bin/sh', 'set -eu', ...parts])
