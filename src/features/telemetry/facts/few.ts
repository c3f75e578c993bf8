import { day } from '#kernel/clock.ts'
import type { Fact, Origin } from './fact.ts'

/** What stands instead of a name that is one too many. */
const other = '(other)'

/** Names of facts by which something is summed or looked up: models, tools and programs are few, unless somebody makes them up. */
const named = ['name', 'model', 'tool', 'program', 'decision', 'decidedBy'] as const
const ofOrigin = ['originator', 'version', 'host'] as const
type Kind = (typeof named)[number] | (typeof ofOrigin)[number]

/** Names that one sender, and all together, may bring in a day that were not there before on that day. */
interface Bounds {
  readonly sender: number
  readonly all: number
}
const bounds: Bounds = { sender: 200, all: 2000 }
/** The machines of an enrolment share one sender. */
const machines: Bounds = { sender: 20_000, all: 50_000 }

export type FewNames = (facts: readonly Fact[]) => readonly Fact[]

/**
 * Bounds how many different names a day has, so that sums stay sums whatever a sender makes up: beyond the bound a name counts as
 * `(other)`, and what came stands in `extra` under `named`. Of each process, and from its start: after that, the rows of a day can
 * be as many again. Days are those of the receipt.
 */
export function createFewNames(most = bounds): FewNames {
  let today = -1
  const known = new Map<Kind, Set<string>>()
  const brought = new Map<string, number>()
  const origins = new Map<Origin, Origin>()

  function fits(kind: Kind, name: string, { principalId }: Origin): boolean {
    if (name === '') return true
    let names = known.get(kind)
    if (!names) known.set(kind, (names = new Set()))
    if (names.has(name)) return true
    const { sender, all } = kind === 'host' ? machines : most
    const key = `${kind} ${principalId}`
    const count = brought.get(key) ?? 0
    if (count >= sender || names.size >= all) return false
    brought.set(key, count + 1)
    names.add(name)
    return true
  }

  function originOf(origin: Origin): Origin {
    let kept = origins.get(origin)
    if (!kept) {
      const over = ofOrigin.filter((kind) => !fits(kind, origin[kind], origin))
      kept = { ...origin, ...Object.fromEntries(over.map((kind) => [kind, other])) }
      if (over.length === 0) kept = origin
      origins.set(origin, kept)
    }
    return kept
  }

  function bounded(fact: Fact): Fact {
    const origin = originOf(fact.origin)
    let over: Record<string, string> | undefined
    for (const kind of named) if (!fits(kind, fact[kind], origin)) (over ??= {})[kind] = fact[kind]
    if (!over) return origin === fact.origin ? fact : { ...fact, origin }
    const replaced = Object.fromEntries(Object.keys(over).map((kind) => [kind, other]))
    return { ...fact, origin, ...replaced, extra: withNamed(fact.extra, over) }
  }

  return (facts) => {
    const now = Math.floor((facts[0]?.receivedAt ?? 0) / day)
    if (now !== today) {
      today = now
      known.clear()
      brought.clear()
    }
    // Of these facts only: the objects are new with each request.
    origins.clear()
    return facts.map(bounded)
  }
}

/** `extra` is JSON of an object. */
function withNamed(extra: string | null, named: Readonly<Record<string, string>>): string {
  const more = `"named":${JSON.stringify(named)}}`
  return extra === null || extra === '{}' ? `{${more}` : `${extra.slice(0, -1)},${more}`
}
