import { outboundWrite } from '#kernel/outbound-stream.ts'
import type * as schema from '../schema.ts'
import { cefOf } from './cef.ts'
import { ocsfOf } from './ocsf.ts'
import type { LogLine } from './log-line.ts'
import type { Arrival } from './shipment.ts'

/** Facility "log audit" (13), severity "informational" (6): RFC 5424, section 6.2.1. */
const priority = 13 * 8 + 6

export interface SyslogHead {
  readonly hostname: string
  /** The type of the event. */
  readonly messageId: string
  /** ms */
  readonly at: number
}

/** One message of RFC 5424, framed by its length in bytes (RFC 6587, section 3.4.1). */
export function syslogMessage({ hostname, messageId, at }: SyslogHead, text: string): Buffer {
  const head = `<${priority}>1 ${new Date(at).toISOString()} ${hostname} gatehouse - ${messageId} -`
  const message = Buffer.from(`${head} ${text}`)
  return Buffer.concat([Buffer.from(`${message.length} `), message])
}

export interface SyslogWay {
  readonly settings: schema.SyslogSettings
  readonly exceptions: readonly string[]
  readonly hostname: string
  readonly version: string
}

/** Every line of a file as a message. Syslog has no answers: after a failure in the middle, all of them are sent again. */
export async function toSyslog(way: SyslogWay, lines: readonly LogLine[]): Promise<Arrival> {
  const { settings, exceptions, hostname, version } = way
  const write = settings.format === 'cef' ? cefOf : ocsfOf
  const bytes = Buffer.concat(
    lines.map((line) =>
      syslogMessage({ hostname, messageId: line.event_type, at: atOf(line) }, write(line, version)),
    ),
  )
  const { host, port, tls, ca } = settings
  const result = await outboundWrite(
    { host, port, tls, exceptions, ...(ca === null ? {} : { ca }) },
    bytes,
  )
  return result.ok ? result : { ok: false, message: `${result.message} ${result.remedy}` }
}

const atOf = ({ timestamp, received_at: received }: LogLine): number =>
  Date.parse(timestamp ?? received) || Date.parse(received)
