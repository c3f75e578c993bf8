/** Tables of telling people. Booleans are 0 and 1, times ms, JSON text. */
export interface NotifyTables {
  notify_subscriptions: {
    readonly id: string
    /** Whose mail it is; null for a webhook, which belongs to the workspace. */
    readonly member_id: string | null
    readonly endpoint_id: string | null
    /** Null: every collection. */
    readonly collection_id: string | null
    readonly page: string | null
    readonly term: string | null
    readonly rhythm: 'now' | 'daily' | 'weekly'
    readonly hour: number
    /** 1 is Monday, 7 is Sunday. */
    readonly weekday: number
    readonly time_zone: string
    readonly formatting: number
    readonly trouble: number
    readonly paused: number
    readonly revision: number
    readonly created_at: number
    readonly created_by: string
    /** When the next digest is due; null for what is told at once. */
    readonly next_at: number | null
  }
  /** Steps that wait for a digest; those told stay a while, so that a repeated job does not add them again. */
  notify_pending: {
    readonly subscription_id: string
    readonly snapshot_id: string
    readonly at: number
    readonly told: number
  }
  /** Failures of one run, told together. */
  notify_troubles: {
    readonly id: string
    readonly run_id: string
    readonly collection_id: string
    readonly at: number
    readonly page: string | null
    readonly url: string
    readonly failure: string
    readonly message: string
    readonly told: number
  }
  notify_mails: {
    readonly id: string
    readonly member_id: string
    /** What it tells, e.g. `step:<snapshot>`: unique for a member, so nobody is told twice. */
    readonly key: string
    /** JSON: `Content` of content.ts. */
    readonly content: string
    /** The token of its unsubscribe link. */
    readonly token_sealed: string
    readonly state: 'waiting' | 'sending' | 'sent' | 'failed' | 'dropped'
    readonly attempts: number
    readonly subject: string | null
    readonly error: string | null
    readonly created_at: number
    readonly finished_at: number | null
  }
  notify_endpoints: {
    readonly id: string
    readonly name: string
    readonly name_key: string
    readonly kind: 'signed' | 'slack'
    /** Addresses of chat systems are secrets themselves. */
    readonly url_sealed: string
    /** What screens show of it. */
    readonly url_shown: string
    readonly secret_sealed: string | null
    /** The secret before, which signs as well until `old_secret_until`. */
    readonly old_secret_sealed: string | null
    readonly old_secret_until: number | null
    readonly paused: number
    /** Turned off by Gatehouse itself after days of failure. */
    readonly disabled_at: number | null
    /** Since when nothing arrived; null while the newest attempt arrived. */
    readonly failing_since: number | null
    readonly last_error: string | null
    readonly last_success_at: number | null
    readonly revision: number
    readonly created_at: number
    readonly created_by: string
  }
  notify_deliveries: {
    /** Also the `webhook-id`, the same in every attempt. */
    readonly id: string
    readonly endpoint_id: string
    readonly key: string
    readonly type: string
    readonly label: string
    /** JSON: `Content` of content.ts; null for a test. */
    readonly content: string | null
    /** The body as it is sent, made at the first attempt. */
    readonly body: string | null
    readonly state: 'waiting' | 'delivered' | 'failed' | 'dropped'
    readonly attempts: number
    readonly next_at: number | null
    readonly last_status: number | null
    readonly created_at: number
    readonly finished_at: number | null
  }
  notify_attempts: {
    readonly delivery_id: string
    readonly number: number
    readonly at: number
    readonly ms: number
    readonly status: number | null
    /** Why nothing came back: the kind of outbound failure. */
    readonly failure: string | null
    readonly message: string | null
    /** The first kilobyte of the answer. */
    readonly answer: string
  }
  notify_feed_keys: {
    readonly id: string
    readonly member_id: string
    readonly hash: string
    /** Sealed, so that it can be shown to its member again. */
    readonly token_sealed: string
    readonly created_at: number
    readonly last_used_at: number | null
  }
}
