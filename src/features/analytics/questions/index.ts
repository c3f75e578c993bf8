import type { Question } from '../question.ts'
import { activeMembers } from './active-members.ts'
import { activity } from './activity.ts'
import { commands } from './commands.ts'
import { coverage } from './coverage.ts'
import { deniedRules } from './denied-rules.ts'
import { failures } from './failures.ts'
import { firstToken } from './first-token.ts'
import { people } from './people.ts'
import { tokens } from './tokens.ts'
import { versions } from './versions.ts'

/** All questions, in the order in which the dashboard shows them. */
export const questions: readonly Question[] = [
  activeMembers,
  activity,
  tokens,
  commands,
  deniedRules,
  coverage,
  versions,
  firstToken,
  failures,
  people,
]
