/** `gatehouse compliance verify`: needs no server, so it reckons itself. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkFile, hashOf, type Checked } from '#features/compliance/line.ts'
import type { LogFile } from '#features/compliance/schema.ts'
import { ApiRefusal } from './api.ts'

export interface Verdict {
  readonly files: number
  readonly lines: number
  readonly erased: number
  /** Files that were emptied before they were exported: their notes say so. */
  readonly emptied: number
  readonly troubles: readonly string[]
}

interface Note {
  readonly name: string
  readonly file: LogFile
}

/** Files are linked to the one of their type before them; the first that is there may have had others before it. */
export function verifyFolder(folder: string): Verdict {
  const notes = notesIn(folder)
  if (notes.length === 0) throw new ApiRefusal(`${folder} has no files of the compliance log.`)
  const newest = new Map<string, string>()
  const troubles: string[] = []
  let [lines, erased, emptied] = [0, 0, 0]
  for (const { name, file } of notes) {
    const before = newest.get(file.event_type)
    if (before !== undefined && file.previous_sealed_sha256 !== before)
      troubles.push(`${name}: a file of ${file.event_type} before it is missing.`)
    newest.set(file.event_type, file.sealed_sha256)
    const path = join(folder, name.replace(/json$/, 'jsonl'))
    if (!existsSync(path)) {
      if (file.deleted_at == null) troubles.push(`${name}: its lines are missing.`)
      else emptied++
      continue
    }
    const text = readFileSync(path, 'utf8')
    const checked = checkFile(text, { exact: true })
    const trouble = troubleOf(file, text, checked)
    if (trouble !== undefined) troubles.push(`${name}: ${trouble}`)
    lines += checked.lines
    erased += checked.erased
  }
  return { files: notes.length, lines, erased, emptied, troubles }
}

const notesIn = (folder: string): readonly Note[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({
      name,
      file: JSON.parse(readFileSync(join(folder, name), 'utf8')) as LogFile,
    }))
    .sort((a, b) => (a.file.end_time < b.file.end_time ? -1 : 1))

function troubleOf(file: LogFile, text: string, checked: Checked): string | undefined {
  if (checked.sealedSha256 !== file.sealed_sha256)
    return 'lines were changed, added, removed or moved.'
  if (checked.broken.length > 0) return `says something else in line ${checked.broken.join(', ')}.`
  if (checked.erased > file.erased_lines)
    return `${checked.erased} lines are erased, and its note knows of ${file.erased_lines}.`
  if (checked.erased === 0 && hashOf(text) !== file.sha256)
    return 'nothing in it is erased, and yet it is not as it was closed.'
  return undefined
}
