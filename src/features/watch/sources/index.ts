// The door of this room: lists of pages as vendors publish them → addresses; pure. Feeds and sitemaps are read in a thread
// (runs/lists.task.ts), which loads their parser.
export {
  canonicalUrl,
  type CanonicalOptions,
  isUnder,
  markdownOf,
  MAX_URL,
  pathUnder,
} from './address.ts'
export { followLinks } from './follow.ts'
export {
  type Found,
  MAX_PAGES,
  type Pages,
  type SourceFailure,
  type SourceFailureKind,
} from './found.ts'
export { parseLlmsTxt } from './llms.ts'
export { matches, type PageFilter, patternProblem } from './matches.ts'
export { MAX_PATH, pagePath } from './path.ts'
export { MAX_ROBOTS, readRobots, type Robots } from './robots.ts'
export type { SitemapIndex, SitemapPages } from './sitemap.ts'
