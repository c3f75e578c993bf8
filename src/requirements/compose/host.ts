import type { Ruler } from '../positions.ts'
import { entryOf, itemsOf, textOf } from '../tree.ts'
import { taken, type TakenEntry, type TakenTable } from './taken.ts'

/**
 * Whether a host name is meant by a pattern: `*` is any run, `?` one character, letters of either case are the same, and
 * a dot at the end of the name does not count (documented; `*` measured).
 */
export function hostMatches(pattern: string, host: string): boolean {
  const name = host.trim().replace(/\.$/, '').toLowerCase()
  const wanted = pattern.trim().replace(/\.$/, '').toLowerCase()
  // Greedy with one way back, so linear in practice however many stars there are.
  let at = 0
  let back = -1
  let resume = 0
  for (let i = 0; i < name.length;) {
    const want = wanted[at]
    if (want === '*') {
      back = at
      at += 1
      resume = i
    } else if (want !== undefined && (want === '?' || want === name[i])) {
      at += 1
      i += 1
    } else if (back >= 0) {
      at = back + 1
      resume += 1
      i = resume
    } else return false
  }
  return /^\**$/.test(wanted.slice(at))
}

/**
 * The layer as it is on one machine: the first block of `remote_sandbox_config` whose pattern fits takes the place of
 * this layer's `allowed_sandbox_modes`. Done within each layer, before any merging.
 */
export function sandboxOfHost(root: TakenTable, host: string, ruler: Ruler): TakenTable {
  const blocks = entryOf(root, 'remote_sandbox_config')
  if (blocks === undefined) return root
  const entries = new Map<string, TakenEntry>(root.entries)
  entries.delete('remote_sandbox_config')
  const chosen = itemsOf(blocks.value).find((block) =>
    itemsOf(entryOf(block, 'hostname_patterns')?.value).some((pattern) =>
      hostMatches(textOf(pattern) ?? '', host),
    ),
  )
  const modes = entryOf(chosen, 'allowed_sandbox_modes')
  if (modes?.value.kind === 'list')
    entries.set(modes.key, taken(modes, modes.key, modes.value, ruler))
  return { ...root, entries }
}
