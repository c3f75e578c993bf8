import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import type { Product } from './product.ts'

// What no screen shows, and hours that nobody waits for: times in the product's database are moved, and nothing else of it.

/** Lets every access token run out now. The clients do not know it: they are told when they fetch. */
export async function expireAccessTokens(product: Product): Promise<void> {
  const soon = 1000
  change(product, (db) => {
    db.exec('UPDATE client_sequence SET seq = seq + 1')
    db.prepare(
      `UPDATE client_tokens SET expires_at = ?, seq = (SELECT seq FROM client_sequence)
       WHERE kind = 'access' AND expires_at > ?`,
    ).run(Date.now() + soon, Date.now() + soon)
  })
  await wait(soon + 250)
}

/** Lets more than the minute pass in which an old refresh token still gives its successor. */
export function passRefreshGrace(product: Product): void {
  change(product, (db) => {
    db.exec('UPDATE client_tokens SET used_at = used_at - 61000 WHERE used_at IS NOT NULL')
  })
}

function change(product: Product, act: (db: DatabaseSync) => void): void {
  opened(product, (db) => {
    db.exec('BEGIN IMMEDIATE')
    act(db)
    db.exec('COMMIT')
  })
}

/** The types of the events that clients have reported. No screen shows them yet. */
export const eventsCounted = (product: Product): readonly unknown[] =>
  opened(product, (db) =>
    db
      .prepare('SELECT event_type FROM client_events')
      .all()
      .map((row) => row['event_type']),
  )

/** Conversations that clients have reported, with whose token and host name. */
export const conversationsReported = (product: Product): readonly Record<string, unknown>[] =>
  opened(product, (db) =>
    db
      .prepare(
        `SELECT c.conversation, c.approval_policy, c.sandbox_policy, c.tool_calls, c.denied_calls, c.tokens_input,
           o.client_kind, o.client_id, o.policy_version
         FROM telemetry_conversations c JOIN telemetry_origins o ON o.id = c.origin
         WHERE c.conversation <> '' ORDER BY c.id`,
      )
      .all(),
  )

function opened<T>(product: Product, act: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(join(product.data, 'gatehouse.db'), { timeout: 5000 })
  try {
    return act(db)
  } finally {
    db.close()
  }
}

/** Puts another text into a version: as if the check had let through what the client does not take. */
export function spoilVersion(product: Product, versionId: string, text: string): void {
  change(product, (db) => {
    db.prepare('UPDATE policy_versions SET text = ? WHERE id = ?').run(text, versionId)
    db.exec(
      `UPDATE revisions SET revision = (SELECT max(revision) FROM revisions) + 1 WHERE slice = 'policies'`,
    )
  })
}
