import { Button, Group } from '@mantine/core'
import { Status, Time, type Column } from '#web/kit/index.ts'
import type { ListedSession } from '../schema.ts'

const methods: Readonly<Record<ListedSession['method'], string>> = {
  password: 'Password',
  passkey: 'Passkey',
  sso: 'Single sign-on',
}

function methodOf({ method, secondFactor }: ListedSession): string {
  if (method === 'passkey') return methods.passkey
  if (secondFactor === 'owed') return `${methods[method]}, second factor missing`
  return secondFactor === 'given' ? `${methods[method]} and second factor` : methods[method]
}

/** The sessions of somebody, and a button that ends each. */
export function sessionColumns(act: {
  /** Being ended just now. */
  readonly ending: string | undefined
  readonly end: (id: string) => void
}): readonly Column<ListedSession>[] {
  return [
    {
      key: 'client',
      header: 'Signed in with',
      cell: (s) => (
        <Group gap="xs">
          {s.client}
          {s.current && <Status meaning="allowed">this one</Status>}
        </Group>
      ),
    },
    { key: 'method', header: 'By', cell: methodOf, wideOnly: true },
    { key: 'ip', header: 'From', cell: (s) => `${s.place} (${s.ip})`, wideOnly: true },
    { key: 'createdAt', header: 'Since', cell: (s) => <Time at={s.createdAt} />, wideOnly: true },
    { key: 'lastSeenAt', header: 'Last used', cell: (s) => <Time at={s.lastSeenAt} /> },
    {
      key: 'end',
      header: 'End',
      align: 'right',
      cell: (s) =>
        !s.current && (
          <Button
            size="compact-sm"
            variant="default"
            loading={act.ending === s.id}
            aria-label={`End the session with ${s.client}`}
            onClick={() => act.end(s.id)}
          >
            End
          </Button>
        ),
    },
  ]
}
