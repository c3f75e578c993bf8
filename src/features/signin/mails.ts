import { minuteText } from '#kernel/clock.ts'
import type { MailText } from '#kernel/mail.ts'
/** Plain text: nothing to load, nothing to misread, and the link stays whole on a line of its own. */
export function invitationMail(given: {
  readonly workspace: string
  readonly by: string
  readonly url: string
  readonly expiresAt: number
}): MailText {
  return {
    subject: `You are invited to ${given.workspace} on Gatehouse`,
    text: `${given.by} invites you to the workspace ${given.workspace} on Gatehouse.

Choose your password here:

${given.url}

The link opens once, until ${minuteText(given.expiresAt)}. If you did not expect it, you need not do anything.
`,
  }
}

export function resetMail(given: {
  readonly workspace: string
  readonly url: string
  readonly expiresAt: number
}): MailText {
  return {
    subject: `Your password for ${given.workspace} on Gatehouse`,
    text: `Somebody, probably you, asked for a new password for your account in ${given.workspace}.

Choose it here:

${given.url}

The link opens once, until ${minuteText(given.expiresAt)}. If it was not you, ignore this mail: your password stays as it is.
`,
  }
}
