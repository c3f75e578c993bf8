import { workspaceExceptions } from '#features/watch/index.ts'
import { outboundRequest, schemesFor } from '#kernel/outbound.ts'
import { signatureHeaders } from '#kernel/sign.ts'
import type { NotifyParts } from '../parts.ts'
import type { EndpointRow } from './store.ts'

/** Longer answers than this are cut off the connection; the log keeps the first kilobyte. */
const maxAnswer = 1_000_000
const keptAnswer = 1024
const timeoutMs = 15_000

export interface Sent {
  readonly ok: boolean
  readonly at: number
  readonly ms: number
  readonly status: number | null
  /** Why nothing came back: the kind of outbound failure. */
  readonly failure: string | null
  /** What went wrong and what to do about it. */
  readonly message: string | null
  readonly answer: string
  /** ms that the receiver asks to wait (Retry-After), 0 where it does not. */
  readonly wait: number
  /** 410: the receiver does not want anything any more (Standard Webhooks, "endpoint gone"). */
  readonly gone: boolean
}

export const urlContext = (id: string): string => `webhook.url:${id}`
export const secretContext = (id: string): string => `webhook.secret:${id}`

/** One POST to the endpoint, signed where it is of that kind. Bounded; never throws for what the other side does. */
export async function sendWebhook(
  { runtime, fixedExceptions }: NotifyParts,
  endpoint: EndpointRow,
  messageId: string,
  body: string,
): Promise<Sent> {
  const { db, clock, secrets } = runtime
  const exceptions = [...fixedExceptions, ...(await db.read(() => workspaceExceptions()))]
  const at = clock()
  const url = secrets.open(endpoint.url_sealed, urlContext(endpoint.id))
  const started = performance.now()
  const result = await outboundRequest(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Gatehouse',
      ...signatures(endpoint),
    },
    body,
    exceptions,
    schemes: schemesFor(url, exceptions),
    timeoutMs,
    maxBytes: maxAnswer,
  })
  const ms = Math.round(performance.now() - started)
  if (!result.ok)
    return {
      ok: false,
      at,
      ms,
      status: null,
      failure: result.kind,
      message: `${result.message} ${result.remedy}`.replaceAll(url, endpoint.url_shown),
      answer: '',
      wait: 0,
      gone: false,
    }
  const ok = result.status >= 200 && result.status < 300
  return {
    ok,
    at,
    ms,
    status: result.status,
    failure: null,
    message: ok ? null : complaint(result.status),
    answer: new TextDecoder()
      .decode(result.body.subarray(0, keptAnswer))
      .replaceAll('\0', '\uFFFD'),
    wait: retryAfter(result.headers['retry-after'], at),
    gone: result.status === 410,
  }

  function signatures({ id, secret_sealed, old_secret_sealed, old_secret_until }: EndpointRow) {
    if (secret_sealed === null) return {}
    const old =
      old_secret_sealed !== null && (old_secret_until ?? 0) > at ? [old_secret_sealed] : []
    const opened = [secret_sealed, ...old].map((s) => secrets.open(s, secretContext(id)))
    return signatureHeaders({ id: messageId, at, body, secrets: opened })
  }
}

function complaint(status: number): string {
  if (status >= 300 && status < 400)
    return `The receiver redirects (${status}). Use the address at the end of the redirect.`
  if (status === 401 || status === 403)
    return `The receiver refused it (${status}). Check its secret or its address.`
  return `The receiver answered ${status}.`
}

/** Seconds or a date (RFC 9110, section 10.2.3). */
function retryAfter(value: string | readonly string[] | undefined, now: number): number {
  const text = typeof value === 'string' ? value : (value?.[0] ?? '')
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const at = Date.parse(text)
  return Number.isNaN(at) ? 0 : Math.max(0, at - now)
}
