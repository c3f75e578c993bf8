import { memberById, rightsOf } from '#features/access/index.ts'
import type { StepReport } from '#features/watch/index.ts'
import type { Job } from '#kernel/jobs.ts'
import type { MailResult } from '#kernel/mail.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { reportFor, subscriptionsOf, type Content } from '../content.ts'
import type { NotifyParts } from '../parts.ts'
import { retryAt } from '../retry.ts'
import { subscriptionsById } from '../subscriptions/store.ts'
import { mailJob, tokenContext } from '../tell.ts'
import { stepsMail, troubleMail, type Composed } from './compose.ts'
import { mailById, updateMail, type MailRow } from './store.ts'

interface Payload {
  readonly mailId: string
  readonly attempt: number
}

/** Rows of diffs in one mail. */
const maxRows = 300
const maxPages = 20

/**
 * Sends one mail. Its row says `sending` before the mail server is spoken to and `sent` after it took the mail, so a mail
 * that was taken is never sent again. A process that dies between the two cannot know: then it is sent once more, under
 * the same Message-ID, by which mail systems recognise that it is one.
 */
export function mailJobs(parts: NotifyParts): readonly Job[] {
  return [{ name: mailJob, handle: (payload) => sendMail(parts, payload as Payload) }]
}

async function sendMail(parts: NotifyParts, { mailId, attempt }: Payload): Promise<void> {
  const { runtime, mailer, siteUrl } = parts
  const { db, secrets } = runtime
  const claimed = await db.tx(() => claim(mailId, attempt, runtime.clock()))
  if (!claimed) return
  const token = secrets.open(claimed.mail.token_sealed, tokenContext(mailId))
  const unsubscribe = `${siteUrl}/unsubscribe/${token}`
  const composed = await compose(parts, claimed.content, unsubscribe)
  if (!composed) {
    await db.tx(() => finish(parts, mailId, 'dropped', 'Nothing of it is left to tell.'))
    return
  }
  const { host } = new URL(siteUrl)
  const result: MailResult = mailer
    ? await mailer.send({
        to: claimed.to,
        ...composed,
        messageId: `${mailId}@${host.replaceAll(/[^\w.-]/g, '-')}`,
        unsubscribe,
      })
    : {
        ok: false,
        code: 'invalid',
        temporary: false,
        message: 'No mail server is configured.',
        remedy: 'Set GATEHOUSE_SMTP_URL.',
      }
  if (!result.ok)
    runtime.log.warn({ mail: mailId, attempt, code: result.code }, 'a mail was not taken')
  await db.tx(() => note(parts, mailId, attempt, composed.subject, result))
}

interface Claimed {
  readonly mail: MailRow
  readonly to: string
  readonly content: Content
}

/** Marks it as being sent. Undefined when it is done, or when nobody is left who wants it. */
function* claim(mailId: string, attempt: number, now: number): Work<Claimed | undefined> {
  const mail = yield* mailById(mailId)
  if (!mail || (mail.state !== 'waiting' && mail.state !== 'sending')) return undefined
  if (mail.attempts >= attempt) return undefined
  const member = yield* memberById(mail.member_id)
  const held = yield* rightsOf(mail.member_id, now)
  const content = yield* stillWanted(JSON.parse(mail.content) as Content)
  if (!member || !held.has('watch.read') || !held.has('subscriptions.read') || !content) {
    yield* updateMail(mailId, {
      state: 'dropped',
      error: content ? 'The member may not follow collections any more.' : 'Unsubscribed.',
    })
    return undefined
  }
  yield* updateMail(mailId, { state: 'sending' })
  return { mail, to: member.email, content }
}

/** Without what was paused or deleted in the meantime. */
function* stillWanted(content: Content): Work<Content | undefined> {
  const rows = yield* subscriptionsById(subscriptionsOf(content))
  const live = new Set(rows.filter((row) => row.paused === 0).map((row) => row.id))
  if (content.kind === 'trouble')
    return content.subscriptionIds.some((id) => live.has(id)) ? content : undefined
  const steps = content.steps
    .map((step) => ({ ...step, asks: step.asks.filter((ask) => live.has(ask.subscriptionId)) }))
    .filter((step) => step.asks.length > 0)
  return steps.length === 0 ? undefined : { ...content, steps }
}

async function compose(
  { report, siteUrl }: NotifyParts,
  content: Content,
  unsubscribe: string,
): Promise<Composed | undefined> {
  const frame = { siteUrl, unsubscribe }
  if (content.kind === 'trouble') return troubleMail(content, frame)
  const share = Math.max(20, Math.floor(maxRows / content.steps.length))
  const reports: StepReport[] = []
  for (const step of content.steps) {
    const one = await reportFor(report, step, { maxRows: share, maxPages })
    if (one) reports.push(one)
  }
  return reports.length === 0 ? undefined : stepsMail(reports, content.more, content.digest, frame)
}

function* note(
  parts: NotifyParts,
  mailId: string,
  attempt: number,
  subject: string,
  result: MailResult,
): Work<void> {
  if (result.ok) {
    yield* updateMail(mailId, { attempts: attempt, subject })
    yield* finish(parts, mailId, 'sent', null)
    return
  }
  const error = `${result.message} ${result.remedy}`.slice(0, 1000)
  const runAt = result.temporary ? retryAt(parts.runtime.clock(), attempt) : undefined
  yield* updateMail(mailId, { attempts: attempt, subject, error })
  if (runAt === undefined) {
    yield* finish(parts, mailId, 'failed', error)
    return
  }
  yield* updateMail(mailId, { state: 'waiting' })
  yield* enqueue({ name: mailJob, payload: { mailId, attempt: attempt + 1 }, runAt })
}

function* finish(
  { runtime }: NotifyParts,
  mailId: string,
  state: MailRow['state'],
  error: string | null,
): Work<void> {
  yield* updateMail(mailId, { state, error, finished_at: runtime.clock() })
}
