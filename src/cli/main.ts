import { defineCommand, runCommand, showUsage, type CommandDef } from 'citty'
import { Problem } from '#kernel/problem.ts'
import { ConfigError } from '../config.ts'
import { ApiRefusal } from './api.ts'
import { backup } from './backup.ts'
import { doctor } from './doctor.ts'
import { enrolment } from './enrolment.ts'
import { exportBundles } from './export.ts'
import { key } from './key.ts'
import { lookup } from './lookup.ts'
import { owner } from './owner.ts'
import { policy } from './policy.ts'
import { restore } from './restore.ts'
import { serve } from './serve.ts'
import { testMachine } from './test-machine.ts'

const main = defineCommand({
  meta: { name: 'gatehouse', description: 'The self-hosted admin for coding agents' },
  subCommands: {
    serve,
    doctor,
    backup,
    restore,
    owner,
    lookup,
    policy,
    enrolment,
    key,
    export: exportBundles,
    'test-machine': testMachine,
  },
})

/** A refusal is a sentence for the person at the terminal; only what we did not foresee shows a stack. */
async function run(args: string[]): Promise<void> {
  if (args.length === 0 || args.includes('--help') || args.includes('-h')) {
    await showUsage(await commandFor(args), main as CommandDef)
    return
  }
  try {
    await runCommand(main, { rawArgs: args })
  } catch (error) {
    process.exitCode = 1
    const usage = error instanceof Error && error.name === 'CLIError'
    if (!(
      error instanceof ApiRefusal ||
      error instanceof ConfigError ||
      error instanceof Problem ||
      usage
    ))
      throw error
    const remedy = error instanceof Problem ? (error.extra.remedy ?? '') : ''
    process.stderr.write(`${(error as Error).message} ${remedy}\n`)
  }
}

/** The deepest sub-command that the words name. */
async function commandFor(args: readonly string[]): Promise<CommandDef> {
  let command: CommandDef = main as CommandDef
  for (const word of args.filter((arg) => !arg.startsWith('-'))) {
    const subs = await (typeof command.subCommands === 'function'
      ? command.subCommands()
      : command.subCommands)
    const next = subs?.[word]
    if (!next) break
    command = await (typeof next === 'function' ? next() : next)
  }
  return command
}

await run(process.argv.slice(2))
