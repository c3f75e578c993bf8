/** What a check means for its page. Pure. */
import { unknownPage, type PageState } from '../fresh.ts'
import type { Checked } from './check.ts'
import type { Failure } from './checking.ts'
import type { PageRow, Target } from './plan.ts'

/** Runs in a row that must answer 404 or 410 before a page is gone: one such answer is often a deployment. */
export const goneAfter = 2

export interface Verdict {
  readonly state: PageState
  /** A version to record: the page's text, or that it is gone. */
  readonly version: 'text' | 'gone' | null
  readonly failure: Failure | null
}

const stateOf = (row: PageRow): PageState => ({
  state: row.state,
  url: row.url,
  title: row.title,
  source_id: row.source_id,
  etag: row.etag,
  last_modified: row.last_modified,
  raw_sha256: row.raw_sha256,
  fetch_url: row.fetch_url,
  format: row.format,
  failing_since: row.failing_since,
  failures: row.failures,
  failure_kind: row.failure_kind,
  failure_message: row.failure_message,
  missing_runs: row.missing_runs,
})

const fine = {
  state: 'present',
  failing_since: null,
  failures: 0,
  failure_kind: null,
  failure_message: null,
  missing_runs: 0,
} as const

/**
 * A page is gone after 404 or 410 in {@link goneAfter} runs in a row (at once where a git branch says so), never because it
 * was blocked, slow or broken, and not by missing in a list. `moved` counts as 404 where the new address is another page of
 * the collection.
 */
export function judge(target: Target, checked: Checked, now: number): Verdict {
  const before = target.row === null ? unknownPage(target) : stateOf(target.row)
  if (checked.is === 'failed') return judgeFailure(target, before, checked.failure, now)
  const state: PageState = {
    ...before,
    ...fine,
    url: checked.movedTo ?? target.url,
    source_id: target.sourceId,
    etag: checked.etag,
    last_modified: checked.lastModified,
    fetch_url: checked.fetchUrl,
  }
  if (checked.is === 'same')
    return {
      state: { ...state, title: before.title ?? target.title },
      version: null,
      failure: null,
    }
  return {
    state: {
      ...state,
      title: checked.title ?? target.title ?? before.title,
      raw_sha256: checked.sha256,
      format: checked.format,
    },
    version: 'text',
    failure: null,
  }
}

function judgeFailure(
  { row, sourceId, checked }: Target,
  before: PageState,
  failure: Failure,
  now: number,
): Verdict {
  const missing = failure.kind === 'gone' ? before.missing_runs + 1 : 0
  const wasThere =
    row !== null && (row.state === 'present' || row.raw_sha256 !== null || row.raw_id !== null)
  const certain = checked !== undefined && failure.kind === 'gone' && failure.status === null
  if (wasThere && row.state !== 'gone' && (missing >= goneAfter || certain))
    return {
      state: {
        ...before,
        ...fine,
        state: 'gone',
        etag: null,
        last_modified: null,
        raw_sha256: null,
        fetch_url: null,
        missing_runs: missing,
      },
      version: 'gone',
      failure,
    }
  // Still gone: it was told when it went.
  if (row?.state === 'gone' && failure.kind === 'gone')
    return { state: { ...before, missing_runs: missing }, version: null, failure: null }
  return {
    state: {
      ...before,
      state: row?.state === 'gone' ? 'gone' : 'failing',
      source_id: sourceId,
      failing_since: before.failing_since ?? now,
      failures: before.failures + 1,
      failure_kind: failure.kind,
      failure_message: failure.message,
      missing_runs: missing,
    },
    version: null,
    failure,
  }
}

/** Whether anything but the time of the check has to be written. */
export const isChanged = (row: PageRow, state: PageState): boolean =>
  (Object.keys(state) as (keyof PageState)[]).some((key) => row[key] !== state[key])
