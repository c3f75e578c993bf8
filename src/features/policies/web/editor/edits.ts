import { createContext, useContext } from 'react'
import type { Complaint, Edited, Plain } from '#requirements/index.ts'

type Path = readonly (string | number)[]

/** What the fields of the form do to the text; each act is one edit of it. */
export interface Edits {
  readonly readOnly: boolean
  readonly set: (path: Path, value: Plain) => void
  readonly remove: (path: Path) => void
  readonly rename: (path: Path, name: string) => void
  /** Leads to the place in the text, where it is in sight. */
  readonly show?: (offset: number) => void
  /** What is said of exactly this place. */
  readonly complaintsAt: (path: Path) => readonly Complaint[]
}

export const EditsContext = createContext<Edits | undefined>(undefined)

export function useEdits(): Edits {
  const edits = useContext(EditsContext)
  if (!edits) throw new Error('A field stands outside of the form.')
  return edits
}

/** The text after an edit; when it cannot be made, says why and leaves the text as it is. */
export function settled(
  edited: Edited,
  onText: (text: string) => void,
  onProblem: (why: string) => void,
) {
  if ('problem' in edited) onProblem(edited.problem)
  else onText(edited.text)
}
