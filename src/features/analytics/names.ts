import { allMembers } from '#features/access/index.ts'
import { serviceAccounts } from '#features/clients/index.ts'
import { enrolmentPrincipals } from '#features/delivery/index.ts'
import type { TelemetryTables } from '#features/telemetry/index.ts'
import type { Work } from '#kernel/work.ts'

type Person = TelemetryTables['telemetry_people']

export interface Named {
  readonly label: string
  readonly email: string | null
}

/** How people, service accounts and machines of enrolments are called now; one that is gone by its id. */
export function* personNames(): Work<(person: Person) => Named> {
  const emails = new Map((yield* allMembers()).map((member) => [member.id, member.email]))
  const labels = new Map(
    [...(yield* serviceAccounts()), ...(yield* enrolmentPrincipals())].map((p) => [p.id, p.label]),
  )
  return ({ principal_id: id, host }) => {
    const email = emails.get(id) ?? null
    const label = email ?? labels.get(id) ?? id
    return { label: host === '' ? label : `${label}, ${host}`, email }
  }
}
