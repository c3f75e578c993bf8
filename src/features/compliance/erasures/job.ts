import type { Job } from '#kernel/jobs.ts'
import { isAddress } from '../holds/speaks.ts'
import type { ComplianceParts } from '../parts.ts'
import type { addressesOf, erasePart } from './erase.task.ts'
import { erasureById, setErasure } from './store.ts'

export const eraseJob = 'compliance.erase'
export const eraseTask = new URL('./erase.task.ts', import.meta.url)

/** Erases a person file by file, so that nobody waits for it; how far it came stands in its row. */
export const eraseJobs = (
  { runtime, aside, settled, labelOf }: ComplianceParts,
  closeEarly: () => Promise<void>,
): readonly Job[] => [
  {
    name: eraseJob,
    async handle(payload) {
      const { id } = payload as { id: string }
      const row = await runtime.db.read(() => erasureById(id))
      if (!row || row.finished_at !== null) return
      if (row.reached === 0) {
        // What was done until now would otherwise stand in a file that is closed later.
        await settled()
        await closeEarly()
        const now = await runtime.db.read(() => labelOf(row.subject_id))
        const before = await aside.run<typeof addressesOf>(eraseTask, 'addressesOf', row.subject_id)
        const names = new Set([...before, ...(now === undefined ? [] : [now])].filter(isAddress))
        await runtime.db.tx(() => setErasure(id, { names: JSON.stringify([...names]) }))
      }
      while (await aside.run<typeof erasePart>(eraseTask, 'erasePart', id));
    },
  },
]
