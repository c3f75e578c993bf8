/** The bytes of a page as they were fetched, to download. */
import { Problem } from '#kernel/problem.ts'
import type { WatchParts } from '../parts.ts'
import { readRaw } from '../archive/index.ts'
import type { PageThen } from './page.ts'

const endings: Readonly<Record<string, string>> = {
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/markdown': 'md',
  'text/plain': 'txt',
}

/** Whatever it was, it is handed out as bytes: nothing fetched may run as a page of this server. */
export async function rawOf(
  { runtime }: WatchParts,
  { page, version }: PageThen,
): Promise<Response> {
  if (version.raw_id === null)
    throw new Problem('not_found', 'The bytes of this version are not kept.', {
      remedy: 'Take its text with format=markdown. How long bytes are kept is a setting.',
    })
  const bytes = await readRaw(runtime, version.raw_id)
  const type = version.content_type?.split(';')[0]?.trim().toLowerCase() ?? ''
  const name = `${page.path}_${version.stamp}.${endings[type] ?? 'bin'}`
  return new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"`,
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'no-store',
    },
  })
}
