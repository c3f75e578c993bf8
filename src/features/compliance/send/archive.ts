/** Folders and buckets as places for another text that must leave this server: a signed checkpoint of the audit trail. */
import { all, queries, type Work } from '#kernel/work.ts'
import type { ComplianceParts } from '../parts.ts'
import { destinationById } from '../store.destinations.ts'
import type { ComplianceTables } from '../tables.ts'
import { folderOf, secretOf, settingsOf } from './deliver.ts'
import { textToFolder } from './folder.ts'
import { putObject } from './s3.ts'
import type { Arrival } from './shipment.ts'

const q = queries<ComplianceTables>()

export interface Archives {
  /** Folders and buckets, by id and name. */
  readonly all: () => Work<readonly { readonly id: string; readonly name: string }[]>
  /** Writes a text under a path of its own, anew where it is there already. Never rejects. */
  readonly put: (id: string, path: string, text: string) => Promise<Arrival>
}

export const createArchives = (parts: ComplianceParts): Archives => ({
  *all() {
    return yield* all(
      q
        .selectFrom('compliance_destinations')
        .select(['id', 'name'])
        .where('kind', 'in', ['folder', 's3'])
        .orderBy('name_key'),
    )
  },
  put: (id, path, text) =>
    put(parts, id, path, text).catch((error: unknown) => ({
      ok: false as const,
      message: `It cannot be sent: ${(error as Error).message}`,
    })),
})

async function put(
  parts: ComplianceParts,
  id: string,
  path: string,
  text: string,
): Promise<Arrival> {
  const { db, clock } = parts.runtime
  const destination = await db.read(() => destinationById(id))
  if (destination?.kind === 'folder') return textToFolder(folderOf(parts, destination), path, text)
  if (destination?.kind !== 's3') return { ok: false, message: 'There is no such destination.' }
  const settings = settingsOf('s3', destination)
  const way = {
    settings,
    secretAccessKey: secretOf(parts, destination),
    exceptions: await parts.exceptions(),
    now: clock(),
  }
  return putObject(way, `${settings.prefix}${path}`, text, 'text/plain')
}
