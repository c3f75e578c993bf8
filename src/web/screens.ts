import { screens as access } from '#features/access/web/screens.tsx'
import { screens as alerts } from '#features/alerts/web/screens.tsx'
import { screens as analytics } from '#features/analytics/web/screens.tsx'
import { screens as audit } from '#features/audit/web/screens.tsx'
import { screens as clients } from '#features/clients/web/screens.tsx'
import { screens as compliance } from '#features/compliance/web/screens.tsx'
import { screens as delivery } from '#features/delivery/web/screens.tsx'
import { screens as drift } from '#features/drift/web/screens.tsx'
import { screens as notify } from '#features/notify/web/screens.tsx'
import { screens as requests } from '#features/requests/web/screens.tsx'
import { screens as scim } from '#features/scim/web/screens.tsx'
import { screens as signin } from '#features/signin/web/screens.tsx'
import { screens as policies } from '#features/policies/web/screens.tsx'
import { screens as telemetry } from '#features/telemetry/web/screens.tsx'
import { screens as watch } from '#features/watch/web/screens.tsx'
import { screens as workspace } from '#features/workspace/web/screens.tsx'
import type { Screen } from './screen.ts'

/** The only list of the features' screens. A feature adds one import and one spread. */
export const screens: readonly Screen[] = [
  ...workspace,
  ...access,
  ...alerts,
  ...analytics,
  ...audit,
  ...signin,
  ...policies,
  ...clients,
  ...compliance,
  ...delivery,
  ...drift,
  ...notify,
  ...requests,
  ...scim,
  ...telemetry,
  ...watch,
]
