/** Tables of the compliance log. Booleans are 0 and 1, times ms. */
export interface ComplianceTables {
  compliance_types: {
    readonly event_type: string
    /** Where its source goes on: a number of the audit chain or of a fact; '' before the first look. */
    readonly cursor: string
    /** When the newest file was closed; 0 before the first. */
    readonly closed_at: number
    readonly window_ms: number
    readonly retention_days: number
    readonly revision: number
    /** Sums of its files that are there. */
    readonly files: number
    readonly lines: number
    readonly bytes: number
    readonly deleted_files: number
  }
  /** One row per file, for good: what was in a deleted file is gone, that it was there is not. */
  compliance_files: {
    readonly id: string
    /** 1, 2, 3 … over all types: where destinations go on. */
    readonly number: number
    readonly event_type: string
    /** When its first line was received. */
    readonly start_at: number
    /** When it was closed; no two files have the same, and each has a later one than those before it. */
    readonly end_at: number
    /** The same as the clock said it, which may have been set back since: what retention goes by. */
    readonly closed_at: number
    readonly lines: number
    /** Of the file as it was downloaded when it was closed. */
    readonly bytes: number
    readonly sha256: string
    /** Of its sealed lines: the same before and after an erasure. */
    readonly sealed_sha256: string
    /** `sealed_sha256` of the file of this type before it; '' for the first. */
    readonly previous_sha256: string
    readonly erased_lines: number
    readonly deleted_at: number | null
    readonly deleted_because: string | null
  }
  /** The sealed lines, a thousand in a row, as text: written once. */
  compliance_chunks: {
    readonly file_id: string
    readonly chunk: number
    readonly lines: string
  }
  /** What the lines are about, apart from them, so that it can be erased. */
  compliance_payloads: {
    readonly file_id: string
    /** From 0, in the file. */
    readonly line: number
    readonly event_type: string
    readonly event_id: string
    /** The person (or other principal) who did it, and the one it was done to. */
    readonly subject_id: string
    readonly about_id: string
    /** Both null when erased. */
    readonly salt: string | null
    readonly payload: string | null
  }
  compliance_holds: {
    readonly id: string
    readonly name: string
    readonly reason: string
    /** Null: every type, everybody, from the beginning, without an end. */
    readonly event_type: string | null
    readonly subject_id: string | null
    readonly subject_label: string | null
    readonly from_at: number | null
    readonly until_at: number | null
    readonly created_at: number
    readonly created_by: string
    readonly released_at: number | null
    readonly released_by: string | null
  }
  /** What was erased, or is being erased, of one person. */
  compliance_erasures: {
    readonly id: string
    readonly subject_id: string
    readonly reason: string
    readonly asked_at: number
    readonly asked_by: string
    /** JSON list: addresses by which she is found, while it is at work; then empty. */
    readonly names: string
    /** The number of the last file that was looked through. */
    readonly reached: number
    readonly files: number
    readonly lines: number
    readonly kept_lines: number
    /** JSON list: names of the legal holds that kept lines. */
    readonly kept_by: string
    readonly finished_at: number | null
  }
  compliance_destinations: {
    readonly id: string
    readonly name: string
    readonly name_key: string
    readonly kind: 'folder' | 's3' | 'webhook' | 'syslog'
    /** JSON: where to, without secrets. */
    readonly settings: string
    readonly secret_sealed: string | null
    /** JSON list; empty: all. */
    readonly event_types: string
    readonly paused: number
    /** The number of the last file that arrived, or that it was not to get. */
    readonly delivered: number
    readonly failing_since: number | null
    readonly failures: number
    readonly last_error: string | null
    readonly last_success_at: number | null
    /** Until when a process works on it, and which; another takes over afterwards. */
    readonly busy_until: number
    readonly busy_by: string
    readonly revision: number
    readonly created_at: number
    readonly created_by: string
  }
}
