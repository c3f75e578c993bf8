/** Reading lists in a thread: a sitemap of 50 MB takes seconds (kernel/pool). */
import { parseFeedLinks } from '../sources/feed.ts'
import { parseLlmsTxt } from '../sources/llms.ts'
import { parseSitemap } from '../sources/sitemap.ts'

export interface ListInput {
  readonly bytes: Uint8Array
  readonly contentType: string | null
  readonly url: string
  readonly prefix: string | null
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

export const llmsTask = ({ bytes, url, prefix }: ListInput) =>
  parseLlmsTxt(textOf(bytes), url, prefix)

export const feedTask = ({ bytes, url, prefix }: ListInput) =>
  parseFeedLinks(textOf(bytes), url, prefix)

export const sitemapTask = ({ bytes, contentType, url, prefix }: ListInput) =>
  parseSitemap(bytes, contentType, url, prefix)
