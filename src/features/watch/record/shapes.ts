import type { Work } from '#kernel/work.ts'

/** What is handed in to be recorded. */
export interface NewVersion {
  readonly pageId: string
  /** Its path. */
  readonly page: string
  /** Null: the page is gone. */
  readonly text: string | null
  /** The bytes as fetched. */
  readonly raw: Uint8Array | null
  readonly contentType: string | null
  /** Name and version of the extractor with its settings (`extractorName`). */
  readonly extractor: string
}

export interface NewSnapshot {
  readonly collectionId: string
  /** When it was so, in ms. */
  readonly at: number
  readonly kind: 'run' | 'import' | 'boundary'
  readonly runId: string | null
  readonly importKey: string | null
  /** At most one of each page; those whose text is the known one are left out. */
  readonly versions: readonly NewVersion[]
  /** Tell people, where there is something to tell. */
  readonly announce: boolean
  readonly note?: string
}

export interface RecordedSnapshot {
  readonly snapshotId: string
  readonly stamp: string
  readonly at: number
  /** Pages that people were told of. */
  readonly announced: number
  readonly versions: number
}

/** What is counted in the same transaction that makes so many snapshots visible, with so many versions. */
export type Alongside = (snapshots: number, versions: number) => Work<void>
