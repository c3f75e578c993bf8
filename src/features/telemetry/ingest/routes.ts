import { z } from 'zod'
import { route } from '#features/workspace/index.ts'
import type { Call, Route } from '#kernel/route.ts'
import type { Signal } from '../otlp/records.ts'
import { exportAnswer } from './answer.ts'
import { formatOf, readRequest } from './body.ts'
import { requestBytes } from './limits.ts'
import type { Ingest } from './index.ts'

const signals = ['logs', 'metrics', 'traces'] as const satisfies readonly Signal[]
const words: Readonly<Record<Signal, string>> = {
  logs: 'log records',
  metrics: 'metrics',
  traces: 'spans',
}

/**
 * The addresses that the policy names, and the same without `/otlp` for senders that were only told where we are. A token opens
 * them and nothing else; whose records these are says the token.
 */
export const ingestRoutes = (ingest: Ingest): readonly Route[] =>
  signals.flatMap((signal) => [
    ingestRoute(ingest, signal, `telemetry.take-${signal}`, `/otlp/v1/${signal}`),
    ingestRoute(ingest, signal, `telemetry.take-${signal}-at-root`, `/v1/${signal}`),
  ])

const ingestRoute = (ingest: Ingest, signal: Signal, id: string, path: string): Route =>
  route({
    id,
    method: 'POST',
    path,
    summary: `Take in ${words[signal]} (OTLP/HTTP)`,
    description: `The body is an OTLP export request as \`application/x-protobuf\` or \`application/json\`, as it is or packed with gzip, of at most ${requestBytes / 1024 / 1024} MiB. The answer comes after it is stored, in the same format; errors are a \`google.rpc.Status\`. What was sent again within 24 hours counts once.`,
    auth: ['ingest'],
    admitsItself: true,
    permission: null,
    body: z.looseObject({}),
    bodyElsewhere: true,
    limit: requestBytes,
    output: z.looseObject({}),
    errors: 'otlp',
    // What clients report of themselves is no act of anybody.
    audit: null,
    handle: (call) => take(ingest, signal, call),
  })

async function take({ admit, enter, store, content }: Ingest, signal: Signal, call: Call) {
  const { request, now } = call
  const { claims, sender, token } = await admit(request)
  const format = formatOf(request)
  const hold = enter(token)
  try {
    const body = await readRequest(request, hold)
    const warning = await store({
      signal,
      format,
      body,
      token,
      context: { claims, sender, receivedAt: now, content: content(sender.groupIds) },
    })
    return exportAnswer(format, warning)
  } finally {
    hold.end()
  }
}
