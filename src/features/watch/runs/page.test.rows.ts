import type { KnownSource } from '../collections/settings.ts'
import type { Listed } from './listing.ts'
import type { PageRow } from './plan.ts'

/** Rows for tests of what is pure here. */
export const prefix = 'https://docs.example/'

export const source = (
  kind: 'llms' | 'feed' | 'git' = 'llms',
  more: Partial<KnownSource> = {},
): KnownSource =>
  ({
    kind,
    id: kind,
    url: `${prefix}list`,
    include: [],
    exclude: [],
    folder: '',
    ...more,
  }) as KnownSource

export const pageRow = (path: string, more: Partial<PageRow> = {}): PageRow => ({
  id: `wpg_${path}`,
  collection_id: 'col_1',
  path,
  url: `${prefix}${path}`,
  title: null,
  source_id: 'llms',
  state: 'present',
  etag: null,
  last_modified: null,
  checked_at: 1,
  raw_id: 'raw_1',
  raw_sha256: 'abc',
  fetch_url: `${prefix}${path}`,
  format: 'html',
  failing_since: null,
  failures: 0,
  failure_kind: null,
  failure_message: null,
  missing_runs: 0,
  created_at: 1,
  ...more,
})

export const listed = (path: string, sourceId = 'llms'): Listed => ({
  sourceId,
  url: `${prefix}${path}`,
  path,
  title: null,
  within: prefix,
})
