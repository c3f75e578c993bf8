import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { defineCommand } from 'citty'
import type { BreakGlass } from '#features/delivery/schema.ts'
import { api, ApiRefusal } from './api.ts'

/** Writes the break-glass export as a folder that any web server can serve (docs/outage.md). */
export const exportBundles = defineCommand({
  meta: {
    name: 'export',
    description: 'Write every bundle as static files, for the day Gatehouse is gone',
  },
  args: { folder: { type: 'positional', description: 'Where to', required: true } },
  async run({ args }) {
    const { files } = await api<BreakGlass>('GET', '/api/v1/break-glass')
    for (const file of files) {
      const path = normalize(join(args.folder, file.path))
      if (!path.startsWith(normalize(args.folder) + sep))
        throw new ApiRefusal(`The server named a file outside the folder: ${file.path}`)
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      writeFileSync(path, file.text, { mode: 0o600 })
    }
    console.log(
      `${files.length} files are in ${args.folder}. Its README.md says how to serve them.`,
    )
  },
})
