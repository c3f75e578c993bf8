import { join } from 'node:path'
import { hour, minute, second } from '#kernel/clock.ts'
import type { Job } from '#kernel/jobs.ts'
import { enqueue, notify, type Work } from '#kernel/work.ts'
import { alarmChannel } from '../alarms.ts'
import type { ComplianceParts } from '../parts.ts'
import { contentOf } from '../read.ts'
import type * as schema from '../schema.ts'
import { shownFile } from '../show.ts'
import {
  destinationById,
  nextWanted,
  setDestination,
  setTaken,
  takeDestination,
  type DestinationRow,
} from '../store.destinations.ts'
import type { FileRow } from '../store.files.ts'
import { mayWrite, toFolder } from './folder.ts'
import { deliverJob } from './job.ts'
import { readLines } from './log-line.ts'
import { putObject, toS3 } from './s3.ts'
import type { Arrival } from './shipment.ts'
import { toSyslog } from './syslog.ts'
import { toWebhook } from './webhook.ts'

/** How long one file may take before another process takes the destination over. */
const takenFor = 3 * minute

export const secretContext = (id: string): string => `compliance.destination:${id}`

/** What the kind of the destination promises. */
interface Settings {
  readonly folder: { readonly folder: string }
  readonly s3: schema.S3Settings
  readonly webhook: { readonly url: string }
  readonly syslog: schema.SyslogSettings
}
export const settingsOf = <K extends DestinationRow['kind']>(
  _kind: K,
  { settings }: DestinationRow,
): Settings[K] => JSON.parse(settings) as Settings[K]

/** 10 s after the first failure, twice as long after each further one, an hour at most. Nothing is left out meanwhile. */
export const pauseAfter = (failures: number): number =>
  Math.min(10 * second * 2 ** Math.min(failures - 1, 20), hour)

/** Brings a destination, file by file and in order, everything that it has not got. */
export function deliverJobs(parts: ComplianceParts): readonly Job[] {
  return [
    {
      name: deliverJob,
      handle: (payload) => deliver(parts, (payload as { destinationId: string }).destinationId),
    },
  ]
}

async function deliver(parts: ComplianceParts, id: string): Promise<void> {
  const { db, clock, ids } = parts.runtime
  const by = ids('clw')
  while (await db.tx(() => take(id, by, clock()))) {
    let more = true
    try {
      while (more) more = await deliverNext(parts, id, by)
    } finally {
      more = await db.tx(() => release(id, by))
    }
    if (!more) return
  }
}

/** False while another process has it. That one looks once more when it is done; should it die, it is looked at later. */
function* take(id: string, by: string, now: number): Work<boolean> {
  if (yield* takeDestination(id, by, now, now + takenFor)) return true
  const busy = yield* destinationById(id)
  if (busy) yield* later(id, busy.busy_until)
  return false
}

/** True when a file came after the last look: who brought it found the destination taken. */
function* release(id: string, by: string): Work<boolean> {
  if (!(yield* setTaken(id, by, { busy_until: 0 }))) return false
  const row = yield* destinationById(id)
  if (!row || row.paused === 1 || row.failing_since !== null) return false
  return (yield* nextWanted(row)) !== undefined
}

/** Apart from what is to be done now, which must not wait because something waits for its time. */
const later = (id: string, runAt: number): Work<void> =>
  enqueue({
    name: deliverJob,
    payload: { destinationId: id },
    runAt,
    dedupeKey: `${id}:later`,
  })

/** True when there may be more. */
async function deliverNext(parts: ComplianceParts, id: string, by: string): Promise<boolean> {
  const { db, clock } = parts.runtime
  const next = await db.read(function* () {
    const destination = yield* destinationById(id)
    if (!destination || destination.paused === 1 || destination.busy_by !== by) return undefined
    const file = yield* nextWanted(destination)
    if (!file) return undefined
    // A webhook is told of a file, and does not get it.
    const isRead = destination.kind !== 'webhook' && file.deleted_at === null
    return { destination, file, text: isRead ? yield* contentOf(file.id, 'open') : '' }
  })
  if (!next) return false
  const { destination, file, text } = next
  const arrival = await orWhyNot(() => send(parts, destination, file, text))
  return db.tx(() => note(parts, destination, file.number, arrival, by, clock()))
}

/** What is thrown, by a secret that cannot be opened for instance, is told as what a receiver refuses. */
async function orWhyNot(act: () => Promise<Arrival>): Promise<Arrival> {
  try {
    return await act()
  } catch (error) {
    return { ok: false, message: `It cannot be sent: ${(error as Error).message}` }
  }
}

/** Returns whether to go on: it arrived, and nobody else has taken the destination over meanwhile. */
function* note(
  { runtime }: ComplianceParts,
  { id, failing_since: since }: DestinationRow,
  number: number,
  arrival: Arrival,
  by: string,
  now: number,
): Work<boolean> {
  const row = yield* destinationById(id)
  if (row?.busy_by !== by) return false
  if (arrival.ok) {
    yield* setDestination(id, {
      delivered: number,
      busy_until: now + takenFor,
      failing_since: null,
      failures: 0,
      last_error: null,
      last_success_at: now,
    })
    if (since !== null) yield* notify(alarmChannel)
    return true
  }
  const failures = row.failures + 1
  yield* setDestination(id, {
    failing_since: since ?? now,
    failures,
    last_error: arrival.message,
  })
  if (since === null) {
    runtime.log.warn({ destination: row.name, error: arrival.message }, 'a log file did not arrive')
    yield* notify(alarmChannel)
  }
  yield* later(id, now + pauseAfter(failures))
  return false
}

async function send(
  parts: ComplianceParts,
  destination: DestinationRow,
  row: FileRow,
  text: string,
): Promise<Arrival> {
  const file = shownFile(row)
  const secret = secretOf(parts, destination)
  const exceptions = await parts.exceptions()
  const now = parts.runtime.clock()
  if (destination.kind === 'folder') return toFolder(folderOf(parts, destination), { file, text })
  if (destination.kind === 's3')
    return toS3(
      { settings: settingsOf('s3', destination), secretAccessKey: secret, exceptions, now },
      { file, text },
    )
  if (destination.kind === 'syslog')
    return toSyslog(syslogWay(parts, destination, exceptions), readLines(text))
  const { url, secret: signing } = JSON.parse(secret) as { url: string; secret: string }
  return toWebhook({ url, secret: signing, exceptions, now }, row.id, {
    type: 'compliance.file',
    timestamp: new Date(now).toISOString(),
    data: { file, link: `${parts.siteUrl}/api/v1/compliance/files/${row.id}/content` },
  })
}

/** Says by sending something small whether a destination works. Nothing is left there but in a bucket. */
export const tryOut = (parts: ComplianceParts, destination: DestinationRow): Promise<Arrival> =>
  orWhyNot(() => sendTest(parts, destination))

async function sendTest(parts: ComplianceParts, destination: DestinationRow): Promise<Arrival> {
  const secret = secretOf(parts, destination)
  const exceptions = await parts.exceptions()
  const now = parts.runtime.clock()
  const timestamp = new Date(now).toISOString()
  if (destination.kind === 'folder') return mayWrite(folderOf(parts, destination))
  if (destination.kind === 's3') {
    const settings = settingsOf('s3', destination)
    return putObject(
      { settings, secretAccessKey: secret, exceptions, now },
      `${settings.prefix}gatehouse-test.txt`,
      `Gatehouse could write here at ${timestamp}.\n`,
      'text/plain',
    )
  }
  if (destination.kind === 'syslog')
    return toSyslog(syslogWay(parts, destination, exceptions), [
      {
        event_id: 'test',
        event_type: 'TEST',
        received_at: timestamp,
        workspace_id: '',
        action: 'compliance.test',
      },
    ])
  const { url, secret: signing } = JSON.parse(secret) as { url: string; secret: string }
  return toWebhook({ url, secret: signing, exceptions, now }, parts.runtime.ids('dlv'), {
    type: 'test',
    timestamp,
    data: { file: null, link: null },
  })
}

export const folderOf = ({ dataDir }: ComplianceParts, destination: DestinationRow): string =>
  join(dataDir, 'exports', settingsOf('folder', destination).folder)

const syslogWay = (
  { siteUrl, version }: ComplianceParts,
  destination: DestinationRow,
  exceptions: readonly string[],
) => ({
  settings: settingsOf('syslog', destination),
  exceptions,
  hostname: new URL(siteUrl).hostname,
  version,
})

export const secretOf = (
  { runtime }: ComplianceParts,
  { id, secret_sealed: sealed }: DestinationRow,
): string => (sealed === null ? '' : runtime.secrets.open(sealed, secretContext(id)))
