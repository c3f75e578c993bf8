import { minuteText } from '#kernel/clock.ts'
import type { MailText } from '#kernel/mail.ts'
import type { AccessToken } from './schema.ts'

/** Payload: `{ tokenId, days }`. */
export const mailEnding = 'clients.mail-token-ending'

/** Before a token ends by itself, to the one who can make another. */
export function endingMail(
  around: { readonly workspace: string; readonly siteUrl: string },
  token: AccessToken,
): MailText {
  const { name, of, expiresAt, purpose } = token
  const page = of.kind === 'service_account' ? `/service-accounts/${of.id}` : '/account/tokens'
  const whose =
    of.kind === 'service_account' ? ` of the service account “${of.name}”` : ' that you made'
  return {
    subject: `The access token “${name}” ends soon in ${around.workspace}`,
    text: `The access token “${name}”${whose} ends ${minuteText(expiresAt ?? 0)}.${purpose === '' ? '' : ` It is for: ${purpose}.`}

${
  token.lastUsedAt === null
    ? 'It was never used. If nothing needs it, there is nothing to do.'
    : `It was last used ${minuteText(token.lastUsedAt)}. What uses it stops then: a runner without a policy of its own machine may start without any policy if Gatehouse cannot be reached.`
}

Rotate it here: you get a new one, and choose how long the old one goes on.

${around.siteUrl}${page}
`,
  }
}
