import { z } from 'zod'
import { api, ApiError } from '../api.ts'

/** Loaded when it is needed: most pages ask for no passkey. */
const library = () => import('@simplewebauthn/browser')

const challenge = z.object({ options: z.looseObject({ challenge: z.string() }) })

async function ask<O>(path: string): Promise<O> {
  const { options } = await api.post(path, { schema: challenge })
  // The server's options as the browser takes them; their form is WebAuthn's and not ours to check.
  return options as O
}

/** Answers the challenge of `path` with a passkey that the person chooses in the browser's own dialog. */
export async function answerWithPasskey(path: string, waiting = false): Promise<unknown> {
  const { startAuthentication } = await library()
  type Options = Parameters<typeof startAuthentication>[0]['optionsJSON']
  const optionsJSON = await ask<Options>(path)
  return startAuthentication({ optionsJSON, useBrowserAutofill: waiting }).catch(refused)
}

/** Makes a new passkey for the challenge of `path`. */
export async function makePasskey(path: string): Promise<unknown> {
  const { startRegistration } = await library()
  type Options = Parameters<typeof startRegistration>[0]['optionsJSON']
  const optionsJSON = await ask<Options>(path)
  return startRegistration({ optionsJSON }).catch(refused)
}

/** Whether the browser offers passkeys in the list of a field, without being asked. */
export async function passkeysInFields(): Promise<boolean> {
  return (await library()).browserSupportsWebAuthnAutofill()
}

/** Takes back what the browser was asked for. */
export async function forgetPasskeyQuestion(): Promise<void> {
  ;(await library()).WebAuthnAbortService.cancelCeremony()
}

export const passkeysSupported = (): boolean => 'PublicKeyCredential' in globalThis

/** The browser's own refusals, in the form in which screens show the server's. */
function refused(error: unknown): never {
  const name = error instanceof Error ? error.name : ''
  throw new ApiError(0, { code: 'passkey_refused', title: meaningOf(name), errors: [] })
}

function meaningOf(name: string): string {
  switch (name) {
    // Cancelled, or none that fits: a page must not be told which (WebAuthn, section 14.5.1).
    case 'NotAllowedError':
    case 'AbortError':
      return 'No passkey was used.'
    case 'InvalidStateError':
      return 'This device holds a passkey for your account already.'
    case 'SecurityError':
      return 'Passkeys do not work at this address. Open Gatehouse at its own.'
    case 'ConstraintError':
      return 'This device checks nobody: set up a PIN or a fingerprint on it first.'
    default:
      return 'The browser could not use a passkey.'
  }
}
