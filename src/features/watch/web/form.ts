import type { z } from 'zod'
import { newCollection, type Collection, type Source } from '../schema.ts'

/** What the form of a collection edits: the address apart, everything that can be changed later. */
export type Settings = Omit<
  z.output<typeof newCollection>,
  'vendor' | 'product' | 'set' | 'language'
>

/** The server's own defaults. */
export const freshSettings = (): Settings => {
  const {
    vendor: _v,
    product: _p,
    set: _s,
    language: _l,
    ...settings
  } = newCollection.parse({
    vendor: 'v',
    product: 'p',
    set: 's',
    language: 'l',
    title: 'x',
    sources: [],
  })
  return { ...settings, title: '' }
}

export const settingsOf = (c: Collection): Settings => ({
  title: c.title,
  sources: c.sources,
  schedule: c.schedule,
  extract: c.extract,
  fetch: c.fetch,
  ignore: c.ignore,
  retention: c.retention,
  paused: c.paused,
  visibility: c.visibility,
  policyDocumentation: c.policyDocumentation,
})

export const sourceNames: Readonly<Record<Source['kind'], { name: string; about: string }>> = {
  llms: { name: 'llms.txt', about: 'The list of pages that many vendors keep for machines.' },
  sitemap: { name: 'Sitemap', about: 'sitemap.xml, also packed or in several parts.' },
  urls: { name: 'List of pages', about: 'One address a line.' },
  links: { name: 'Links', about: 'Follows the links of a page, as far as the prefix reaches.' },
  git: { name: 'Git repository', about: 'A folder of Markdown or HTML files, over https.' },
  feed: { name: 'Feed', about: 'The pages that an RSS or Atom feed links to.' },
}

/** An empty source of a kind; what two kinds share is kept. */
export function sourceOf(kind: Source['kind'], before?: Source): Source {
  const url = before !== undefined && 'url' in before ? before.url : ''
  const prefix = before !== undefined && 'prefix' in before ? before.prefix : undefined
  const common = {
    ...(before?.id === undefined ? {} : { id: before.id }),
    include: before?.include ?? [],
    exclude: before?.exclude ?? [],
  }
  if (kind === 'urls') return { ...common, kind, urls: url === '' ? [] : [url] }
  if (kind === 'git') return { ...common, kind, url, folder: '' }
  if (kind === 'links') return { ...common, kind, url, prefix: prefix ?? url, depth: 3 }
  return { ...common, kind, url, ...(prefix === undefined ? {} : { prefix }) }
}

/** The address to try the extraction on, before a source was tried. */
export function firstAddress(sources: readonly Source[]): string {
  const [first] = sources
  if (!first) return ''
  return first.kind === 'urls' ? (first.urls[0] ?? '') : first.kind === 'git' ? '' : first.url
}
