import type { Job } from '#kernel/jobs.ts'
import { z } from 'zod'
import type { WatchParts } from '../parts.ts'
import { enqueueTidy } from '../record/queue.ts'
import { settle } from '../record/settle.ts'
import { changeImport, importById, importedPageIds, isNewest } from './store.ts'

const payloadShape = z.object({ collectionId: z.string(), importId: z.string() })

/** `watch.settle-import`: what stood after the imported snapshots is judged against them, and the import is done. */
export const importJobs = (parts: WatchParts): readonly Job[] => [
  {
    name: 'watch.settle-import',
    async handle(payload) {
      const { collectionId, importId } = payloadShape.parse(payload)
      const { db, clock } = parts.runtime
      const row = await db.read(() => importById(collectionId, importId))
      if (row?.state !== 'settling') return
      if (!(await db.read(() => isNewest(collectionId, row.last_at ?? 0))))
        await settle(parts, collectionId, await db.read(() => importedPageIds(collectionId)))
      await db.tx(function* () {
        yield* changeImport(importId, { state: 'done', finished_at: clock() })
        yield* enqueueTidy(collectionId)
      })
    },
  },
]
