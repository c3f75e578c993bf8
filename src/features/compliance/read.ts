import { found, Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { openLine } from './line.ts'
import type { Form } from './schema.ts'
import { fileById, payloadsOf, sealedText, type FileRow } from './store.files.ts'

/** A file as it is downloaded: JSON lines. A file is bounded (close.task.ts), so it is read in one piece. */
export function* contentOf(fileId: string, form: Form): Work<string> {
  const sealed = yield* sealedText(fileId)
  if (form === 'sealed') return sealed
  const kept = new Map(
    (yield* payloadsOf(fileId)).map(({ line, salt, payload }) => [line, { salt, payload }]),
  )
  return sealed
    .split('\n')
    .slice(0, -1)
    .map((line, index) => {
      const { salt = null, payload = null } = kept.get(index) ?? {}
      return `${openLine(line, salt === null || payload === null ? undefined : { salt, payload })}\n`
    })
    .join('')
}

/** Refuses when what was in it is gone. */
export function* fileThere(id: string): Work<FileRow> {
  const file = found(yield* fileById(id), 'file')
  if (file.deleted_at !== null)
    throw new Problem('not_found', `The file was deleted (${file.deleted_because ?? ''}).`, {
      remedy: 'It may be in a backup, or where files are exported to.',
    })
  return file
}

/** The body of a download, with the hash of what never changes. */
export function* download(fileId: string, form: Form): Work<Response> {
  const file = yield* fileThere(fileId)
  const text = yield* contentOf(file.id, form)
  const name = `${file.event_type}-${new Date(file.end_at).toISOString().replaceAll(/[-:]/g, '')}`
  return new Response(text, {
    headers: {
      'content-type': 'application/x-ndjson',
      'content-disposition': `attachment; filename="${name}-${file.id}.jsonl"`,
      'cache-control': 'no-store',
      'x-gatehouse-sealed-sha256': file.sealed_sha256,
    },
  })
}

export const fileTarget = (file: FileRow) => ({
  kind: 'compliance_file',
  id: file.id,
  label: `${file.event_type} ${new Date(file.end_at).toISOString()}`,
})

export const factsOf = ({ lines, bytes, sealed_sha256: sealedSha256 }: FileRow) => ({
  lines,
  bytes,
  sealedSha256,
})
