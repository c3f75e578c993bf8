import { defineCommand } from 'citty'
import { lockFolder } from '#kernel/folder.ts'
import { openMachine } from './machine.ts'

export const restore = defineCommand({
  meta: {
    name: 'restore',
    description: 'Restore a backup into an empty data folder or PostgreSQL database',
  },
  args: {
    folder: {
      type: 'positional',
      description: 'The folder that `gatehouse backup` wrote',
      required: true,
    },
  },
  async run({ args }) {
    const machine = openMachine(process.env)
    const lock = lockFolder(machine.config.data)
    try {
      const manifest = await machine.app.restore(args.folder)
      const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
      console.log(
        `${rows} rows of ${new Date(manifest.takenAt).toISOString()} are in ${machine.config.data}. Start it with: gatehouse serve`,
      )
    } finally {
      await machine.close()
      lock.release()
    }
  },
})
