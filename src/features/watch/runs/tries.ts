import type { Pool } from '#kernel/pool.ts'
import type { ExtractSettings, FetchSettings } from '../schema.ts'
import type { Checking } from './checking.ts'
import type { GoingOut } from './going-out.ts'
import { createGate } from './limit.ts'
import { createHints } from './markdown.ts'

/** Somebody waits for the answer: one attempt, and not for ever. */
const patience = 20_000

/** What trying settings out stands in. No secrets are sent: an address that is only tried belongs to no collection. */
export const triesOf = (
  pool: Pool,
  { fetcher }: GoingOut,
  fetch: FetchSettings,
  extract: ExtractSettings,
  signal: AbortSignal,
): Checking => ({
  fetcher,
  pool,
  gate: createGate(2),
  fetch: { ...fetch, retries: 0, timeoutMs: Math.min(fetch.timeoutMs, patience) },
  extract,
  headersFor: () => ({}),
  lane: 'tries',
  markdown: createHints(),
  signal,
})
