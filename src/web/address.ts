/**
 * The state of a screen stands in its address as plain `key=value` pairs that a person can read and edit
 * (`?from=3&to=5`), never as JSON. A key that occurs twice is a list.
 */
export type Search = Readonly<Record<string, string | readonly string[]>>

export function parseSearch(text: string): Search {
  const params = new URLSearchParams(text)
  const search: Record<string, string | readonly string[]> = {}
  for (const key of new Set(params.keys())) {
    const all = params.getAll(key)
    const [only] = all
    if (key !== '__proto__') search[key] = all.length === 1 && only !== undefined ? only : all
  }
  return search
}

/** Leaves out what is undefined, null, an empty string or an empty list, so that a default state is a bare address. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(search))
    for (const one of Array.isArray(value) ? (value as readonly unknown[]) : [value])
      if (
        typeof one === 'string' ? one !== '' : typeof one === 'number' || typeof one === 'boolean'
      )
        params.append(key, String(one))
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}

/**
 * Only an address on this site may follow a sign-in; anything else (`//evil.example`, `https:`) becomes `/`. Read as the
 * browser reads it, which drops tabs and line breaks and takes a backslash for a slash.
 */
export function safeNext(next: string | undefined): string {
  if (next?.startsWith('/') !== true) return '/'
  const site = 'https://this-site.invalid'
  const url = URL.canParse(next, site) ? new URL(next, site) : undefined
  if (url?.origin !== site || url.pathname.startsWith('//')) return '/'
  return url.pathname + url.search + url.hash
}
