/**
 * Where a browser goes after a round trip: a path of this site, or `/`. Read as the browser reads it, which drops tabs and line
 * breaks and takes a backslash for a slash.
 */
export function localPath(next: string | undefined): string {
  if (next?.startsWith('/') !== true || next.length > 2000) return '/'
  const site = 'https://this-site.invalid'
  const url = URL.canParse(next, site) ? new URL(next, site) : undefined
  if (url?.origin !== site || url.pathname.startsWith('//')) return '/'
  return url.pathname + url.search + url.hash
}
