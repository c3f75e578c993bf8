import { factsOfLogs, factsOfPoints, factsOfSpans, type Fact } from '../facts/index.ts'
import type { Batch, TakeContext } from '../take.ts'

/** Makes facts of the records of one request, one of each. Pure: before the transaction that stores them. */
export function factsOfBatch(batch: Batch, context: TakeContext): readonly Fact[] {
  switch (batch.signal) {
    case 'logs':
      return factsOfLogs(batch.records, context)
    case 'traces':
      return factsOfSpans(batch.records, context)
    case 'metrics':
      return factsOfPoints(batch.records, context)
  }
}
