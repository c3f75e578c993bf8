import type { Work } from '#kernel/work.ts'
import type * as schema from './schema.ts'
import { settingsOf } from './send/deliver.ts'
import { countWanted, type DestinationRow } from './store.destinations.ts'
import { fileOfNumber } from './store.files.ts'

/** Files that have not arrived are counted as far as this. */
const countedTo = 10_000

/** A destination as the page shows it, and how that goes. */
export function* shownDestination(row: DestinationRow): Work<schema.Destination> {
  const last = row.last_success_at === null ? undefined : yield* fileOfNumber(row.delivered)
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    settings: JSON.parse(row.settings) as Record<string, unknown>,
    ...placeAndFormat(row),
    eventTypes: JSON.parse(row.event_types) as string[],
    state: stateOf(row),
    behind: yield* countWanted(row, countedTo),
    lastFile: last ? { id: last.id, eventType: last.event_type, endAt: last.end_at } : null,
    failingSince: row.failing_since,
    failures: row.failures,
    lastError: row.last_error,
    lastSuccessAt: row.last_success_at,
    revision: row.revision,
    createdAt: row.created_at,
    createdBy: row.created_by,
  }
}

function placeAndFormat(row: DestinationRow): { readonly where: string; readonly format: string } {
  if (row.kind === 'folder')
    return {
      where: `exports/${settingsOf('folder', row).folder} in the data folder`,
      format: 'JSON lines',
    }
  if (row.kind === 's3') {
    const { endpoint, bucket, prefix } = settingsOf('s3', row)
    return { where: `${new URL(endpoint).host}/${bucket}/${prefix}`, format: 'JSON lines' }
  }
  if (row.kind === 'webhook')
    return { where: settingsOf('webhook', row).url, format: 'Signed notices' }
  const { host, port, tls, format } = settingsOf('syslog', row)
  return {
    where: `${host}:${port} (${tls ? 'TLS' : 'TCP'})`,
    format: format === 'cef' ? 'CEF over syslog' : 'OCSF over syslog',
  }
}

function stateOf(row: DestinationRow): schema.Destination['state'] {
  if (row.paused === 1) return 'paused'
  if (row.failing_since !== null) return 'failing'
  return row.last_success_at === null ? 'unused' : 'working'
}
