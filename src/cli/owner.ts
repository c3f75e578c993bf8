import { defineCommand } from 'citty'
import { openMachine } from './machine.ts'

const reset = defineCommand({
  meta: {
    name: 'reset',
    description: 'Make a one-time link with which an owner sets a new password',
  },
  args: {
    email: {
      type: 'positional',
      description: 'The owner; may be left out when there is only one',
      required: false,
    },
    'second-factor': {
      type: 'boolean',
      description: 'Also remove her passkeys, authenticator app and recovery codes',
      default: false,
    },
  },
  async run({ args }) {
    const machine = openMachine(process.env)
    try {
      const { link, email, expiresAt, factors, breakGlass } = await machine.app.ownerReset({
        email: args.email,
        factors: args['second-factor'],
      })
      console.log(
        `${email} can set a new password, once, until ${new Date(expiresAt).toISOString()}:`,
      )
      console.log(link)
      if (args['second-factor'])
        console.log(
          `Second factors removed: ${factors.removed}. Her password is all that is asked.`,
        )
      else if (factors.kept)
        console.log(
          'She is asked for her second factor all the same. If it is lost too, run this again with --second-factor.',
        )
      if (breakGlass)
        console.log(
          'She is a break-glass owner from now on: her password lets her in although others sign in through a provider only.',
        )
    } finally {
      await machine.close()
    }
  },
})

const fourEyesOff = defineCommand({
  meta: {
    name: 'four-eyes-off',
    description: 'Turn the four-eyes rule off, when nobody is left who could approve that',
  },
  async run() {
    const machine = openMachine(process.env)
    try {
      console.log(
        (await machine.app.turnFourEyesOff())
          ? 'The four-eyes rule is off. That stands as an alarm until somebody reviews it.'
          : 'The four-eyes rule was off already.',
      )
    } finally {
      await machine.close()
    }
  },
})

export const owner = defineCommand({
  meta: { name: 'owner', description: 'Get an owner back in from the machine itself' },
  subCommands: { reset, 'four-eyes-off': fourEyesOff },
})
