import type { Runtime } from '#kernel/runtime.ts'
import { all, queries, run } from '#kernel/work.ts'
import { freshPage } from '#src/features/watch/fresh.ts'
import type { WatchParts } from '#src/features/watch/parts.ts'
import { recordSnapshot } from '#src/features/watch/record/record.ts'
import type { WatchTables } from '#src/features/watch/tables.ts'

const q = queries<WatchTables>()

/** A history of our own making, recorded as runs record it. */
export interface MadeHistory {
  readonly collectionId: string
  readonly parts: WatchParts
  /** The id of a page, which is made when it is new. */
  readonly pageId: (page: string) => Promise<string>
  /** Records what these pages read at a moment; null: gone. The stamp, or null when nothing changed. */
  readonly at: (
    at: number,
    pages: Readonly<Record<string, string | null>>,
    extractor?: string,
  ) => Promise<{ readonly stamp: string; readonly snapshotId: string }>
}

export async function makeHistory(
  runtime: Runtime,
  path: string,
  settings: Partial<{ visibility: 'members' | 'public'; settings: object }> = {},
): Promise<MadeHistory> {
  const collectionId = runtime.ids('wco')
  const [vendor = '', product = '', set = '', language = ''] = path.split('/')
  const parts: WatchParts = {
    runtime,
    *announce() {
      // Nobody follows.
    },
    *publishedPolicies() {
      return []
    },
    fixedExceptions: [],
    chromium: undefined,
    version: '0.0.0',
  }
  await runtime.db.tx(() =>
    run(
      q.insertInto('watch_collections').values({
        id: collectionId,
        vendor,
        product,
        set_name: set,
        language,
        path,
        title: `Title of ${path}`,
        settings: JSON.stringify({ sources: [], ...settings.settings }),
        revision: 1,
        paused: 0,
        visibility: settings.visibility ?? 'members',
        policy_documentation: 0,
        created_at: 0,
        created_by: 'test',
        next_run_at: null,
        last_run_at: null,
      } as never),
    ),
  )
  const pageId = (page: string): Promise<string> =>
    runtime.db.tx(function* () {
      const known = yield* all(
        q
          .selectFrom('watch_pages')
          .select('id')
          .where('collection_id', '=', collectionId)
          .where('path', '=', page),
      )
      if (known[0]) return known[0].id
      const id = runtime.ids('wpa')
      yield* run(
        q.insertInto('watch_pages').values(
          freshPage({
            id,
            collectionId,
            path: page,
            url: `https://docs.acme.example/${page}`,
            title: null,
            sourceId: null,
            at: 0,
          }),
        ),
      )
      return id
    })
  return {
    collectionId,
    parts,
    pageId,
    async at(at, pages, extractor = 'markdown-1') {
      const versions = []
      for (const [page, text] of Object.entries(pages))
        versions.push({
          pageId: await pageId(page),
          page,
          text,
          raw: text === null ? null : Buffer.from(text),
          contentType: 'text/markdown',
          extractor,
        })
      const recorded = await recordSnapshot(parts, {
        collectionId,
        at,
        kind: 'run',
        runId: null,
        importKey: null,
        versions,
        announce: false,
      })
      if (recorded === null) throw new Error('Nothing changed.')
      return recorded
    },
  }
}
