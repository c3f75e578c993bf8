import { allGroups, breakGlassOwners, membersByIds, activeOwners } from '#features/access/index.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { readyOwners } from './enforce.ts'
import type { Provider, Providers } from './schema.ts'
import { linksByProvider } from './store.links.ts'
import {
  allDomains,
  allMappings,
  allProviders,
  providerById,
  workspaceEnforces,
} from './store.providers.ts'
import type { ProviderRow } from './tables.ts'

/** Providers as an owner sees them; no secret is among it. */
export function* shownProviders(rows: readonly ProviderRow[]): Work<readonly Provider[]> {
  const domains = yield* allDomains()
  const mappings = yield* allMappings()
  const groups = new Map((yield* allGroups()).map((g) => [g.id, g]))
  const links = yield* linksByProvider()
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    button: row.button,
    issuer: row.issuer,
    clientId: row.client_id,
    hasSecret: row.secret_sealed !== null,
    scopes: row.scopes,
    groupsClaim: row.groups_claim,
    justInTime: row.just_in_time === 1,
    secondFactor: row.second_factor,
    on: row.is_on === 1,
    enforced: row.enforced === 1,
    provedAt: row.proved_at,
    domains: domains
      .filter((d) => d.provider_id === row.id)
      .map((d) => ({ domain: d.domain, statedBy: d.stated_by, statedAt: d.stated_at })),
    mappings: mappings
      .filter((m) => m.provider_id === row.id)
      .map((m) => ({
        value: m.value,
        groupId: m.group_id,
        groupName: groups.get(m.group_id)?.name ?? 'a group that is gone',
        kept: groups.get(m.group_id)?.source === 'manual',
      })),
    links: links.get(row.id) ?? 0,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  }))
}

export function* shownAll(redirectUri: string): Work<Providers> {
  const marked = yield* breakGlassOwners()
  const ready = yield* readyOwners()
  const owners = yield* membersByIds(yield* activeOwners())
  return {
    items: [...(yield* shownProviders(yield* allProviders()))],
    redirectUri,
    enforced: yield* workspaceEnforces(),
    breakGlass: [...owners.values()].map(({ id, email, name }) => ({
      id,
      email,
      name,
      marked: marked.has(id),
      ready: ready.has(id),
    })),
  }
}

/** What every route about providers asks for. */
export const manage = {
  auth: ['session', 'key'],
  permission: 'signin.manage',
  errors: 'problem',
} as const

export function* one(id: string): Work<Provider> {
  const row = found(yield* providerById(id), 'provider')
  return found((yield* shownProviders([row]))[0], 'provider')
}

/** Refuses what is based on a version that somebody else has changed since. */
export function refuseOutdated(row: ProviderRow, version: number): void {
  if (row.version !== version)
    throw new Problem('edited_meanwhile', `${row.name} was changed by somebody else.`, {
      remedy: 'Look at the present state, then decide again.',
    })
}
