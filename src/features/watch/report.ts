import type { PageDiff, StepKind } from './schema.ts'

/** One step told to people: in feeds, mails and webhooks, with the same diff as on screen. */
export interface StepReport {
  readonly collection: { readonly id: string; readonly path: string; readonly title: string }
  readonly snapshotId: string
  readonly at: number
  readonly stamp: string
  /** The stamp before; null for the first. */
  readonly from: string | null
  readonly added: number
  readonly removed: number
  /** Announced pages only, the largest changes first. */
  readonly pages: readonly ReportPage[]
  /** Pages beyond those listed. */
  readonly more: number
  /** The address of the step, from the root: `/watch/…/{A}..{B}`. */
  readonly link: string
  /** The sentence on policy keys, for policy documentation in which some came or went. */
  readonly keys: string | null
}

export interface ReportPage {
  readonly pageId: string
  readonly page: string
  readonly title: string | null
  readonly url: string
  readonly kind: StepKind
  readonly added: number
  readonly removed: number
  /** The address of the page's diff, from the root. */
  readonly link: string
  /** Hunks up to a bound on rows; null where the report's bound was used up. */
  readonly diff: PageDiff | null
  /** The diff was cut at the bound. */
  readonly cut: boolean
}

export interface ReportOptions {
  /** Only this page (its path). */
  readonly page?: string
  /** Only pages in whose changed lines this text occurs (without case). */
  readonly term?: string
  /** With changes of formatting only. */
  readonly formatting?: boolean
  /** Rows over all pages; 400 when left out. */
  readonly maxRows?: number
  readonly maxPages?: number
}
