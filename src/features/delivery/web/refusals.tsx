import './refusals.css'
import { Text } from '@mantine/core'
import type { RefusalCause, RefusalPlace } from '#features/clients/schema.ts'
import { routeNames } from '#features/clients/web/words.tsx'
import { Rows, type Column } from '#web/kit/index.ts'

const columns: readonly Column<RefusalPlace>[] = [
  {
    key: 'place',
    header: 'The person …',
    cell: (row) => (
      <>
        {row.place}
        <Text component="div" size="xs" c="dimmed">
          {row.route === null ? 'Both routes' : routeNames[row.route]}. {row.takesEffect}
        </Text>
      </>
    ),
  },
  {
    key: 'reads',
    header: '… reads',
    cell: (row) => (
      <span className={row.ours ? 'gh-reads gh-reads-ours' : 'gh-reads'}>{row.reads}</span>
    ),
  },
  {
    key: 'answer',
    header: 'Gatehouse answers',
    width: 190,
    cell: (row) => row.answer,
    wideOnly: true,
  },
]

const labels: Readonly<Record<RefusalCause, string>> = {
  access_tokens: 'What a person reads while access tokens are off',
  workspace_sign_in: 'What a person reads while sign-in to the workspace is off',
  config_server_sign_in: 'What a person reads while sign-in to the configuration server is off',
  role_administration: 'What a person reads while administration by role is off',
  codex_local: 'What a person reads while Codex local is off',
  device_code: 'What a person reads while device codes are off',
  member_suspended: 'What a suspended member reads',
  signed_out_by_admin: 'What a person reads after her sign-in was ended',
}

interface RefusalsProps {
  readonly cause: RefusalCause
  readonly places: readonly RefusalPlace[]
}

/** What the person reads at each place, in the words of her client: those with a text of ours stand out. */
export function Refusals({ cause, places }: RefusalsProps) {
  return (
    <div className="gh-refusals">
      <Text size="sm" fw={500} mt="md" mb={4}>
        {labels[cause]}
      </Text>
      <Rows
        label={labels[cause]}
        columns={columns}
        rows={places.filter((place) => place.cause === cause)}
        rowKey={(place) => place.id}
      />
    </div>
  )
}
