import { Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { emptyFile, type FileRow } from '../store.files.ts'
import { holdsOn, type HeldFile } from './covers.ts'
import { isAddress, speaksOf, type Said, type Subject } from './speaks.ts'
import { linesOf, openHolds, type HoldRow } from './store.ts'

/** The holds for which a file must stay. */
export function* holdersOf(file: FileRow, holds: readonly HoldRow[]): Work<readonly HoldRow[]> {
  const { whole, persons } = holdsOn(holds, file)
  const keeping: HoldRow[] = [...whole]
  for (const hold of persons)
    if ((yield* linesOf(file.id, heldBy(hold))).length > 0) keeping.push(hold)
  return keeping
}

const heldBy = ({ subject_id: id, subject_label: label }: HoldRow & { subject_id: string }): Subject => ({ id, names: label !== null && isAddress(label) ? [label] : [] }) // prettier-ignore

/** Refuses while a legal hold keeps the file. */
export function* deleteFile(file: FileRow, now: number, by: string): Work<void> {
  const holders = yield* holdersOf(file, yield* openHolds())
  if (holders.length > 0)
    throw new Problem(
      'in_use',
      `A legal hold keeps it: ${holders.map((h) => h.name).join(', ')}.`,
      { remedy: 'Release the hold first.' },
    )
  yield* emptyFile(file, now, by)
}

export interface Judged<Line> {
  readonly erase: readonly Line[]
  readonly kept: number
  /** Names of the holds that keep them. */
  readonly keptBy: readonly string[]
}

/** Which of the lines that speak of somebody may be erased: none that a hold on the file, on her or on another one keeps. */
export function judged<Line extends Said>(
  file: HeldFile,
  subjectId: string,
  lines: readonly Line[],
  holds: readonly HoldRow[],
): Judged<Line> {
  const { whole, persons } = holdsOn(holds, file)
  const keepers = [
    ...whole.map(({ name }) => ({ name, keeps: () => true })),
    ...persons.map((hold) => ({
      name: hold.name,
      keeps: hold.subject_id === subjectId ? () => true : speaksOf(heldBy(hold)),
    })),
  ]
  const erase: Line[] = []
  const keptBy = new Set<string>()
  for (const line of lines) {
    const keeping = keepers.filter(({ keeps }) => keeps(line))
    if (keeping.length === 0) erase.push(line)
    for (const { name } of keeping) keptBy.add(name)
  }
  return { erase, kept: lines.length - erase.length, keptBy: [...keptBy] }
}
