import { screens as access } from '#features/access/web/screens.tsx'
import { screens as delivery } from '#features/delivery/web/screens.tsx'
import { screens as signin } from '#features/signin/web/screens.tsx'
import { screens as policies } from '#features/policies/web/screens.tsx'
import { screens as workspace } from '#features/workspace/web/screens.tsx'
import type { Screen } from './screen.ts'

/** The only list of the features' screens. A feature adds one import and one spread. */
export const screens: readonly Screen[] = [
  ...workspace,
  ...access,
  ...signin,
  ...policies,
  ...delivery,
]
