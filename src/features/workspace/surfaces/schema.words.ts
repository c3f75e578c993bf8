import type { Surface, SurfaceKey } from './schema.ts'

/** What a surface is called, what being off means, and what goes out where no admin has written a text. */
interface SurfaceWords {
  readonly name: string
  readonly about: string
  /** Behind `off: …`, in a line. */
  readonly off: string
  /** Asked before it is turned off. */
  readonly question: string
  /** On the overview, while it is off. */
  readonly alarm: string
  readonly consequence: string
  /** The text that goes out with the refusal where none was written. */
  readonly text: string
}

export const surfaceWords: Readonly<Record<SurfaceKey, SurfaceWords>> = {
  codex_local: {
    name: 'Codex local',
    about: 'The client on machines: command line, IDE extension, desktop.',
    off: 'every enrolment and every signed-in client is refused',
    question: 'Turn Codex local off for everybody?',
    alarm: 'Codex local is turned off',
    consequence:
      'Every enrolment and every signed-in client is refused, so no client of this workspace starts.',
    text: 'Codex is turned off in this workspace. Ask your administrator.',
  },
  device_code: {
    name: 'Device code',
    about:
      'Signing a client in by typing a code on another device. Whoever is tricked into typing a stranger’s code signs the stranger in; turn it off where every machine has a browser.',
    off: 'no new sign-in with a device code',
    question: 'Turn sign-in with a device code off?',
    alarm: 'Device codes are turned off',
    consequence: 'Nobody can sign a client in with a code. Clients that are signed in go on.',
    text: 'Signing in with a device code is turned off in this workspace. Sign in with the browser, or ask your administrator.',
  },
  access_tokens: {
    name: 'Access tokens',
    about:
      'Tokens that members and service accounts make for scripts and runners, instead of signing in with a browser.',
    off: 'no new access token, and clients with one are refused',
    question: 'Turn access tokens off?',
    alarm: 'Access tokens are turned off',
    consequence:
      'Nobody can make an access token, and a client with one refuses to start: it is known, and given no policy.',
    text: 'Access tokens are turned off in this workspace. Ask your administrator.',
  },
  workspace_sign_in: {
    name: 'Sign-in to the workspace',
    about:
      'Signing a client in to this workspace with “codex login” and its issuer, in the browser or with a device code. The client then has no other sign-in of its own.',
    off: 'no new sign-in to the workspace',
    question: 'Turn sign-in to the workspace off?',
    alarm: 'Sign-in to the workspace is turned off',
    consequence: 'No client can be signed in to the workspace. Clients that are signed in go on.',
    text: 'Signing clients in to this workspace is turned off. Ask your administrator.',
  },
  config_server_sign_in: {
    name: 'Sign-in to the configuration server',
    about:
      'Signing a client in to the configuration server that stands in its machine’s requirements.toml, with a member’s account. Enrolments are something else: their machines need no sign-in.',
    off: 'no new sign-in to the configuration server',
    question: 'Turn sign-in to the configuration server off?',
    alarm: 'Sign-in to the configuration server is turned off',
    consequence:
      'No client can be signed in to the configuration server. Clients that are signed in go on, and so do enrolments.',
    text: 'Signing clients in to the configuration server is turned off in this workspace. Ask your administrator.',
  },
  role_administration: {
    name: 'Administration by role',
    about:
      'Whether custom roles may give permissions of administration. Off, only the built-in roles Owner and Admin administrate; what custom roles say about using Codex stays.',
    off: 'custom roles give no permission of administration',
    question: 'Turn administration by role off?',
    alarm: 'Administration by role is turned off',
    consequence: 'Only owners and admins administrate; custom roles give nothing but Codex itself.',
    text: 'Administration by role is turned off in this workspace. Ask an owner.',
  },
}

/** What goes out with a refusal: the text that an admin wrote, or the general sentence. */
export const surfaceText = ({ key, message }: Pick<Surface, 'key' | 'message'>): string =>
  message === '' ? surfaceWords[key].text : message
