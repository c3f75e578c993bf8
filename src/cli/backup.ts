import { defineCommand } from 'citty'
import { openMachine } from './machine.ts'

export const backup = defineCommand({
  meta: {
    name: 'backup',
    description: 'Write a backup into a new folder, while the server goes on serving',
  },
  args: {
    folder: { type: 'positional', description: 'A folder that does not exist yet', required: true },
    json: { type: 'boolean', description: 'Print the manifest as JSON' },
  },
  async run({ args }) {
    const machine = openMachine(process.env)
    try {
      const manifest = await machine.app.backup(args.folder)
      if (args.json) console.log(JSON.stringify(manifest))
      else {
        const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
        console.log(`${rows} rows of ${manifest.tables.length} tables are in ${args.folder}.`)
        console.log(
          'It holds the encryption key and the key of the local CA: keep it as safe as the data folder.',
        )
      }
    } finally {
      await machine.close()
    }
  },
})
