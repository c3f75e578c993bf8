import { readToml, summarise, toPlain, type PlainTable } from '#requirements/index.ts'
import type { Document } from '../act.ts'

/** Which of the two texts of a policy a setting stands in. */
export const files = ['requirements.toml', 'config.toml'] as const
export type File = (typeof files)[number]

/** Dotted key → its value in TOML notation, for each of the two texts. */
export type Settings = Readonly<Record<File, ReadonlyMap<string, string>>>

/** A setting that differs; null where it is not set. */
export interface SettingChange {
  readonly file: File
  readonly key: string
  readonly before: string | null
  readonly after: string | null
}

export const noSettings: Settings = { 'requirements.toml': new Map(), 'config.toml': new Map() }

/** Reads both texts of a policy; undefined when one of them is no TOML. */
export function readSettings({ text, defaults }: Document): Settings | undefined {
  const [requirements, config] = [readOne(text), readOne(defaults)]
  return requirements && config && { 'requirements.toml': requirements, 'config.toml': config }
}

function readOne(text: string): ReadonlyMap<string, string> | undefined {
  const read = readToml(text)
  if ('unreadable' in read) return undefined
  // The root of a TOML document is a table.
  const lines = summarise(toPlain(read.root) as PlainTable)
  return new Map(lines.map(({ key, value }) => [key, value]))
}

/** What differs between two policies, in the order of the keys. */
export function settingsBetween(before: Settings, after: Settings): SettingChange[] {
  return files.flatMap((file) => {
    const [old, now] = [before[file], after[file]]
    const changed: SettingChange[] = []
    for (const [key, value] of old)
      if (now.get(key) !== value)
        changed.push({ file, key, before: value, after: now.get(key) ?? null })
    for (const [key, value] of now)
      if (!old.has(key)) changed.push({ file, key, before: null, after: value })
    return changed.sort((a, b) => (a.key < b.key ? -1 : 1))
  })
}
