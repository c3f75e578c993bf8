import { defineCommand, runCommand, showUsage, type CommandDef } from 'citty'
import { Problem } from '#kernel/problem.ts'
import { ConfigError } from '../config.ts'
import { ApiRefusal } from './api.ts'

// Each command is loaded when it is asked for: `gatehouse key list` needs no database and no server.
const main = defineCommand({
  meta: { name: 'gatehouse', description: 'The self-hosted admin for coding agents' },
  subCommands: {
    serve: () => import('./serve.ts').then((m) => m.serve),
    doctor: () => import('./doctor.ts').then((m) => m.doctor),
    compliance: () => import('./compliance.ts').then((m) => m.compliance),
    audit: () => import('./audit.ts').then((m) => m.audit),
    backup: () => import('./backup.ts').then((m) => m.backup),
    restore: () => import('./restore.ts').then((m) => m.restore),
    owner: () => import('./owner.ts').then((m) => m.owner),
    lookup: () => import('./lookup.ts').then((m) => m.lookup),
    policy: () => import('./policy.ts').then((m) => m.policy),
    enrolment: () => import('./enrolment.ts').then((m) => m.enrolment),
    client: () => import('./client.ts').then((m) => m.client),
    key: () => import('./key.ts').then((m) => m.key),
    token: () => import('./token.ts').then((m) => m.token),
    watch: () => import('./watch.ts').then((m) => m.watch),
    export: () => import('./export.ts').then((m) => m.exportBundles),
    'test-machine': () => import('./test-machine.ts').then((m) => m.testMachine),
  },
})

/** A refusal is a sentence for the person at the terminal; only what we did not foresee shows a stack. */
async function run(args: string[]): Promise<void> {
  if (args.length === 0 || args.includes('--help') || args.includes('-h')) {
    const command = await commandFor(args)
    await showUsage(command, command === main ? undefined : (main as CommandDef))
    return
  }
  try {
    await runCommand(main, { rawArgs: args })
  } catch (error) {
    process.exitCode = 1
    process.stderr.write(`${sentence(error)}\n`)
  }
}

/** What the person at the terminal reads; throws what is a mistake of ours. */
function sentence(error: unknown): string {
  if (error instanceof Problem) return `${error.message} ${error.extra.remedy ?? ''}`.trim()
  if (error instanceof ApiRefusal || error instanceof ConfigError) return error.message
  if (error instanceof Error) {
    if (error.name === 'CLIError') return error.message
    const { syscall, path } = error as NodeJS.ErrnoException
    // A file that was named on the command line.
    if (syscall !== undefined && path !== undefined)
      return `${path} cannot be used: ${error.message}`
  }
  throw error
}

/** The deepest sub-command that the words name. */
async function commandFor(args: readonly string[]): Promise<CommandDef> {
  let command: CommandDef = main
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
