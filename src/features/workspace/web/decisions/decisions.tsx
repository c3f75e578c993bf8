import { Button, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { Loaded, Page, Rows, Status, Time, useApi, type Column } from '#web/kit/index.ts'
import { recordedOnly } from '../../decisions/schema.catalogue.ts'
import { decisions, type Decision } from '../../decisions/schema.ts'

const columns: readonly Column<Decision>[] = [
  { key: 'name', header: 'What is decided', cell: (one) => one.name },
  { key: 'value', header: 'Decision', cell: (one) => <Decided of={one} /> },
  {
    key: 'owner',
    header: 'Owner',
    cell: ({ current }) => current && <Owner of={current.owner} />,
    wideOnly: true,
  },
  {
    key: 'review',
    header: 'Review by',
    cell: (one) => <ReviewBy of={one} />,
    align: 'right',
    width: 170,
    wideOnly: true,
  },
]

/** What was decided about the vendor's cloud: a list to read, with nothing on it that looks like a switch. */
export function DecisionsScreen() {
  const answer = useApi(['decisions'], '/api/v1/decisions', decisions)
  return (
    <Page
      title="Decisions"
      about={`What was decided about the vendor’s own cloud, for whoever sets it there. ${recordedOnly}`}
      actions={<Download />}
    >
      <Loaded of={answer}>
        {({ items }) => (
          <Rows
            label="Recorded decisions"
            columns={columns}
            rows={items}
            rowKey={(one) => one.key}
            rowLink={(one) => `/decisions/${one.key}`}
            rowName={(one) => one.name}
          />
        )}
      </Loaded>
    </Page>
  )
}

function Decided({ of: { current } }: { readonly of: Decision }) {
  if (!current) return <span className="gh-quiet">not decided</span>
  return current.words.map((words) => <div key={words}>{words.replace(/^Decision: /, '')}</div>)
}

export function Owner({
  of: { label, active },
}: {
  readonly of: { readonly label: string; readonly active: boolean }
}) {
  if (active) return label
  return (
    <>
      {label} <Status meaning="prompt">no active member any more</Status>
    </>
  )
}

export function ReviewBy({ of: { current, overdue } }: { readonly of: Decision }) {
  if (!current) return null
  if (current.reviewAt === null) return <span className="gh-quiet">never</span>
  return (
    <>
      <Time at={current.reviewAt} /> {overdue && <Status meaning="prompt">overdue</Status>}
    </>
  )
}

const formats = [
  ['markdown', 'Markdown'],
  ['csv', 'CSV'],
  ['json', 'JSON'],
] as const

function Download() {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={15} aria-hidden />}>
          Document
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map(([format, name]) => (
          <Menu.Item
            key={format}
            component="a"
            href={`/api/v1/decisions?format=${format}`}
            download
          >
            {name}, all decisions
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
