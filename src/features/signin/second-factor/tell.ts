import { minuteText } from '#kernel/clock.ts'
import type { MailText } from '#kernel/mail.ts'
import { enqueue, type Work } from '#kernel/work.ts'

/** What a member is told of by mail, because whoever gets into her account would do it first. */
export const tellings = {
  'passkey-added': 'A passkey was added to your account',
  'passkey-removed': 'A passkey was removed from your account',
  'passkey-cloned': 'A copy of your passkey was used',
  'authenticator-added': 'An authenticator app was added to your account',
  'authenticator-removed': 'The authenticator app was removed from your account',
  'codes-made': 'New recovery codes were made for your account',
  'code-used': 'A recovery code was used to sign in to your account',
  'codes-guessed': 'Somebody who knows your password is guessing your codes',
  'factors-reset': 'Your second factors were removed',
} as const
export type Telling = keyof typeof tellings

export const mailFactors = 'signin.mail-factors'

export interface ToTell {
  readonly memberId: string
  readonly what: Telling
  /** A sentence that says more. */
  readonly detail: string
  readonly at: number
}

/** With the transaction of what it tells of. */
export function* tell(told: ToTell): Work<void> {
  yield* enqueue({ name: mailFactors, payload: told })
}

export function factorMail(
  told: ToTell,
  given: { readonly workspace: string; readonly siteUrl: string },
): MailText {
  return {
    subject: `${tellings[told.what]} (${given.workspace})`,
    text: `${tellings[told.what]} in ${given.workspace} on Gatehouse, at ${minuteText(told.at)}.

${told.detail}

If it was not you: sign in, end all your sessions and look at your second factors on

${given.siteUrl}/account

and tell an owner of the workspace.
`,
  }
}
