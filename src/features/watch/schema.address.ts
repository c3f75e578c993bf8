/** The addresses of the screens of watching, for the browser and for everything that links to them. */
import type { CollectionParams } from './schema.collections.ts'

/** What the part of an address behind a collection means. */
export type Place =
  | { readonly kind: 'collection' }
  | { readonly kind: 'step'; readonly a: string; readonly b: string }
  | { readonly kind: 'page'; readonly page: string }
  | { readonly kind: 'diff'; readonly page: string; readonly a: string; readonly b: string }

const stamp = String.raw`\d{4}-\d{2}-\d{2}-\d{4}(?:-\d{1,4})?`
const step = new RegExp(`^(${stamp})\\.\\.(${stamp})$`)
const diff = new RegExp(`^(.+)/diff/(${stamp})/(${stamp})$`)

/** Reads it from its right end, since pages are nested: a page may be called `diff` or like a stamp. */
export function readPlace(rest: string): Place {
  const clean = rest.replace(/\/+$/, '')
  if (clean === '') return { kind: 'collection' }
  const pair = diff.exec(clean)
  if (pair) return { kind: 'diff', page: pair[1] ?? '', a: pair[2] ?? '', b: pair[3] ?? '' }
  const whole = step.exec(clean)
  if (whole) return { kind: 'step', a: whole[1] ?? '', b: whole[2] ?? '' }
  return { kind: 'page', page: clean }
}

const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/')

/** The addresses of one collection: its screens, and what they ask of the API. */
export function addressesOf({ v, p, s, l }: CollectionParams) {
  const path = `${v}/${p}/${s}/${l}`
  const root = `/watch/${path}`
  const api = `/api/v1/watch/${path}`
  return {
    path,
    root,
    api,
    step: (a: string, b: string) => `${root}/${a}..${b}`,
    page: (page: string) => `${root}/${encoded(page)}`,
    diff: (page: string, a: string, b: string) => `${root}/${encoded(page)}/diff/${a}/${b}`,
    apiPage: (kind: 'pages' | 'history' | 'blame', page: string) =>
      `${api}/${kind}/${encoded(page)}`,
  }
}
export type Addresses = ReturnType<typeof addressesOf>
