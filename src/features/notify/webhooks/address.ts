import type { Endpoint } from '../schema.ts'

/** What may be seen of an address: a chat's path, and any query or password, let in who knows them. */
export function shownUrl(kind: Endpoint['kind'], url: string): string {
  const { origin, pathname, search } = new URL(url)
  if (kind === 'slack') return `${origin}/…`
  return `${origin}${pathname}${search === '' ? '' : '?…'}`
}
