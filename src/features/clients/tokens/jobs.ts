import { allMemberships, memberById, membersByIds, type Member } from '#features/access/index.ts'
import { theWorkspace } from '#features/workspace/index.ts'
import { day } from '#kernel/clock.ts'
import type { Job, Schedule } from '#kernel/jobs.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { accountById } from '../accounts/store.ts'
import type { Setting } from '../ports.ts'
import { endClients } from '../store.clients.ts'
import { warningDue, warnings } from './lifetime.ts'
import { endingMail, mailEnding } from './mails.ts'
import type { AccessToken } from './schema.ts'
import { showTokens } from './show.ts'
import { endingTokens, expiredTokens, listedToken, markWarned } from './store.ts'

const watch = 'clients.watch-tokens'

export const tokenSchedules: readonly Schedule[] = [{ job: watch, cron: '13 * * * *' }]

export const tokenJobs = (setting: Setting): readonly Job[] => [
  { name: watch, handle: () => watchEnds(setting) },
  { name: mailEnding, handle: (payload) => mailOwners(setting, payload as Ending) },
]

interface Ending {
  readonly tokenId: string
  readonly days: number
}

/** Marks what has ended by itself, and has those told whose token ends soon. */
async function watchEnds({ runtime: { db, clock } }: Setting): Promise<void> {
  const now = clock()
  await db.tx(function* () {
    const ids = yield* expiredTokens(now)
    yield* endClients(ids, { at: now, by: '', reason: 'expired' })
    const until = now + Math.max(...warnings) * day
    for (const row of yield* endingTokens(now, until)) {
      const { created_at: createdAt, expires_at: expiresAt, warned } = row
      const days = warningDue({ createdAt, expiresAt, warned }, now)
      if (days !== null && (yield* markWarned(row.id, days)))
        yield* enqueue({ name: mailEnding, payload: { tokenId: row.id, days } })
    }
  })
}

/** Without mail there is nothing to do: the lists show what ends soon. */
async function mailOwners({ runtime, ports }: Setting, { tokenId }: Ending): Promise<void> {
  const now = runtime.clock()
  const { mails } = await runtime.db.read(function* () {
    const row = yield* listedToken(tokenId, now)
    const token = row && (yield* showTokens([row], now))[0]
    if (token?.state !== 'active' || token.replacedBy) return { mails: [] }
    const workspace = (yield* theWorkspace())?.name ?? 'Gatehouse'
    const mail = endingMail({ workspace, siteUrl: ports.siteUrl }, token)
    const members = yield* whoAnswers(token)
    return { mails: members.map(({ email }) => ({ to: email, ...mail })) }
  })
  for (const mail of mails) {
    const result = await ports.mailer?.send(mail)
    if (result?.ok === false) throw new Error(`${result.message} ${result.remedy}`)
  }
}

/** Most people of one group that are told. */
const mostTold = 20

function* whoAnswers({ of }: AccessToken): Work<readonly Member[]> {
  const active = (members: Iterable<Member>) => [...members].filter((m) => m.status === 'active')
  if (of.kind === 'member') {
    const member = yield* memberById(of.id)
    return member ? active([member]) : []
  }
  const account = yield* accountById(of.id)
  if (!account) return []
  if (account.owner_kind === 'member') {
    const member = yield* memberById(account.owner_id)
    return member ? active([member]) : []
  }
  const ids = (yield* allMemberships())
    .filter(({ groupId }) => groupId === account.owner_id)
    .map(({ memberId }) => memberId)
  return active((yield* membersByIds(ids)).values()).slice(0, mostTold)
}
