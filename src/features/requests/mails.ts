import { activeHolders, memberById } from '#features/access/index.ts'
import { theWorkspace } from '#features/workspace/index.ts'
import { minuteText } from '#kernel/clock.ts'
import type { Job } from '#kernel/jobs.ts'
import type { MailText } from '#kernel/mail.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import type { Setting } from './ports.ts'
import { markTold, requestById, untold, type RequestRow } from './store.ts'

/** Gathers what came in and tells everybody who can decide, once. No payload. */
export const mailWaiting = 'requests.mail-waiting'
/** Payload: `{ memberId, count }`. */
const mailDecider = 'requests.mail-decider'
/** Payload: `{ requestId }`. */
export const mailDecided = 'requests.mail-decided'

interface Around {
  readonly workspace: string
  readonly siteUrl: string
}

/** What it is about, and from whom, is read on the page by who may see it. */
export const waitingMail = ({ workspace, siteUrl }: Around, count: number): MailText => ({
  subject:
    count === 1
      ? `A request for access waits in ${workspace}`
      : `${count} requests for access wait in ${workspace}`,
  text: `${count === 1 ? 'Somebody asks' : `${count} times somebody asks`} for access in ${workspace}, and you can decide.

${siteUrl}/requests
`,
})

export function decidedMail({ workspace, siteUrl }: Around, row: RequestRow): MailText {
  const granted = row.state === 'granted'
  const until =
    row.granted_ends_at === null
      ? 'It is for good.'
      : `It ends by itself, ${minuteText(row.granted_ends_at)}.`
  const effect = `${until} A client that is running learns of it at its next start without a valid cache, at most an hour later.`
  return {
    subject: `Your request for access in ${workspace} was ${granted ? 'granted' : 'declined'}`,
    text: `${row.decided_by ?? 'Somebody'} ${granted ? 'granted' : 'declined'} what you asked for in ${workspace}: ${row.title}

${granted ? effect : 'Nothing has changed.'}${row.note === '' ? '' : `\n\n${row.note}`}

${siteUrl}/requests/${row.id}
`,
  }
}

export function mailJobs({ runtime: { db, clock }, ports }: Setting): readonly Job[] {
  const { mailer, siteUrl } = ports
  async function send(to: string, mail: MailText): Promise<void> {
    if (!mailer) return
    const result = await mailer.send({ to, ...mail })
    if (!result.ok) throw new Error(`${result.message} ${result.remedy}`)
  }
  function* around(): Work<Around> {
    return { workspace: (yield* theWorkspace())?.name ?? 'Gatehouse', siteUrl }
  }
  function* deciders(): Work<readonly string[]> {
    const holders = yield* activeHolders('requests.decide', clock())
    const able = yield* ports.canSignIn(holders.map(({ id }) => id))
    return holders.flatMap(({ id }) => (able.has(id) ? [id] : []))
  }
  return [
    {
      name: mailWaiting,
      async handle() {
        await db.tx(function* () {
          const rows = yield* untold()
          yield* markTold(
            rows.map(({ id }) => id),
            clock(),
          )
          if (!mailer) return
          for (const memberId of yield* deciders()) {
            // Nobody decides the own request, so nobody is told of it.
            const count = rows.filter((row) => row.member_id !== memberId).length
            if (count > 0) yield* enqueue({ name: mailDecider, payload: { memberId, count } })
          }
        })
      },
    },
    {
      name: mailDecider,
      async handle(payload) {
        const { memberId, count } = payload as { memberId: string; count: number }
        const made = await db.read(function* () {
          const member = yield* memberById(memberId)
          if (member?.status !== 'active') return undefined
          return { to: member.email, mail: waitingMail(yield* around(), count) }
        })
        if (made) await send(made.to, made.mail)
      },
    },
    {
      name: mailDecided,
      async handle(payload) {
        const { requestId } = payload as { requestId: string }
        const made = await db.read(function* () {
          const row = yield* requestById(requestId)
          const member = row && (yield* memberById(row.member_id))
          if (!row || member?.status !== 'active') return undefined
          return { to: member.email, mail: decidedMail(yield* around(), row) }
        })
        if (made) await send(made.to, made.mail)
      },
    },
  ]
}
