/** The vendor's own Markdown beside an HTML page: looked for once, then remembered with the page. */
import { judgeKind } from '../extract/kind.ts'
import type { FetchedPage } from '../fetch/index.ts'
import { markdownOf } from '../sources/index.ts'
import { requestOf, type Asked, type Checking, type MarkdownHints } from './checking.ts'

export const createHints = (): MarkdownHints => ({ misses: new Map() })

/** Pages without Markdown after which an origin is taken to have none, as long as it never had any. */
const enoughMisses = 5

/** The Markdown beside the page, fetched; undefined where there is none. */
export async function findMarkdown(
  checking: Checking,
  asked: Asked,
): Promise<FetchedPage | undefined> {
  const { origin } = new URL(asked.url)
  const { misses } = checking.markdown
  for (const address of markdownOf(asked.url)) {
    if ((misses.get(origin) ?? 0) >= enoughMisses) return undefined
    const got = await checking.fetcher.fetchPage({
      ...requestOf(checking, address),
      settings: { ...checking.fetch, retries: 0, render: 'never' },
      within: asked.within,
      accept: 'text/markdown,text/plain;q=0.9',
    })
    if (got.ok && !got.notModified && isMarkdown(got)) {
      misses.set(origin, Number.NEGATIVE_INFINITY)
      return { ...got, url: address }
    }
    misses.set(origin, (misses.get(origin) ?? 0) + 1)
  }
  return undefined
}

/** Many sites answer every address with a page: what begins like HTML is none. */
function isMarkdown({ bytes, contentType, url }: FetchedPage): boolean {
  const judged = judgeKind(bytes.subarray(0, 4096).toString('latin1'), contentType, url)
  return judged.ok && judged.kind !== 'html'
}
