import { z } from 'zod'
import { email, idParams, memberName, roleKey } from '../access/schema.ts'
import { line, page, pageQuery, permission, time } from '../workspace/schema.ts'

export { idParams }

/** Any text in; what a good password is, the server judges (kernel/passwords). */
const password = z.string().min(1).max(2000)
const newPassword = z.string().min(1, 'Choose a password.').max(2000)
const linkToken = z.string().min(1).max(300)
const workspaceName = line(100).min(1, 'Give the workspace a name.')
const ownName = memberName.min(1, 'Tell people your name.')

/** What the pages before signing in need to know. */
export const start = z.object({
  needed: z.boolean().describe('There is no workspace yet: the first run comes first.'),
  mail: z
    .boolean()
    .describe('Mail is configured, so a forgotten password can be replaced by mail.'),
  workspace: z.string().nullable(),
})
export type Start = z.infer<typeof start>

export const setup = z.object({
  token: linkToken,
  workspaceName,
  email,
  name: ownName,
  password: newPassword,
})

export const sessionMethods = ['password', 'passkey', 'sso'] as const
export type SessionMethod = (typeof sessionMethods)[number]
const secondFactorState = z
  .enum(['given', 'none', 'owed'])
  .describe('`owed`: the session opens nothing until a second factor is given or added.')
const how = {
  method: z.enum(sessionMethods).describe('How she signed in.'),
  secondFactor: secondFactorState,
}

export const session = z.object({
  member: z.object({ id: z.string(), name: z.string(), email: z.string() }),
  workspace: z.object({ id: z.string(), name: z.string() }),
  role: z.object({ key: roleKey, name: z.string() }),
  permissions: z.array(permission),
  session: z.object({
    id: z.string(),
    authenticatedAt: time.describe('When she last proved that it is her.'),
    endsAt: time.describe('When it ends at the latest; it ends sooner when it is not used.'),
    ...how,
  }),
})
export type Session = z.infer<typeof session>

export const credentials = z.object({ email: z.string().trim().min(1).max(254), password })
export const reauthenticated = z.object({ authenticatedAt: time })

export const listedSession = z.object({
  id: z.string(),
  current: z.boolean(),
  createdAt: time,
  lastSeenAt: time,
  endsAt: time,
  ip: z.string(),
  place: z.string().describe('The address in words, where it tells something.'),
  ...how,
  client: z.string().describe('Browser and system, as far as the browser tells.'),
})
export type ListedSession = z.infer<typeof listedSession>
export const sessions = z.object({ items: z.array(listedSession) })
export const ended = z.object({ ended: z.int() })
export const sessionOfMember = idParams.extend({ session: z.string().max(100) })

export const passwordChange = z.object({
  current: password,
  next: newPassword,
  endClients: z.boolean().default(false).describe('Also end the sign-ins of the own clients.'),
})
export const passwordChanged = ended.extend({
  endedClients: z.int().describe('0 unless that was wanted.'),
})
export const passwordState = z.object({ changedAt: time.nullable() })

export const linkKinds = ['setup', 'invitation', 'password_reset'] as const
export type LinkKind = (typeof linkKinds)[number]
export const link = z.object({ token: linkToken })
/** What a link is for, told to whoever holds it. */
export const linkFacts = z.object({
  kind: z.enum(linkKinds),
  expiresAt: time,
  workspace: z.string().nullable(),
  email: z.string().nullable(),
  name: z.string().nullable(),
})
export type LinkFacts = z.infer<typeof linkFacts>

export const resetRequest = z.object({ email: z.string().trim().min(1).max(254) })
export const resetRequested = z.object({
  detail: z.string().describe('The same for every address, so that it tells nothing.'),
})
export const reset = z.object({
  token: linkToken,
  password: newPassword,
  endClients: z
    .boolean()
    .default(true)
    .describe('Also end the sign-ins of her clients: somebody may have known the old password.'),
})
export const resetLinkRequest = z.object({ memberId: z.string().max(100) })

/** The link is shown once: only a hash of it is kept. */
export const madeLink = z.object({
  url: z.string(),
  expiresAt: time,
  mailed: z.boolean().describe('It is also on its way by mail.'),
})

export const invitation = z.object({
  id: z.string(),
  member: z.object({ id: z.string(), email: z.string(), name: z.string(), role: roleKey }),
  state: z.enum(['open', 'expired']),
  createdAt: time,
  createdBy: z.string(),
  expiresAt: time,
})
export type Invitation = z.infer<typeof invitation>
export const invitationsPage = page(invitation)
export const invitationsQuery = pageQuery.omit({ format: true })

export const newInvitation = z.object({
  email,
  name: memberName.default(''),
  role: roleKey.default('member'),
  groupIds: z.array(z.string().max(100)).max(100).default([]),
})
export const memberInvitation = z.object({ memberId: z.string().max(100) })
export const madeInvitation = invitation.extend({ link: madeLink })
export type MadeInvitation = z.infer<typeof madeInvitation>
export const acceptance = z.object({ token: linkToken, name: ownName, password: newPassword })
