import { enqueue, type Work } from '#kernel/work.ts'

/** Index new lines for the search, and pack what is full: {collectionId}. */
export const tidyJob = 'watch.tidy'

/** With the transaction that brought new lines. */
export const enqueueTidy = (collectionId: string): Work<void> =>
  enqueue({ name: tidyJob, payload: { collectionId }, dedupeKey: collectionId })
