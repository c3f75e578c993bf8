import { act as actSchema, type Act } from '#features/policies/schema.act.ts'
import { stringifySearch } from '../address.ts'

/**
 * An act in an address, as `key=value` pairs like every other state: `?act=rules&rules=grp_1,pol_1&rules=grp_2,pol_1`. The
 * page of its effect can be pasted into a ticket.
 */
type Search = Readonly<Record<string, string | readonly string[]>>

/** Lists of pairs, each written `a,b`: ids have no comma. */
const paired = { rules: ['groupId', 'policyId'], joins: ['memberId', 'groupId'] } as const
const lists = ['add', 'remove', 'groupIds', 'enrolmentIds', 'permissions'] as const
const numbers = ['version', 'percent'] as const
const booleans = ['on', 'given'] as const
const stageKeys = ['groupIds', 'enrolmentIds', 'percent'] as const

/** Longer addresses are refused on the way. */
const longest = 6000
const keptAtOnce = 5
const keptKey = 'gatehouse:acts'

/** Undefined where the act is too large for an address: then `keepAct`. */
export function actSearch(act: Act): Search | undefined {
  const { kind, ...rest } = act
  const search: Record<string, string | readonly string[]> = { act: kind }
  const put = (key: string, value: unknown): void => {
    const names = paired[key as keyof typeof paired] as readonly string[] | undefined
    if (key === 'stage') for (const [inner, of] of Object.entries(value as object)) put(inner, of)
    else if (key === 'holder') search[key] = Object.values(value as object).join(',')
    else if (names)
      search[key] = (value as Record<string, string>[]).map((one) =>
        names.map((name) => one[name]).join(','),
      )
    else if (Array.isArray(value)) search[key] = value as string[]
    else if (['string', 'number', 'boolean'].includes(typeof value)) search[key] = String(value)
  }
  for (const [key, value] of Object.entries(rest)) put(key, value)
  const whole = !('document' in rest) || rest.document === undefined
  return whole && stringifySearch(search).length <= longest ? search : undefined
}

/** The act that an address names; undefined where it names none. */
export function actOf(search: Readonly<Record<string, unknown>>): Act | undefined {
  const { act: kind } = search
  if (typeof kind !== 'string') return undefined
  if (kind.startsWith('kept-')) return kept().find(({ name }) => name === kind)?.act
  const all = (key: string): string[] => [search[key] ?? []].flat().map(String)
  const empty = { policyId: null, groupId: null, roleId: null }
  const value: Record<string, unknown> = { ...empty, ...search, kind }
  for (const key of lists) value[key] = all(key)
  for (const key of numbers) value[key] = Number(search[key] ?? 0)
  for (const [key, names] of Object.entries(paired))
    value[key] = all(key).map((pair) => {
      const ids = pair.split(',')
      return Object.fromEntries(names.map((name, i) => [name, ids[i]]))
    })
  for (const key of booleans) value[key] = search[key] === 'true'
  // Left out is for good, which no number says.
  if (search['lasts'] !== undefined) value['lasts'] = Number(search['lasts'])
  const [holderKind, holderId] = all('holder').join().split(',')
  value['holder'] = { kind: holderKind, id: holderId }
  value['stage'] = Object.fromEntries(stageKeys.map((key) => [key, value[key]]))
  return actSchema.safeParse(value).data
}

interface Kept {
  readonly name: string
  readonly act: Act
}

function kept(): readonly Kept[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(keptKey) ?? '[]')
    if (!Array.isArray(list)) return []
    return (list as Partial<Kept>[]).flatMap(({ name, act }) => {
      const parsed = actSchema.safeParse(act)
      return typeof name === 'string' && parsed.success ? [{ name, act: parsed.data }] : []
    })
  } catch {
    return []
  }
}

/** Keeps an act in this browser: an address that names it leads there in this browser only. */
export function keepAct(act: Act): Search {
  const text = JSON.stringify(act)
  const before = kept().filter((one) => JSON.stringify(one.act) !== text)
  const name = `kept-${Date.now().toString(36)}`
  try {
    localStorage.setItem(keptKey, JSON.stringify([{ name, act }, ...before].slice(0, keptAtOnce)))
  } catch {
    // No room in this browser: the page will say that the act is not here.
  }
  return { act: name }
}
