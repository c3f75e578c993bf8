import { all, first, run, type Work } from '#kernel/work.ts'
import { q, type ProviderRow, type SsoTables } from './tables.ts'

export type DomainRow = SsoTables['sso_domains']
export type MappingRow = SsoTables['sso_mappings']

/** In the order in which the sign-in page shows them: as they were added. */
export function* allProviders(): Work<readonly ProviderRow[]> {
  return yield* all(q.selectFrom('sso_providers').selectAll().orderBy('id'))
}

export function* providerById(id: string): Work<ProviderRow | undefined> {
  return yield* first(q.selectFrom('sso_providers').selectAll().where('id', '=', id))
}

export function* providerByIssuer(issuer: string): Work<ProviderRow | undefined> {
  return yield* first(q.selectFrom('sso_providers').selectAll().where('issuer', '=', issuer))
}

export function* insertProvider(row: ProviderRow): Work<void> {
  yield* run(q.insertInto('sso_providers').values(row))
}

/** True unless the row has another version by now. The version counts on by itself. */
export function* updateProvider(
  id: string,
  basedOn: number,
  change: Partial<Omit<ProviderRow, 'id' | 'issuer' | 'version'>>,
): Work<boolean> {
  const changed = yield* run(
    q
      .updateTable('sso_providers')
      .set({ ...change, version: basedOn + 1 })
      .where('id', '=', id)
      .where('version', '=', basedOn),
  )
  return changed === 1
}

/** A round trip worked with this version; a later one has to prove itself. */
export function* markProved(id: string, version: number, at: number): Work<void> {
  yield* run(
    q
      .updateTable('sso_providers')
      .set({ proved_at: at })
      .where('id', '=', id)
      .where('version', '=', version),
  )
}

export function* setProviderEnforced(id: string, on: boolean): Work<void> {
  yield* run(
    q
      .updateTable('sso_providers')
      .set({ enforced: on ? 1 : 0 })
      .where('id', '=', id),
  )
}

/** With its domains, mappings, links and whoever is on the way to it. */
export function* deleteProvider(id: string): Work<void> {
  for (const table of ['sso_domains', 'sso_mappings', 'sso_links', 'sso_attempts'] as const)
    yield* run(q.deleteFrom(table).where('provider_id', '=', id))
  yield* run(q.deleteFrom('sso_providers').where('id', '=', id))
}

export function* allDomains(): Work<readonly DomainRow[]> {
  return yield* all(q.selectFrom('sso_domains').selectAll().orderBy('domain'))
}

export function* domainsOf(providerId: string): Work<readonly string[]> {
  const rows = yield* all(
    q
      .selectFrom('sso_domains')
      .select('domain')
      .where('provider_id', '=', providerId)
      .orderBy('domain'),
  )
  return rows.map((row) => row.domain)
}

export function* replaceDomains(
  providerId: string,
  keep: readonly string[],
  added: readonly DomainRow[],
): Work<void> {
  let gone = q.deleteFrom('sso_domains').where('provider_id', '=', providerId)
  if (keep.length > 0) gone = gone.where('domain', 'not in', keep)
  yield* run(gone)
  if (added.length > 0) yield* run(q.insertInto('sso_domains').values([...added]))
}

export function* allMappings(): Work<readonly MappingRow[]> {
  return yield* all(q.selectFrom('sso_mappings').selectAll().orderBy('value').orderBy('group_id'))
}

export function* mappingsOf(providerId: string): Work<readonly MappingRow[]> {
  return yield* all(
    q
      .selectFrom('sso_mappings')
      .selectAll()
      .where('provider_id', '=', providerId)
      .orderBy('value')
      .orderBy('group_id'),
  )
}

export function* replaceMappings(
  providerId: string,
  mappings: readonly { readonly value: string; readonly groupId: string }[],
): Work<void> {
  yield* run(q.deleteFrom('sso_mappings').where('provider_id', '=', providerId))
  if (mappings.length > 0)
    yield* run(
      q
        .insertInto('sso_mappings')
        .values(
          mappings.map((m) => ({ provider_id: providerId, value: m.value, group_id: m.groupId })),
        ),
    )
}

/** Providers that put somebody into the group. */
export function* providersOfGroup(groupId: string): Work<readonly ProviderRow[]> {
  return yield* all(
    q
      .selectFrom('sso_providers')
      .selectAll()
      .where('id', 'in', (e) =>
        e.selectFrom('sso_mappings').select('provider_id').where('group_id', '=', groupId),
      )
      .orderBy('id'),
  )
}

/** Whether everybody signs in through a provider. */
export function* workspaceEnforces(): Work<boolean> {
  return (yield* first(q.selectFrom('sso_rule').select('enforced')))?.enforced === 1
}

export function* setWorkspaceEnforces(on: boolean): Work<void> {
  const enforced = on ? 1 : 0
  yield* run(
    q
      .insertInto('sso_rule')
      .values({ id: 1, enforced })
      .onConflict((c) => c.column('id').doUpdateSet({ enforced })),
  )
}
