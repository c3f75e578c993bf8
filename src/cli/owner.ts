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
  },
  async run({ args }) {
    const machine = openMachine(process.env)
    try {
      const { link, email, expiresAt } = await machine.app.ownerReset(args.email)
      console.log(
        `${email} can set a new password, once, until ${new Date(expiresAt).toISOString()}:`,
      )
      console.log(link)
    } finally {
      await machine.close()
    }
  },
})

export const owner = defineCommand({
  meta: { name: 'owner', description: 'Get an owner back in from the machine itself' },
  subCommands: { reset },
})
