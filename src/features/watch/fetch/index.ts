export { createFetcher, type Fetcher, type FetcherParts } from './fetcher.ts'
export type {
  Fetched,
  FetchedPage,
  FetchedSame,
  FetchFailed,
  FetchFailureKind,
  FetchRequest,
} from './result.ts'
