/** Rows as the API shows them. */
import type { Snapshot, StepKind, Version, WatchedPage } from '../schema.ts'
import type { SnapshotRow } from './load.ts'
import type { ListedPage, ListedVersion } from './store.pages.ts'

export const snapshotView = (row: SnapshotRow): Snapshot => ({
  at: row.at,
  stamp: row.stamp,
  added: row.added,
  removed: row.removed,
  pages: row.pages,
  newPages: row.new_pages,
  gonePages: row.gone_pages,
  quietPages: row.quiet_pages,
  flippedPages: row.flipped_pages,
  kind: row.kind,
  note: row.note,
})

const dated = (at: number | null, stamp: string | null) =>
  at === null || stamp === null ? null : { at, stamp }

/** A page as it is now, or as it was: then its state is what the version of that moment says. */
export function pageView(row: ListedPage, past: boolean): WatchedPage {
  const last = dated(row.last_at, row.last_stamp)
  const { failure_kind: failure, failing_since: since } = row
  return {
    page: row.path,
    url: row.url,
    title: row.title,
    state: past ? (row.last_text === null ? 'gone' : 'present') : row.state,
    firstSeen: dated(row.first_at, row.first_stamp),
    lastChange: last && {
      ...last,
      kind: row.last_kind as StepKind,
      added: row.last_added ?? 0,
      removed: row.last_removed ?? 0,
    },
    versions: row.versions,
    lines: row.last_lines ?? 0,
    checkedAt: row.checked_at,
    failure:
      past || failure === null || since === null
        ? null
        : { kind: failure, message: row.failure_message ?? '', since },
  }
}

export const versionView = (row: ListedVersion): Version => ({
  at: row.at,
  stamp: row.stamp,
  kind: row.kind as StepKind,
  added: row.added,
  removed: row.removed,
  bytes: row.bytes,
  lines: row.lines,
  extractor: row.extractor,
  flipOf: row.flip_stamp,
  raw: row.raw_id !== null,
})
