import { defineCommand } from 'citty'
import { ApiRefusal } from './api.ts'
import { formats } from './code/annotate.ts'
import { readFiles, writeFiles } from './code/disk.ts'
import { readFolder, type CodeFolder } from './code/folder.ts'
import { planPush, pull as pullFolder, type Plan, type Step } from './code/plan.ts'
import { renderFolder } from './code/render.ts'
import { carryOut, effectOf, serverState } from './code/server.ts'
import { showEffect } from './effect.ts'

const folder = { type: 'positional', description: 'The folder', required: true } as const

export const pull = defineCommand({
  meta: { name: 'pull', description: 'Write the published policies and the rules to a folder' },
  args: { folder, force: { type: 'boolean', description: 'Write over files that differ' } },
  async run({ args }) {
    const server = await serverState()
    const files = renderFolder(pullFolder(server, readFolder(readFiles(args.folder)).folder))
    const written = writeFiles(args.folder, files, args.force === true)
    console.log(
      written.length === 0
        ? 'The folder says what the server says.'
        : `Wrote ${written.join(', ')}.`,
    )
  },
})

export const check = defineCommand({
  meta: { name: 'check', description: 'Judge the files of a folder; needs no server' },
  args: {
    folder,
    format: { type: 'string', description: 'text or github', default: 'text' },
    strict: { type: 'boolean', description: 'Fail on warnings as well' },
  },
  run({ args }) {
    const write = formats[args.format as keyof typeof formats] as
      (typeof formats)['text'] | undefined
    if (write === undefined) throw new ApiRefusal('--format is text or github.')
    const { folder: read, findings } = readFolder(readFiles(args.folder))
    for (const finding of findings) console.log(write(finding))
    const errors = findings.filter(({ severity }) => severity === 'error').length
    const warnings = findings.length - errors
    console.log(`${read.policies.size} policies: ${errors} errors, ${warnings} warnings.`)
    if (errors > 0 || (args.strict === true && warnings > 0)) process.exitCode = 1
  },
})

export const diff = defineCommand({
  meta: { name: 'diff', description: 'What differs, as a patch from the server to a folder' },
  args: {
    folder,
    'exit-code': { type: 'boolean', description: 'End with 2 when something differs' },
  },
  async run({ args }) {
    const plan = planPush(sound(args.folder), await serverState())
    process.stdout.write(plan.patch)
    if (plan.patch !== '' && args['exit-code'] === true) process.exitCode = 2
  },
})

export const push = defineCommand({
  meta: {
    name: 'push',
    description: 'Bring a folder to the server: shows what would happen; does it with --yes',
  },
  args: {
    folder,
    message: { type: 'string', alias: 'm', description: 'Why, for the history' },
    yes: { type: 'boolean', description: 'Do it' },
  },
  async run({ args }) {
    const read = sound(args.folder)
    const server = await serverState()
    const plan = planPush(read, server)
    const ids = new Map(
      [...read.policies].flatMap(([slug, { name }]) => {
        const there = server.policies.find((p) => p.name.toLowerCase() === name.toLowerCase())
        return there ? [[slug, there.id]] : []
      }),
    )
    await show(plan, ids)
    if (plan.obstacles.length > 0)
      throw new ApiRefusal(`Nothing was done:\n${plan.obstacles.join('\n')}`)
    if (plan.steps.length === 0) return
    if (args.yes !== true) {
      console.log('Nothing was done. Do it with --yes and -m "why".')
      return
    }
    if (args.message === undefined || args.message.trim() === '')
      throw new ApiRefusal('Say why with -m: it stands in the history of each policy.')
    await carryOutAll(plan.steps, ids, args.message)
  },
})

/** The folder, when it has no errors: nothing is pushed half. */
function sound(path: string): CodeFolder {
  const { folder: read, findings } = readFolder(readFiles(path))
  const errors = findings.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new ApiRefusal(errors.map((one) => formats.text(one)).join('\n'))
  return read
}

async function show(plan: Plan, ids: ReadonlyMap<string, string>): Promise<void> {
  process.stdout.write(plan.patch)
  if (plan.steps.length === 0) console.log('The server says what the folder says.')
  for (const [index, step] of plan.steps.entries()) {
    console.log(`${index + 1}. ${wordsOf(step)}`)
    const effect = await effectOf(step, ids)
    if (effect) showEffect(effect)
    else if (step.kind === 'rules' || step.kind === 'default')
      console.log('Whom it touches is known once its policy is there.')
  }
  if (plan.leftAlone.length > 0)
    console.log(`Not in the folder, left as they are: ${plan.leftAlone.join(', ')}.`)
}

function wordsOf(step: Step): string {
  switch (step.kind) {
    case 'create':
      return `Create and publish ${step.policy.name}`
    case 'publish':
      return `Publish ${step.policy.name}`
    case 'describe':
      return `Describe ${step.policy.name} anew`
    case 'rules':
      return `Set ${step.rules.length} group rules`
    case 'default':
      return step.slug === null ? 'Take the default away' : `Make ${step.slug} the default`
  }
}

async function carryOutAll(
  steps: readonly Step[],
  ids: Map<string, string>,
  message: string,
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    try {
      console.log(await carryOut(step, ids, message))
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error
      const rest = steps.slice(index).map((one) => `- ${wordsOf(one)}`)
      throw new ApiRefusal(
        `${error.message}\nDone: ${index} of ${steps.length}. Not done:\n${rest.join('\n')}\nPush again to go on: what is done is not done twice.`,
      )
    }
  }
}
