import { memberById } from '#features/access/index.ts'
import { theWorkspace } from '#features/workspace/index.ts'
import { minuteText } from '#kernel/clock.ts'
import type { Job } from '#kernel/jobs.ts'
import type { Mailer, MailText } from '#kernel/mail.ts'
import type { Runtime } from '#kernel/runtime.ts'
import { stateOf } from './standing.ts'
import { proposalById, type ProposalRow } from './store.ts'

/** The job that sends one. Payload: `{ proposalId, memberId }`. */
export const mailWaiting = 'approvals.mail-waiting'

interface Payload {
  readonly proposalId: string
  readonly memberId: string
}

export interface MailPorts {
  readonly mailer: Mailer | undefined
  /** Where people open pages, without a trailing slash. */
  readonly siteUrl: string
}

/** Tells one who can approve that something waits. What it is about is read on the page, by who may see it. */
export const waitingMail = (
  around: { readonly workspace: string; readonly siteUrl: string },
  row: Pick<ProposalRow, 'id' | 'proposer' | 'expires_at'>,
): MailText => ({
  subject: `A change waits for your approval in ${around.workspace}`,
  text: `${row.proposer} asks for approval of a change in ${around.workspace}. Until somebody approves it, nothing happens; it can be approved until ${minuteText(row.expires_at)}.

${around.siteUrl}/approvals/${row.id}
`,
})

export const mailJobs = (
  { db, clock }: Runtime,
  { mailer, siteUrl }: MailPorts,
): readonly Job[] => [
  {
    name: mailWaiting,
    async handle(payload) {
      if (!mailer) return
      const { proposalId, memberId } = payload as Payload
      const made = await db.read(function* () {
        const row = yield* proposalById(proposalId)
        const member = yield* memberById(memberId)
        if (!row || stateOf(row, clock()) !== 'open' || member?.status !== 'active')
          return undefined
        const workspace = (yield* theWorkspace())?.name ?? 'Gatehouse'
        return { to: member.email, ...waitingMail({ workspace, siteUrl }, row) }
      })
      if (!made) return
      const result = await mailer.send(made)
      if (!result.ok) throw new Error(`${result.message} ${result.remedy}`)
    },
  },
]
