import { minuteText } from '#kernel/clock.ts'
import type { MailText } from '#kernel/mail.ts'
import { programOf } from './fleet/program.ts'
import { oauthClientOf, redirectHost } from './grant/oauth-clients.ts'
import type { AuthorizationRow, ClientRow, DeviceRow } from './tables.ts'

/** Jobs that send them. Payloads: `{ deviceId }`, `{ authorizationId, memberId }` and `{ clientId }`. */
export const mailDevice = 'clients.mail-device'
export const mailConsent = 'clients.mail-consent'
export const mailTheft = 'clients.mail-theft'

interface Around {
  readonly workspace: string
  /** Where people open pages, without a trailing slash. */
  readonly siteUrl: string
}

/** A program names itself as it likes, and a mail is no place for addresses of strangers. */
const program = (userAgent: string): string => {
  const named = programOf(userAgent).replaceAll(/[^\w .+-]/g, '')
  return named === '' ? 'It did not say which program it is' : `It calls itself ${named}`
}

/** After she let a client in with a code: the one who was talked into it learns it here. */
export function deviceMail(around: Around, device: DeviceRow): MailText {
  return {
    subject: `A client was signed in with your account in ${around.workspace}`,
    text: `You let a coding agent in with a device code, ${minuteText(device.decided_at ?? device.created_at)}.

The code was asked for from the network address ${device.ip}, ${minuteText(device.created_at)}. ${program(device.user_agent)}.

${whatNow(around, 'If it was not you, or if somebody gave you the code')}`,
  }
}

/** After she let a client in from the page in the browser: somebody may have sat at her machine, or held her session. */
export function consentMail(around: Around, request: AuthorizationRow): MailText {
  const program = oauthClientOf(request.oauth_client)?.name ?? 'a program'
  return {
    subject: `A client was signed in with your account in ${around.workspace}`,
    text: `You let a coding agent in, in the browser, ${minuteText(request.decided_at ?? request.created_at)}.

The sign-in was begun from the network address ${request.ip}, ${minuteText(request.created_at)}, for ${program}; the answer went to ${redirectHost(request.redirect_uri)}, which is a program on the machine of that browser.

${whatNow(around, 'If it was not you')}`,
  }
}

const whatNow = (
  { siteUrl }: Around,
  suspicion: string,
): string => `It works with your name and your policy now. Your devices are here:

${siteUrl}/account/devices

${suspicion}, end it there at once, change your password, and tell your administrator.
`

/** Its refresh token came a second time: somebody has a copy of it. */
export function theftMail(around: Around, client: ClientRow, usedFrom: string): MailText {
  return {
    subject: `One of your clients was signed out in ${around.workspace}`,
    text: `A coding agent that was signed in with your account was signed out${client.ended_at === null ? '' : `, ${minuteText(client.ended_at)}`}: a key of it that had been used up was sent again. That happens when somebody has copied the files of the client, and when a machine was put back from a backup.

It was signed in from the network address ${client.created_ip}, ${minuteText(client.created_at)}, and last seen at ${usedFrom}. ${program(client.created_agent)}.

Nothing of it works any more. Sign in again on your own machine; if you did not put back a backup, look for who else can read the files there, and tell your administrator. Your devices are here:

${around.siteUrl}/account/devices
`,
  }
}
