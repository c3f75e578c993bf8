import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { defineCommand } from 'citty'
import { checkFile, noteOf, placeOf } from '#features/compliance/line.ts'
import type { LogFile } from '#features/compliance/schema.ts'
import { api, apiStream } from './api.ts'
import { verifyFolder } from './compliance-verify.ts'
import { print } from './print.ts'

const json = { type: 'boolean', description: 'Print JSON' } as const

interface Listed {
  readonly data: readonly LogFile[]
  readonly has_more: boolean
  readonly last_end_time: string | null
}

const exportFiles = defineCommand({
  meta: {
    name: 'export',
    description: 'Download the files of the compliance log that a folder does not have yet',
  },
  args: {
    folder: { type: 'positional', description: 'Where they go', required: true },
    type: { type: 'string', description: 'CODEX_LOG, AUTH_LOG or AUDIT_LOG; none: all' },
    after: { type: 'string', description: 'Only files closed after this: 2026-05-01T00:00:00Z' },
    json,
  },
  async run({ args }) {
    const { workspaceId } = await api<{ workspaceId: string }>('GET', '/api/v1/compliance/types')
    const base = `/v1/compliance/workspaces/${workspaceId}/logs`
    const type = args.type === undefined ? '' : `&event_type=${encodeURIComponent(args.type)}`
    let after = args.after
    let [written, known] = [0, 0]
    for (let more = true; more;) {
      const since = after === undefined ? '' : `&after=${encodeURIComponent(after)}`
      const page = await api<Listed>('GET', `${base}?limit=500&include=deleted${type}${since}`)
      for (const file of page.data) {
        if (await take(args.folder, file)) written++
        else known++
      }
      more = page.has_more
      after = page.last_end_time ?? after
    }
    print(args.json, { written, known }, () =>
      console.log(`${written} files were written, ${known} were there already.`),
    )
  },
})

/**
 * False when the folder has the file. The note is written last: who finds it finds the file, or that it was emptied before. What
 * was erased since the file was listed is not in it, and its note says so.
 */
async function take(folder: string, file: LogFile): Promise<boolean> {
  const path = join(folder, placeOf(file))
  if (existsSync(`${path}.json`)) return false
  mkdirSync(dirname(path), { recursive: true })
  if (file.deleted_at !== null) {
    writeWhole(`${path}.json`, noteOf(file))
    return true
  }
  const text = await textOf(`/api/v1/compliance/files/${file.id}/content`)
  writeWhole(`${path}.jsonl`, text)
  writeWhole(`${path}.json`, noteOf({ ...file, erased_lines: checkFile(text).erased }))
  return true
}

async function textOf(path: string): Promise<string> {
  const answer = await apiStream(path)
  return Buffer.concat((await answer.toArray()) as Buffer[]).toString('utf8')
}

function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.unfinished`, text, { mode: 0o600, flush: true })
  renameSync(`${path}.unfinished`, path)
}

const verify = defineCommand({
  meta: {
    name: 'verify',
    description: 'Check exported files without the server: each line, each hash, none missing',
  },
  args: {
    folder: { type: 'positional', description: 'Where they are', required: true },
    json,
  },
  run({ args }) {
    const result = verifyFolder(args.folder)
    print(args.json, result, () => {
      for (const trouble of result.troubles) console.log(trouble)
      const sum = [
        `${result.files} files`,
        `${result.lines} lines`,
        `${result.erased} of them erased`,
        ...(result.emptied > 0
          ? [`${result.emptied} files emptied before they were exported`]
          : []),
      ].join(', ')
      const found = result.troubles.length
      console.log(`${sum}: ${found === 0 ? 'all as they were closed' : `${found} are not as they were`}.`) // prettier-ignore
    })
    if (result.troubles.length > 0) process.exitCode = 1
  },
})

export const compliance = defineCommand({
  meta: { name: 'compliance', description: 'The files of the compliance log' },
  subCommands: { export: exportFiles, verify },
})
