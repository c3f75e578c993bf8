import { minuteText } from '#kernel/clock.ts'
import { download } from '#kernel/export.ts'
import { route } from '#features/workspace/index.ts'
import type { WatchParts } from '../parts.ts'
import * as schema from '../schema.ts'
import { pageDocument } from './document.ts'
import { collectionAt } from './load.ts'
import { blameOf, htmlOf, pageThen, type PageThen } from './page.ts'
import { rawOf } from './raw.ts'
import { readers } from './readers.ts'
import { readText } from '../archive/index.ts'

export const textRoutes = (parts: WatchParts) => [
  route({
    ...readers,
    id: 'watch-pages.text',
    method: 'GET',
    path: '/api/v1/watch/{v}/{p}/{s}/{l}/pages/{page+}',
    summary: 'A page as it is, or as it was at a snapshot',
    description:
      '`format` downloads it: `markdown`, `html` (sanitised, nothing loaded from elsewhere) or `raw`, the bytes as fetched.',
    params: schema.pageParams,
    query: schema.pageTextQuery,
    output: schema.pageText,
    produces: 'text/markdown',
    handle: async (call, { params, query }) => {
      const then = await call.read(function* () {
        return yield* pageThen(yield* collectionAt(params), params.page, query.at)
      })
      if (query.format === 'raw') return rawOf(parts, then)
      const text = await readText(parts.runtime, then.version.text_id)
      const name = `${then.page.path.replaceAll('/', '-')}_${then.version.stamp}`
      if (query.format === 'markdown')
        return download(`${name}.md`, 'text/markdown; charset=utf-8', text)
      const html = query.html || query.format === 'html' ? await htmlOf(parts, text) : null
      if (query.format === 'html')
        return download(
          `${name}.html`,
          'text/html; charset=utf-8',
          pageDocument({
            title: then.page.title ?? then.page.path,
            subtitle: `${then.page.url}, as of ${minuteText(then.version.at)}`,
            html: html ?? '',
          }),
        )
      return textView(then, text, html)
    },
  }),
  route({
    ...readers,
    id: 'watch-pages.blame',
    method: 'GET',
    path: '/api/v1/watch/{v}/{p}/{s}/{l}/blame/{page+}',
    summary: 'Since when each line of a page stands',
    params: schema.pageParams,
    query: schema.pageTextQuery.pick({ at: true }),
    output: schema.blame,
    handle: async (call, { params, query }) => {
      const then = await call.read(function* () {
        return yield* pageThen(yield* collectionAt(params), params.page, query.at)
      })
      return blameOf(parts, then)
    },
  }),
]

const textView = (
  { page, version }: PageThen,
  text: string,
  html: string | null,
): schema.PageText => ({
  page: page.path,
  title: page.title,
  url: page.url,
  at: version.at,
  stamp: version.stamp,
  text,
  sha256: version.sha256,
  html,
  extractor: version.extractor,
  fetchedAt: page.raw_id !== null && page.raw_id === version.raw_id ? page.checked_at : null,
})
