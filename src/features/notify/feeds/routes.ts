import { createHash } from 'node:crypto'
import { z } from 'zod'
import { rightsOf } from '#features/access/index.ts'
import {
  announcedSteps,
  followedByPath,
  type AnnouncedStep,
  type Followed,
} from '#features/watch/index.ts'
import { route } from '#features/workspace/index.ts'
import { minute } from '#kernel/clock.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Call, Route } from '#kernel/route.ts'
import { readToken, sameHash } from '#kernel/tokens.ts'
import type { Work } from '#kernel/work.ts'
import type { NotifyParts } from '../parts.ts'
import { buildFeed, feedEntry, type FeedEntry, type Format } from './build.ts'
import { createCache } from './cache.ts'
import { feedKeyById, setFeedKeyUsed } from './store.ts'

const entries = 50
const report = { maxRows: 80, maxPages: 20 }
/** Entries kept in memory, of at most 20 KB each: one is made once and shown in every fetch of every member. */
const keptEntries = 500

const at = { v: z.string(), p: z.string(), s: z.string(), file: z.string().max(80) }
const query = z.object({
  page: z.string().max(500).optional().describe('Only the changes of this page.'),
})
const types: Readonly<Record<Format, string>> = {
  atom: 'application/atom+xml; charset=utf-8',
  rss: 'application/rss+xml; charset=utf-8',
}
const shape = {
  method: 'GET',
  auth: ['public'],
  permission: null,
  query,
  output: z.string(),
  produces: 'application/atom+xml',
  errors: 'problem',
  audit: null,
} as const

/** Feeds of collections. A collection that is not public needs the address of a member, who may still read it. */
export function feedRoutes(parts: NotifyParts): readonly Route[] {
  const { db, clock } = parts.runtime
  const kept = createCache<Promise<FeedEntry | undefined>>(keptEntries)

  async function answer(
    call: Call,
    collection: Followed,
    steps: readonly AnnouncedStep[],
    { format, page }: { readonly format: Format; readonly page: string | undefined },
  ): Promise<Response> {
    const url = new URL(call.request.url)
    const self = `${parts.siteUrl}${url.pathname}${url.search}`
    const key = createHash('sha256')
      .update(JSON.stringify([self, collection, steps, parts.siteUrl]))
      .digest('base64url')
    const headers = {
      etag: `"${key}"`,
      // Asked again each time, answered with 304 while nothing happened.
      'cache-control': 'private, no-cache',
      'content-type': types[format],
      'content-security-policy': "default-src 'none'",
    }
    const known = (call.request.headers.get('if-none-match') ?? '').split(',')
    if (known.some((tag) => tag.trim().replace(/^W\//, '') === headers.etag))
      return new Response(null, { status: 304, headers })
    const { siteUrl } = parts
    const made: FeedEntry[] = []
    for (const step of steps) {
      // By its sums too: a step that was judged again is another entry under the same id.
      const entry = await kept.take(JSON.stringify([step, page]), async () => {
        const options = page === undefined ? report : { ...report, page }
        const told = await parts.report(step.snapshotId, options)
        return told && feedEntry(told, page, siteUrl)
      })
      if (entry) made.push(entry)
    }
    const document = await buildFeed(format, {
      collection,
      page,
      entries: made,
      siteUrl,
      self,
      now: clock(),
    })
    return new Response(document, { headers })
  }

  function* look(path: string, page: string | undefined, mayRead: boolean) {
    const collection = yield* followedByPath(path)
    // What may not be read does not exist: an address alone must not tell which collections there are.
    const seen = found(
      collection && (mayRead || collection.visibility === 'public') ? collection : undefined,
      'feed',
    )
    return { seen, steps: yield* announcedSteps(seen.id, { page, limit: entries }) }
  }

  return [
    route({
      ...shape,
      id: 'feeds.public',
      path: '/feeds/watch/{v}/{p}/{s}/{file}',
      summary: 'The feed of a public collection: `{l}.atom` or `{l}.rss`',
      params: z.object(at),
      async handle(call, { params, query: { page } }) {
        const { path, format } = readFile(params)
        const { seen, steps } = await call.read(() => look(path, page, false))
        return answer(call, seen, steps, { format, page })
      },
    }),
    route({
      ...shape,
      id: 'feeds.own',
      path: '/feeds/{token}/watch/{v}/{p}/{s}/{file}',
      summary: 'The feed of any collection at the address of a member',
      params: z.object({ token: z.string().max(200), ...at }),
      async handle(call, { params, query: { page } }) {
        const { path, format } = readFile(params)
        const { keyId, stale, seen, steps } = await call.read(function* () {
          const key = yield* holder(params.token, call.now)
          return { ...key, ...(yield* look(path, page, true)) }
        })
        if (stale) await db.tx(() => setFeedKeyUsed(keyId, call.now), { durability: 'relaxed' })
        return answer(call, seen, steps, { format, page })
      },
    }),
  ]
}

/** Whose address it is, while she may follow collections. `stale`: the last use is worth writing again. */
function* holder(
  token: string,
  now: number,
): Work<{ readonly keyId: string; readonly stale: boolean }> {
  const read = readToken(token, 'fed')
  const key = read && (yield* feedKeyById(read.id))
  const held = yield* rightsOf(key?.member_id ?? '', now)
  if (!read || !key || !sameHash(key.hash, read.hash) || !held.has('watch.read'))
    throw new Problem('not_found', 'This feed address does not work any more.', {
      remedy: 'Sign in and copy the present address from Subscriptions.',
    })
  if (!held.has('subscriptions.read')) throw new Problem('forbidden')
  return { keyId: key.id, stale: now - (key.last_used_at ?? 0) > minute }
}

/** `en.atom` is the language and the format. */
function readFile({
  v,
  p,
  s,
  file,
}: {
  readonly v: string
  readonly p: string
  readonly s: string
  readonly file: string
}): { readonly path: string; readonly format: Format } {
  const match = /^(.+)\.(atom|rss)$/.exec(file)
  if (!match)
    throw new Problem('not_found', 'A feed ends in .atom or .rss.', {
      remedy: 'Copy the address from the page of the collection.',
    })
  return { path: [v, p, s, match[1]].join('/'), format: match[2] === 'rss' ? 'rss' : 'atom' }
}
