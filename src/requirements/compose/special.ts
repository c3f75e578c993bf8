/**
 * How a place is composed where tables are not simply merged key by key and everything else replaced by the higher layer:
 * - `append`: the items of every layer, those of the highest first
 * - `union`: the same, but an item that a higher layer has already is left out
 * - `whole`: the highest layer's value as it is, also where it is a table
 * - `agree`: the layers must say the same folder, else nothing is composed at all
 * - `false_stays`: a layer that says false wins over a higher one that says true
 */
export type How = 'append' | 'union' | 'whole' | 'agree' | 'false_stays'

/** The places by their keys; `*` is any other key. */
export interface Places {
  readonly [key: string]: How | Places
}

/**
 * The special places of the client 0.169, each seen in the real client; but `apps`, which only the documentation
 * states (the client prints nothing of it and asks its own service which apps there are).
 *
 * `allowed_permission_profiles` is not here: the documentation says that a layer's `false` stays, and the client lets the
 * higher layer win, in both directions. `marketplaces.allowed_sources` is not either: sources of one name are merged key
 * by key like any table.
 */
export const CURRENT: Places = {
  rules: { prefix_rules: 'append' },
  // The folder for the other systems is the highest layer's, whatever the others say.
  hooks: { managed_dir: 'agree', windows_managed_dir: 'whole', '*': 'append' },
  permissions: { filesystem: { deny_read: 'union' } },
  auto_review: { required_on_models: 'union' },
  otel: {
    exporter: 'whole',
    trace_exporter: 'whole',
    metrics_exporter: 'whole',
    tool_result: 'whole',
  },
  apps: { '*': { enabled: 'false_stays' } },
  // Each layer uses its own and they never meet, so where the machine is not known all of them are shown.
  remote_sandbox_config: 'append',
}

/** Clients before July 2026, after their documentation and never seen: a top-level key is taken whole. */
export const OLDER: Places = {
  apps: { '*': { enabled: 'false_stays' } },
  '*': 'whole',
}

/** What is said of a key of these places, or of the places below it. */
export function placeOf(places: Places | undefined, key: string): How | Places | undefined {
  if (places === undefined) return undefined
  if (Object.hasOwn(places, key)) return places[key]
  return Object.hasOwn(places, '*') ? places['*'] : undefined
}
