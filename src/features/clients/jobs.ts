import { setImmediate } from 'node:timers/promises'
import { memberById, type Member } from '#features/access/index.ts'
import { theWorkspace } from '#features/workspace/index.ts'
import { day, hour } from '#kernel/clock.ts'
import type { Job, Schedule } from '#kernel/jobs.ts'
import type { MailText } from '#kernel/mail.ts'
import type { Work } from '#kernel/work.ts'
import { deviceById } from './device/store.ts'
import { usedFrom } from './fleet/store.uses.ts'
import { authorizationById } from './grant/store.ts'
import { lifetimes } from './lifetimes.ts'
import { consentMail, deviceMail, mailConsent, mailDevice, mailTheft, theftMail } from './mails.ts'
import type { Setting } from './ports.ts'
import { clientById, endClients } from './store.clients.ts'
import {
  clientsWithoutRefresh,
  sweepAuthorizations,
  sweepCodes,
  sweepDevices,
  sweepSuccessors,
  sweepTokens,
  sweepUndecided,
} from './store.sweep.ts'

const sweep = 'clients.sweep'

/** How long what no longer opens anything can still say why. */
const saysWhyFor = day

export const schedules: readonly Schedule[] = [{ job: sweep, cron: '41 * * * *' }]

export function clientJobs(setting: Setting): readonly Job[] {
  return [
    {
      name: mailDevice,
      handle: (payload) =>
        mailAbout(setting, function* (workspace) {
          const device = yield* deviceById((payload as { deviceId: string }).deviceId)
          return (
            device && {
              memberId: device.member_id ?? '',
              mail: deviceMail({ workspace, siteUrl: setting.ports.siteUrl }, device),
            }
          )
        }),
    },
    {
      name: mailConsent,
      handle: (payload) =>
        mailAbout(setting, function* (workspace) {
          const { authorizationId, memberId } = payload as ConsentPayload
          const request = yield* authorizationById(authorizationId)
          const around = { workspace, siteUrl: setting.ports.siteUrl }
          return request && { memberId, mail: consentMail(around, request) }
        }),
    },
    {
      name: mailTheft,
      handle: (payload) =>
        mailAbout(setting, function* (workspace) {
          const client = yield* clientById((payload as { clientId: string }).clientId)
          if (!client) return undefined
          const from = (yield* usedFrom(client.id)) ?? client.created_ip
          const around = { workspace, siteUrl: setting.ports.siteUrl }
          return { memberId: client.member_id ?? '', mail: theftMail(around, client, from) }
        }),
    },
    { name: sweep, handle: () => takeAwayExpired(setting) },
  ]
}

interface ConsentPayload {
  readonly authorizationId: string
  readonly memberId: string
}

interface About {
  readonly memberId: string
  readonly mail: MailText
}

/** Tells an active member; who is gone or shut out by now learns nothing more. Without mail there is nothing to do. */
async function mailAbout(
  { runtime, ports }: Setting,
  what: (workspace: string) => Work<About | undefined>,
): Promise<void> {
  const made = await runtime.db.read(function* () {
    const about = yield* what((yield* theWorkspace())?.name ?? 'Gatehouse')
    const member: Member | undefined = about && (yield* memberById(about.memberId))
    return about && member?.status === 'active' ? { to: member.email, ...about.mail } : undefined
  })
  if (!made || !ports.mailer) return
  const result = await ports.mailer.send(made)
  if (!result.ok) throw new Error(`${result.message} ${result.remedy}`)
}

/** In small transactions: whoever fetches meanwhile waits for one of them at most. */
async function takeAwayExpired({ runtime: { db, clock } }: Setting): Promise<void> {
  const now = clock()
  const until = async (work: () => Work<boolean>): Promise<void> => {
    while (await db.tx(work)) await setImmediate()
  }
  await until(function* () {
    const ids = yield* clientsWithoutRefresh(now)
    yield* endClients(ids, { at: now, by: '', reason: 'expired' })
    return ids.length > 0
  })
  await until(() => sweepTokens(now))
  await until(() => sweepSuccessors(now - lifetimes.refreshGrace))
  await until(() => sweepUndecided(now - hour))
  await until(() => sweepAuthorizations(now - saysWhyFor))
  await until(() => sweepCodes(now - saysWhyFor))
  await until(() => sweepDevices(now - saysWhyFor))
}
