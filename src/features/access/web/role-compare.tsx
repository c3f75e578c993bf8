import { Group, Select, Text } from '@mantine/core'
import { z } from 'zod'
import {
  Empty,
  Loaded,
  Page,
  plural,
  Rows,
  Status,
  useAddress,
  useApi,
  type Column,
} from '#web/kit/index.ts'
import { comparison, customRolesPage, type Comparison } from '../roles/schema.ts'
import { roleNames } from './words.tsx'

const address = z.object({ left: z.string().default(''), right: z.string().default('') })

/** Two roles, or two versions of one, side by side. Which two stands in the address. */
export function RoleCompareScreen() {
  const [{ left, right }, setView] = useAddress(address)
  const list = useApi(['roles', 'all'], '/api/v1/roles', customRolesPage, {
    query: { limit: 500 },
  })
  const options = [
    ...Object.entries(roleNames).map(([value, label]) => ({ value, label: `${label} (built-in)` })),
    ...(list.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
  ]
  return (
    <Page
      title="Compare roles"
      trail={[{ label: 'Roles', to: '/roles' }]}
      about="What one may and the other may not."
    >
      <Group align="end">
        <Choice
          label="This"
          value={left}
          options={options}
          onChange={(id) => setView({ left: id })}
        />
        <Choice
          label="With this"
          value={right}
          options={options}
          onChange={(id) => setView({ right: id })}
        />
      </Group>
      {left === '' || right === '' ? (
        <Empty title="Choose two roles">A version is compared from the page of its role.</Empty>
      ) : (
        <Answer left={left} right={right} />
      )}
    </Page>
  )
}

interface Option {
  readonly value: string
  readonly label: string
}

function Choice(props: {
  readonly label: string
  readonly value: string
  readonly options: readonly Option[]
  readonly onChange: (id: string) => void
}) {
  const { label, value, options, onChange } = props
  const [id = '', version] = value.split('@')
  const named = options.find((option) => option.value === id)?.label ?? id
  const versioned = version === undefined ? [] : [{ value, label: `${named}, version ${version}` }]
  return (
    <Select
      label={label}
      data={[...versioned, ...options]}
      value={value === '' ? null : value}
      searchable
      allowDeselect={false}
      onChange={(next) => onChange(next ?? '')}
    />
  )
}

function Answer({ left, right }: { readonly left: string; readonly right: string }) {
  const answer = useApi(['roles', 'compare', left, right], '/api/v1/roles/compare', comparison, {
    query: { left, right },
  })
  return (
    <Loaded of={answer}>
      {(compared) => {
        const differ = compared.rows.filter((row) => row.left !== row.right).length
        return (
          <>
            <Text size="sm">
              {differ === 0
                ? 'They hold the same.'
                : `They differ in ${plural(differ, 'permission')}.`}
            </Text>
            <Rows
              label="Permissions"
              columns={columnsFor(compared)}
              rows={compared.rows}
              rowKey={(row) => row.key}
            />
          </>
        )
      }}
    </Loaded>
  )
}

type Row = Comparison['rows'][number]
const titleOf = (side: Comparison['left']): string =>
  side.version === null ? side.name : `${side.name} v${side.version}`

const columnsFor = ({ left, right }: Comparison): readonly Column<Row>[] => [
  { key: 'sentence', header: 'May', cell: (row) => row.sentence },
  {
    key: 'key',
    header: 'Permission',
    cell: (row) => <code>{row.key}</code>,
    width: 230,
    wideOnly: true,
  },
  {
    key: 'left',
    header: titleOf(left),
    cell: (row) => <Mark row={row} is={row.left} />,
    width: 150,
  },
  {
    key: 'right',
    header: titleOf(right),
    cell: (row) => <Mark row={row} is={row.right} />,
    width: 150,
  },
]

function Mark({ row, is }: { readonly row: Row; readonly is: boolean }) {
  if (row.left === row.right) return 'yes'
  return <Status meaning={is ? 'added' : 'removed'}>{is ? 'yes' : 'no'}</Status>
}
