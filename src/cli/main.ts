import { defineCommand, runMain } from 'citty'
import { backup } from './backup.ts'
import { doctor } from './doctor.ts'
import { owner } from './owner.ts'
import { restore } from './restore.ts'
import { serve } from './serve.ts'

const main = defineCommand({
  meta: { name: 'gatehouse', description: 'The self-hosted admin for coding agents' },
  subCommands: { serve, doctor, backup, restore, owner },
})

await runMain(main)
