/** Leads to an offset of the policy's text. */
export type Show = (offset: number) => void

/** A text to decide with; its label says which where there are two. */
export interface TriedPolicy {
  readonly label: string
  readonly text: string
  /** Left out: lines are only named. */
  readonly onShow?: Show
}
