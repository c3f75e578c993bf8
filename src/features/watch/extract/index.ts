// The door of this room: pages as fetched → text; text → HTML to read. What it opens onto is light; the parsers are loaded
// by the threads that need them (a tenth of a start, and nothing that a policy fetch wants).
export type { ExtractInput } from './extract.ts'
export type { Preview } from './preview.ts'
export {
  type Extracted,
  type ExtractedPage,
  type ExtractFailure,
  type ExtractFailureKind,
  EXTRACTORS,
  type PageKind,
} from './result.ts'
export type { ExtractSettings } from './settings.ts'
export { extractInThread, previewInThread, renderInThread } from './thread.ts'
