/** What a legal hold is about; null members mean everything. */
export interface Hold {
  readonly event_type: string | null
  readonly subject_id: string | null
  readonly from_at: number | null
  readonly until_at: number | null
}

export interface HeldFile {
  readonly event_type: string
  readonly start_at: number
  readonly end_at: number
}

/** Whether the hold is about what this file may hold: its type, and a window that touches the hold's. */
export const covers = (hold: Hold, file: HeldFile): boolean =>
  (hold.event_type === null || hold.event_type === file.event_type) &&
  (hold.from_at === null || file.end_at > hold.from_at) &&
  (hold.until_at === null || file.start_at < hold.until_at)

/** Those that keep the file as a whole, and those that keep it for the lines of a person. */
export function holdsOn<H extends Hold>(
  holds: readonly H[],
  file: HeldFile,
): { readonly whole: readonly H[]; readonly persons: readonly (H & { subject_id: string })[] } {
  const on = holds.filter((hold) => covers(hold, file))
  return {
    whole: on.filter((hold) => hold.subject_id === null),
    persons: on.filter((hold): hold is H & { subject_id: string } => hold.subject_id !== null),
  }
}
