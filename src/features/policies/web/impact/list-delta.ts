import { checkRequirements, summarise, type Plain } from '#requirements/index.ts'

export interface ListDelta {
  /** In TOML notation. */
  readonly removed: readonly string[]
  readonly added: readonly string[]
  readonly kept: number
}

/** What came and went between two lists; undefined where one is none, nothing stayed, or only the order differs. */
export function listDelta(before: string | null, after: string | null): ListDelta | undefined {
  const [old, now] = [itemsOf(before), itemsOf(after)]
  if (!old || !now) return undefined
  const [had, has] = [new Set(old), new Set(now)]
  const removed = [...had].filter((item) => !has.has(item))
  const added = [...has].filter((item) => !had.has(item))
  const kept = had.size - removed.length
  return kept === 0 || removed.length + added.length === 0 ? undefined : { removed, added, kept }
}

function itemsOf(value: string | null): readonly string[] | undefined {
  if (value?.startsWith('[') !== true) return undefined
  const list: Plain | undefined = checkRequirements(`x = ${value}`).document?.['x']
  if (!Array.isArray(list)) return undefined
  return (list as readonly Plain[]).map((item) => {
    const [line] = summarise({ x: [item] })
    return line?.value.slice(1, -1) ?? ''
  })
}
