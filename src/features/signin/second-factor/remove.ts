import { Problem } from '#kernel/problem.ts'
import type { Call, Record } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import type { Setting } from '../setting.ts'
import { keepingBreakGlass } from '../sso/enforce.ts'
import { tellOf } from './add.ts'
import { deleteRecoveryCodes, secondFactorRule, withFactor } from './store.ts'
import type { Telling } from './tell.ts'

/**
 * Removes one of the own factors. The last one stays where the workspace asks for one; with it go the recovery codes, since
 * there is nothing left to recover.
 */
export function* removeFactor(
  setting: Setting,
  call: Call,
  record: Record,
  factor: {
    readonly what: Telling
    readonly label: string
    readonly remove: () => Work<void>
  },
): Work<void> {
  const { id, label } = call.actor
  yield* keepingBreakGlass(factor.remove())
  if (!(yield* withFactor([id])).has(id)) {
    if ((yield* secondFactorRule()).required)
      throw new Problem('wrong_state', 'The workspace asks everybody for a second factor.', {
        remedy: 'Add another one before you remove this.',
      })
    yield* deleteRecoveryCodes(id)
  }
  yield* record({ target: { kind: 'member', id, label }, before: { factor: factor.label } })
  yield* tellOf(setting, call, id, factor.what, `It was called “${factor.label}”.`)
}
