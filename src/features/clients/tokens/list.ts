import { csvResponse, jsonResponse, timeCell } from '#kernel/export.ts'
import { decodeCursor, pageOf } from '#kernel/page.ts'
import type { Call } from '#kernel/route.ts'
import type { z } from 'zod'
import type * as schema from './schema.ts'
import { csvColumns, showTokens } from './show.ts'
import { countTokens, tokensPage } from './store.ts'

/** The most rows that one download holds. */
const exportLimit = 50_000

/** Tokens that the query lets through, as a page or a download. */
export async function listTokens(call: Call, query: z.output<typeof schema.accessTokenQuery>) {
  const { q: text, cursor, limit: size, format, ...rest } = query
  const filter = { ...rest, text }
  const limit = format === undefined ? size : exportLimit
  const after = cursor === undefined ? undefined : decodeCursor(cursor)
  const { items, next, total } = await call.read(function* () {
    const rows = yield* tokensPage(filter, after, limit, call.now)
    const page = pageOf(rows, limit, (row) => [row.created_at, row.id])
    return {
      items: yield* showTokens(page.items, call.now),
      next: page.next,
      total: yield* countTokens(filter, call.now),
    }
  })
  if (format === 'json') return jsonResponse('access-tokens', items)
  if (format === 'csv') return csvResponse('access-tokens', csvColumns, items.map(csvRow))
  return { items, next, total }
}

const csvRow = (t: schema.AccessToken) => [
  t.id,
  t.name,
  t.purpose,
  t.prefix,
  t.of.name,
  t.of.email,
  t.of.kind,
  t.state,
  timeCell(t.madeAt),
  t.madeBy,
  timeCell(t.expiresAt),
  timeCell(t.lastUsedAt),
  t.lastUsedFrom,
  t.fetches,
  t.program,
  t.served,
  t.endedBy,
]
