import {
  conversationsPage,
  countConversations,
  type ConversationFilter,
} from '#features/telemetry/index.ts'
import { decodeCursor, encodeCursor, pageOf } from '#kernel/page.ts'
import { Problem } from '#kernel/problem.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { personNames } from '../names.ts'
import type { Row } from '../schema.ts'
import { namedBy } from './find.ts'
import { withinMs, type Conversation, type ConversationQuery } from './schema.ts'
import { conversationRow, showConversation } from './show.ts'

/** Counted so far, and no further. */
const countedTo = 10_000
/** Rows of one piece of a download. */
const pieceOf = 1000

export interface Listing {
  readonly query: ConversationQuery
  readonly now: number
}

function* filterOf({ query, now }: Listing): Work<ConversationFilter> {
  const { principal, clientId, group, surface, client, model, outcome, since, until } = query
  const begin = query.within === undefined ? undefined : now - withinMs(query.within)
  return {
    principal,
    client: clientId,
    group,
    surface,
    originator: client,
    model,
    outcome,
    since: begin === undefined ? since : Math.max(begin, since ?? 0),
    until,
    outside: query.kind === 'outside',
    named: yield* namedBy(query.q),
  }
}

type After = readonly [lastAt: number, id: number]

function afterOf(cursor: string | undefined): After | undefined {
  if (cursor === undefined) return undefined
  const [at, id] = decodeCursor(cursor)
  if (typeof at === 'number' && typeof id === 'number') return [at, id]
  throw new Problem('invalid_input', 'The cursor is not one that this list gave.', {
    remedy: 'Start again without a cursor.',
  })
}

export interface Listed {
  readonly items: readonly Conversation[]
  readonly next: string | null
  readonly total?: number
}

/** A page of the list, beside the thread that answers requests: a filter may let few of very many through. */
export const listAside = (runtime: Runtime, listing: Listing): Promise<Listed> =>
  runtime.db.read(function* () {
    const filter = yield* filterOf(listing)
    const { limit, cursor } = listing.query
    const rows = yield* conversationsPage(filter, afterOf(cursor), limit)
    const { items, next } = pageOf(rows, limit, (row) => [row.last_at, row.id])
    const total = yield* countConversations(filter, countedTo)
    const nameOf = yield* personNames()
    return {
      items: items.map((head) => showConversation(head, nameOf)),
      next,
      ...(total === undefined ? {} : { total }),
    }
  })

export interface Piece {
  readonly rows: readonly Row[]
  readonly next: string | null
}

/** A piece of the download, beside it as well. */
export const pieceAside = (runtime: Runtime, listing: Listing): Promise<Piece> =>
  runtime.db.read(function* () {
    const filter = yield* filterOf(listing)
    const rows = yield* conversationsPage(filter, afterOf(listing.query.cursor), pieceOf)
    const nameOf = yield* personNames()
    const last = rows.length > pieceOf ? rows[pieceOf - 1] : undefined
    return {
      rows: rows.slice(0, pieceOf).map((head) => conversationRow(head, nameOf)),
      next: last === undefined ? null : encodeCursor([last.last_at, last.id]),
    }
  })

export const listPlace = new URL(import.meta.url)
