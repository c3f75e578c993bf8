/** Tables of the proof that the trail is as it was written. Booleans are 0 and 1, times ms, JSON text. */
export interface AuditChainTables {
  /** One row a record, in the order in which they were linked. */
  audit_chain: {
    readonly seq: number
    readonly record_id: string
    readonly salt: string
    readonly commitment: string
    readonly link: string
  }
  /** Records that were erased: what they said is gone, their links and commitments stay. */
  audit_erased: {
    readonly seq: number
    readonly at: number
  }
  /** One row: which process links (PostgreSQL, where there may be several). */
  audit_lease: {
    readonly id: number
    readonly holder: string
    readonly until: number
  }
  audit_keys: {
    /** The public key, 32 bytes in base64. */
    readonly key: string
    /** The private key (PKCS #8, PEM), sealed. */
    readonly sealed: string
    readonly created_at: number
  }
  audit_checkpoints: {
    readonly records: number
    readonly link: string
    readonly at: number
    readonly key: string
    readonly text: string
  }
  /** One row: what was there before the chain, and where checkpoints are sent. */
  audit_settings: {
    readonly id: number
    readonly inherited: number
    /** Null until the first start after the tables were made. */
    readonly begun_at: number | null
    /** JSON: addresses. */
    readonly mail_to: string
    /** JSON: ids of webhooks. */
    readonly webhooks: string
    /** JSON: ids of folders and buckets of the compliance log. */
    readonly archives: string
    readonly revision: number
  }
  /** What became of sending a checkpoint. `outlet` is `mail:<address>`, `webhook:<id>` or `archive:<id>`. */
  audit_sends: {
    readonly records: number
    readonly outlet: string
    readonly state: 'waiting' | 'sent' | 'failed'
    readonly at: number
    readonly message: string | null
  }
  audit_verifications: {
    readonly id: string
    readonly state: 'running' | 'done' | 'failed'
    readonly started_at: number
    readonly started_by: string
    readonly total: number
    readonly checked: number
    /** When it last said how far it is (ms). */
    readonly heard_at: number
    readonly finished_at: number | null
    readonly troubles: number
    /** JSON: `Finding`s. */
    readonly findings: string
  }
  /** Which credential was used from where in which period, so that each is told of once. */
  audit_token_uses: {
    readonly kind: string
    readonly id: string
    readonly address: string
    /** ms: where the period begins. */
    readonly since: number
  }
}
