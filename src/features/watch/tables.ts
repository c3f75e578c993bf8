/** Tables of watching. The archive (texts, raw bytes, line index) has its own. Booleans are 0 and 1, times ms, JSON text. */
export interface WatchTables {
  watch_collections: {
    readonly id: string
    readonly vendor: string
    readonly product: string
    readonly set_name: string
    readonly language: string
    /** `vendor/product/set/language`. */
    readonly path: string
    readonly title: string
    /** JSON: sources, schedule, extract, fetch, ignore, retention. */
    readonly settings: string
    readonly revision: number
    readonly paused: number
    readonly visibility: 'members' | 'public'
    readonly policy_documentation: number
    readonly created_at: number
    readonly created_by: string
    readonly next_run_at: number | null
    readonly last_run_at: number | null
    /** Its address is free again; a job takes its rows away bit by bit. */
    readonly deleted_at: number | null
  }
  watch_pages: {
    readonly id: string
    readonly collection_id: string
    /** Unique in its collection, e.g. enterprise/managed-configuration. */
    readonly path: string
    readonly url: string
    readonly title: string | null
    /** The source that brought it; null: an import. */
    readonly source_id: string | null
    readonly state: 'expected' | 'present' | 'gone' | 'failing'
    readonly etag: string | null
    readonly last_modified: string | null
    readonly checked_at: number | null
    /** The raw bytes of the last good fetch. */
    readonly raw_id: string | null
    /** Of the same bytes: an answer with the same ones need not be extracted again. */
    readonly raw_sha256: string | null
    /** What is asked for it: the vendor's Markdown beside it, or its own address. Null: not tried yet. */
    readonly fetch_url: string | null
    /** What it was at the last good fetch: html, markdown or text. */
    readonly format: string | null
    readonly failing_since: number | null
    readonly failures: number
    readonly failure_kind: string | null
    readonly failure_message: string | null
    /** Runs in a row in which it was neither listed nor there. */
    readonly missing_runs: number
    readonly created_at: number
  }
  watch_snapshots: {
    readonly id: string
    readonly collection_id: string
    readonly at: number
    /** `at` × 1000 + the number of the stamp in its minute: the order of everything. Unique in its collection. */
    readonly moment: number
    readonly stamp: string
    /** Only `done` ones are shown; `writing` ones of a run that died are swept away. */
    readonly state: 'writing' | 'done'
    readonly kind: 'first' | 'run' | 'import' | 'boundary'
    readonly run_id: string | null
    /** Of an import: the key of the uploaded snapshot. */
    readonly import_key: string | null
    readonly note: string | null
    readonly added: number
    readonly removed: number
    readonly pages: number
    readonly new_pages: number
    readonly gone_pages: number
    readonly quiet_pages: number
    readonly flipped_pages: number
    /** 1: it was announced. Judging it again later tells nobody, and takes nothing back. */
    readonly told: number
  }
  watch_versions: {
    readonly id: string
    readonly collection_id: string
    readonly page_id: string
    readonly snapshot_id: string
    readonly moment: number
    /** Null: the page was gone. */
    readonly text_id: string | null
    readonly raw_id: string | null
    readonly sha256: string | null
    readonly extractor: string
    readonly content_type: string | null
    readonly kind: string
    readonly added: number
    readonly removed: number
    readonly lines: number
    readonly bytes: number
    /** The version whose text came back. */
    readonly flip_of: string | null
    /** Of a gone page: where its text went; of a new one: where it came from. A page's path. */
    readonly moved: string | null
  }
  watch_runs: {
    readonly id: string
    readonly collection_id: string
    readonly cause: 'schedule' | 'hand' | 'import' | 'extract'
    readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'stopped'
    readonly started_at: number
    readonly finished_at: number | null
    readonly total: number
    readonly checked: number
    readonly not_modified: number
    readonly changed: number
    readonly failures: number
    readonly snapshot_id: string | null
    readonly message: string | null
    readonly started_by: string | null
    /** A running one that stopped beating died with its process. */
    readonly beat_at: number
  }
  watch_failures: {
    readonly id: string
    readonly collection_id: string
    readonly run_id: string
    readonly page_id: string | null
    readonly url: string
    readonly at: number
    readonly kind: string
    readonly status: number | null
    readonly message: string
    readonly remedy: string
    readonly in_a_row: number
    readonly mended: number
  }
  watch_secrets: {
    readonly collection_id: string
    readonly origin: string
    readonly name: string
    /** kernel/secrets, context `watch:<collection>:<origin>:<name>`. */
    readonly sealed: string
    readonly set_at: number
    readonly set_by: string
  }
  watch_exceptions: {
    readonly id: string
    readonly target: string
    readonly note: string
    readonly created_at: number
    readonly created_by: string
  }
  watch_seen: {
    readonly member_id: string
    readonly collection_id: string
    readonly moment: number
    readonly at: number
  }
  watch_imports: {
    readonly id: string
    readonly collection_id: string
    readonly origin: string
    readonly state: 'open' | 'settling' | 'done' | 'failed'
    readonly total: number | null
    readonly received: number
    readonly versions: number
    readonly last_key: string | null
    /** The time of the last snapshot taken in: none may stand before it. */
    readonly last_at: number | null
    /** Files that are no pages, or nothing could be made of. */
    readonly left_out: number
    readonly started_at: number
    readonly finished_at: number | null
    readonly message: string | null
  }
  /** Which page a file of an imported history is. */
  watch_import_files: {
    readonly collection_id: string
    readonly file: string
    /** The page's path. */
    readonly page: string
    readonly present: number
  }
}
