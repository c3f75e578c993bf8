import { parse } from 'smol-toml'
import { summarise, type PlainTable } from '#requirements/index.ts'
import type { PublishedPolicy } from '../parts.ts'
import type { KeyChanges } from '../schema.ts'
import type { DocumentedKey } from './find.ts'

/** What one page documents. */
export interface PageKeys {
  readonly page: string
  readonly keys: readonly DocumentedKey[]
}

type KeyChange = KeyChanges['items'][number]

/**
 * Keys that a whole set of pages documents after a step and did not before, or the other way round. A key that only moved
 * to another page is neither. Each with the pages that say it, and the policies that do and do not decide on it.
 */
export function compareKeys(
  before: readonly PageKeys[],
  after: readonly PageKeys[],
  policies: readonly PublishedPolicy[],
): KeyChanges {
  const [old, now] = [gather(before), gather(after)]
  const decided = policies.map((policy) => ({ policy, keys: decidedKeys(policy.text) }))
  const changes = (
    change: KeyChange['change'],
    here: ReadonlyMap<string, Gathered>,
    there: ReadonlyMap<string, Gathered>,
  ): KeyChange[] =>
    [...here].flatMap(([id, { what, key, known, pages }]) => {
      if (there.has(id)) return []
      const says = (keys: readonly string[]) => decides(keys, what, key)
      const named = (on: boolean) =>
        decided
          .filter(({ keys }) => says(keys) === on)
          .map(({ policy: { id: policyId, name } }) => ({ id: policyId, name }))
      return [{ key, what, change, pages, known, decided: named(true), undecided: named(false) }]
    })
  const items = [...changes('new', now, old), ...changes('gone', old, now)].sort(byWeight)
  return { summary: summaryOf(items, policies.length), items }
}

interface Gathered {
  readonly what: DocumentedKey['what']
  readonly key: string
  readonly known: boolean
  readonly pages: { readonly page: string; readonly line: number }[]
}

function gather(pages: readonly PageKeys[]): ReadonlyMap<string, Gathered> {
  const gathered = new Map<string, Gathered>()
  for (const { page, keys } of pages)
    for (const { what, key, known, line } of keys) {
      const id = `${what} ${key}`
      const one = gathered.get(id) ?? { what, key, known, pages: [] }
      one.pages.push({ page, line })
      gathered.set(id, one)
    }
  return gathered
}

const order = { requirements_key: 0, feature: 1, value: 2 } as const
const byWeight = (a: KeyChange, b: KeyChange): number =>
  order[a.what] - order[b.what] || (a.key < b.key ? -1 : 1)

/** Every dotted key that a policy sets, with the tables around it. An unreadable policy decides on nothing. */
function decidedKeys(text: string): readonly string[] {
  try {
    return summarise(parse(text) as PlainTable).flatMap(({ key }) => {
      const parts = key.split('.')
      return parts.map((_, i) => parts.slice(0, i + 1).join('.'))
    })
  } catch {
    return []
  }
}

/** A list that stands in a policy decides on all its values, those it leaves out as well. */
function decides(keys: readonly string[], what: DocumentedKey['what'], key: string): boolean {
  if (what === 'feature') return keys.includes(`features.${key}`)
  const path = what === 'value' ? (key.split(' = ')[0] ?? key) : key
  const parts = path.split('.')
  return keys.some((set) => {
    const own = set.split('.')
    return own.length === parts.length && parts.every((part, i) => part === '*' || part === own[i])
  })
}

const words = {
  requirements_key: ['key', 'keys'],
  feature: ['feature', 'features'],
  value: ['value', 'values'],
} as const

/** "3 keys and 1 feature are new; two of your policies …". Empty when nothing came or went. */
function summaryOf(items: readonly KeyChange[], policies: number): string {
  const said = (change: KeyChange['change'], verb: string): string[] => {
    const of = items.filter((item) => item.change === change)
    const parts = (['requirements_key', 'feature', 'value'] as const).flatMap((what) => {
      const count = of.filter((item) => item.what === what).length
      return count === 0 ? [] : [`${count} ${words[what][count === 1 ? 0 : 1]}`]
    })
    if (parts.length === 0) return []
    const verbs = of.length === 1 ? `is ${verb}` : `are ${verb}`
    return [`${listed(parts)} ${verbs}`]
  }
  const open = new Set(
    items.filter((i) => i.change === 'new').flatMap((i) => i.undecided.map(({ id }) => id)),
  ).size
  const about =
    open === 0
      ? []
      : [
          policies === 1
            ? 'your policy does not decide on all of them'
            : `${open} of your ${policies} policies ${open === 1 ? 'does' : 'do'} not decide on all of them`,
        ]
  return [...said('new', 'new'), ...said('gone', 'gone'), ...about].join('; ')
}

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`
