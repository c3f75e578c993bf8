import type * as schema from '../schema.ts'

/** A file on its way to a destination. */
export interface Shipment {
  readonly file: schema.LogFile
  /** JSON lines; of a file that was emptied there is only the note. */
  readonly text: string
}

export type Arrival = { readonly ok: true } | { readonly ok: false; readonly message: string }
