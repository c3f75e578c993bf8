import { memberByEmail, memberById, memberTarget } from '#features/access/index.ts'
import { theWorkspace } from '#features/workspace/index.ts'
import { gatehouse } from '#kernel/audit.ts'
import { day } from '#kernel/clock.ts'
import type { Job, Schedule } from '#kernel/jobs.ts'
import type { MailText } from '#kernel/mail.ts'
import { auditAs } from './firstrun.ts'
import { issueLink } from './links.ts'
import { invitationMail, resetMail } from './mails.ts'
import { idle, longest } from './sessions.ts'
import type { SigninPorts } from './setting.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { factorMail, mailFactors, type ToTell } from './second-factor/tell.ts'
import { deleteLinksExpiredBefore, deleteOpenLinks, linkById } from './store.links.ts'
import { deleteStaleSessions } from './store.sessions.ts'

export const mailReset = 'signin.mail-reset'
export const mailInvitation = 'signin.mail-invitation'
const sweep = 'signin.sweep'

/** How long a link that no longer opens can still say why. */
const expiredLinksFor = 30 * day

export const schedules: readonly Schedule[] = [{ job: sweep, cron: '17 * * * *' }]

/**
 * The link of a mail is made when the mail is sent: a queue is a table, and no table of ours holds a secret. A mail that
 * has to be sent again carries another link.
 */
export function signinJobs(runtime: Runtime, ports: SigninPorts): readonly Job[] {
  const { db, clock, ids } = runtime
  const site = { ids, siteUrl: ports.siteUrl }
  async function send(to: string, mail: MailText): Promise<void> {
    if (!ports.mailer) throw new Error('Mail is not configured any more.')
    const result = await ports.mailer.send({ to, ...mail })
    if (!result.ok) throw new Error(`${result.message} ${result.remedy}`)
  }

  return [
    {
      name: mailReset,
      async handle(payload) {
        const { email } = payload as { email: string }
        const made = await db.tx(function* () {
          const member = yield* memberByEmail(email)
          const workspace = yield* theWorkspace()
          if (member?.status !== 'active' || !workspace) return undefined
          yield* deleteOpenLinks('password_reset', member.id)
          const link = yield* issueLink(site, clock(), {
            kind: 'password_reset',
            memberId: member.id,
            createdBy: member.email,
          })
          yield* auditAs(runtime, gatehouse, 'password-reset.mail', {
            target: memberTarget(member),
          })
          return { member, workspace, link }
        })
        if (!made) return
        await send(
          made.member.email,
          resetMail({
            workspace: made.workspace.name,
            url: made.link.url,
            expiresAt: made.link.row.expires_at,
          }),
        )
      },
    },
    {
      name: mailInvitation,
      async handle(payload) {
        const { linkId } = payload as { linkId: string }
        const made = await db.tx(function* () {
          const invitation = yield* linkById(linkId)
          const workspace = yield* theWorkspace()
          // Accepted, withdrawn or replaced in the meantime.
          if (!invitation || invitation.used_at !== null || !workspace) return undefined
          const member = yield* memberById(invitation.member_id ?? '')
          if (!member) return undefined
          const link = yield* issueLink(site, clock(), {
            kind: 'invitation',
            memberId: member.id,
            createdBy: invitation.created_by,
          })
          return { member, workspace, link }
        })
        if (!made) return
        await send(
          made.member.email,
          invitationMail({
            workspace: made.workspace.name,
            by: made.link.row.created_by,
            url: made.link.url,
            expiresAt: made.link.row.expires_at,
          }),
        )
      },
    },
    {
      name: mailFactors,
      async handle(payload) {
        const told = payload as ToTell
        const given = await db.read(function* () {
          const member = yield* memberById(told.memberId)
          return { member, workspace: yield* theWorkspace() }
        })
        if (!given.member || !given.workspace) return
        const { name } = given.workspace
        await send(
          given.member.email,
          factorMail(told, { workspace: name, siteUrl: ports.siteUrl }),
        )
      },
    },
    {
      name: sweep,
      async handle() {
        const now = clock()
        await db.tx(function* () {
          yield* deleteStaleSessions(now - idle, now - longest)
          yield* deleteLinksExpiredBefore(now - expiredLinksFor)
        })
      },
    },
  ]
}
