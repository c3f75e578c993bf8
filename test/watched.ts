import type { Notify } from '#features/notify/index.ts'
import type { WatchEvent } from '#features/watch/index.ts'
import { queries, run } from '#kernel/work.ts'
import { freshPage } from '#src/features/watch/fresh.ts'
import type { WatchParts } from '#src/features/watch/parts.ts'
import { recordSnapshot } from '#src/features/watch/record/record.ts'
import type { RecordedSnapshot } from '#src/features/watch/record/shapes.ts'
import type { WatchTables } from '#src/features/watch/tables.ts'
import type { World } from './world.ts'

const q = queries<WatchTables>()

export interface Watched {
  readonly id: string
  readonly path: string
  /** Records texts of pages (null: gone) at the world's present time, as a run would. */
  readonly see: (pages: Readonly<Record<string, string | null>>) => Promise<RecordedSnapshot>
  /** Says that a page fails for the third time. */
  readonly fail: (runId: string, page: string | null, failure: string) => Promise<void>
}

/** A collection whose pages the test writes itself, told as in the running product. */
export async function watchedCollection(
  world: World,
  path: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Watched> {
  const [vendor, product, set, language] = path.split('/')
  const made = await world.admin('POST', '/api/v1/watch/collections', {
    vendor,
    product,
    set,
    language,
    title: `Docs of ${product ?? ''}`,
    sources: [],
    schedule: { cron: '' },
    ...settings,
  })
  if (made.status !== 201) throw new Error(made.text)
  const id = made.json.id as string
  const { runtime, features } = world.app
  const { db, clock } = runtime
  const announce = (event: WatchEvent) =>
    (features.find((feature) => feature.name === 'notify') as Notify).announce(event)
  const parts: WatchParts = {
    runtime,
    announce,
    *publishedPolicies() {
      return []
    },
    fixedExceptions: [],
    chromium: undefined,
    version: 'test',
  }
  const url = (page: string): string => `https://docs.acme.example/${page}`
  const known = new Map<string, string>()

  return {
    id,
    path,
    async see(pages) {
      for (const page of Object.keys(pages).filter((one) => !known.has(one))) {
        const pageId = runtime.ids('pag')
        known.set(page, pageId)
        await db.tx(() =>
          run(
            q.insertInto('watch_pages').values(
              freshPage({
                id: pageId,
                collectionId: id,
                path: page,
                url: url(page),
                title: null,
                sourceId: null,
                at: clock(),
              }),
            ),
          ),
        )
      }
      const recorded = await recordSnapshot(parts, {
        collectionId: id,
        at: clock(),
        kind: 'run',
        runId: null,
        importKey: null,
        announce: true,
        versions: Object.entries(pages).map(([page, text]) => ({
          pageId: known.get(page) ?? '',
          page,
          text,
          raw: text === null ? null : new TextEncoder().encode(text),
          contentType: text === null ? null : 'text/markdown',
          extractor: 'test 1',
        })),
      })
      if (!recorded) throw new Error('Nothing differs from what is known.')
      return recorded
    },
    fail: (runId, page, failure) =>
      db.tx(() =>
        announce({
          kind: 'trouble',
          collectionId: id,
          at: clock(),
          runId,
          page,
          url: url(page ?? 'llms.txt'),
          failure,
          message: `It is ${failure}.`,
        }),
      ),
  }
}
