import { Stack, Text } from '@mantine/core'
import {
  Facts,
  Id,
  Link,
  Loaded,
  Page,
  Rows,
  Section,
  Time,
  useApi,
  useCan,
  useMayOpen,
  useParam,
  type Column,
} from '#web/kit/index.ts'
import {
  checkWords,
  driftClientPage,
  type Check,
  type DriftClientPage,
  type Finding,
} from '../schema.ts'
import { Acknowledge } from './acknowledge.tsx'
import { FindingMark, OutcomeMark, path, saidWord, StateMark } from './words.tsx'

/** One client: what it was served, what it reports, and where the two disagree. */
export function DriftClientScreen() {
  const id = useParam('driftId')
  const answer = useApi(['drift', 'clients', id], `${path}/clients/${id}`, driftClientPage)
  return <Loaded of={answer}>{(one) => <Shown of={one} />}</Loaded>
}

function Shown({ of }: { readonly of: DriftClientPage }) {
  return (
    <Page
      title={of.host === '' ? of.principal.label : of.host}
      trail={[{ label: 'Drift', to: '/drift' }]}
      mark={<StateMark of={of} />}
      about={
        <>
          Reports as <Origin of={of} />. What it reports is its own word.
        </>
      }
    >
      <Section
        title="Compared"
        about="The newest report beside the versions that the client may have run under then: one that allows it is enough."
      >
        <Rows label="Compared" columns={checkColumns} rows={of.checks} rowKey={(c) => c.key} />
      </Section>
      {of.findings.length > 0 && <Findings of={of} />}
      <Section
        title="Served"
        about={
          of.kind === 'enrolment'
            ? 'By the enrolment: fetches with its key do not say which machine they came from.'
            : undefined
        }
      >
        <Stack gap="md">
          <Facts
            of={[
              ['Last fetch', <Time key="f" at={of.lastFetchAt} />],
              ['Last heard of', <Time key="a" at={of.activeAt} />],
              ['Id', <Id key="i" value={of.id} />],
            ]}
          />
          {of.given.length > 0 && (
            <Rows
              label="Served"
              columns={givenColumns}
              rows={of.given}
              rowKey={(g) => `${g.versionId} ${g.firstAt}`}
            />
          )}
        </Stack>
      </Section>
      <Reports of={of} />
    </Page>
  )
}

function Origin({ of }: { readonly of: DriftClientPage }) {
  const opens = useMayOpen()
  const [list, to] =
    of.kind === 'enrolment'
      ? (['/enrolments', `/enrolments/${of.refId}`] as const)
      : of.principal.kind === 'member'
        ? (['/clients', `/clients/${of.refId}`] as const)
        : (['', ''] as const)
  const text = of.kind === 'enrolment' ? `the enrolment ${of.principal.label}` : of.principal.label
  return list !== '' && opens(list) ? (
    <Link to={to} underline="always">
      {text}
    </Link>
  ) : (
    text
  )
}

const checkColumns: readonly Column<Check>[] = [
  { key: 'key', header: 'What', cell: (c) => checkWords[c.key] },
  { key: 'outcome', header: 'Outcome', cell: (c) => <OutcomeMark of={c} /> },
  {
    key: 'reported',
    header: 'Reported',
    cell: (c) => (c.key === 'fetch' ? c.reported : saidWord(c.reported)),
  },
  { key: 'allowed', header: 'Allowed', cell: (c) => c.allowed },
  {
    key: 'versions',
    header: 'By',
    cell: (c) => c.versions.map(({ name }) => name).join(', '),
    wideOnly: true,
  },
]

const givenColumns: readonly Column<DriftClientPage['given'][number]>[] = [
  { key: 'name', header: 'Policy', cell: (g) => (g.name === '' ? 'no policy' : g.name) },
  { key: 'first', header: 'From', cell: (g) => <Time at={g.firstAt} />, align: 'right' },
  { key: 'last', header: 'Until', cell: (g) => <Time at={g.lastAt} />, align: 'right' },
]

function Reports({ of }: { readonly of: DriftClientPage }) {
  const opens = useMayOpen()('/conversations')
  const columns: readonly Column<DriftClientPage['conversations'][number]>[] = [
    {
      key: 'at',
      header: 'Began',
      cell: (c) =>
        opens ? (
          <Link to={`/conversations?q=${encodeURIComponent(c.id)}`} underline="always">
            <Time at={c.at} />
          </Link>
        ) : (
          <Time at={c.at} />
        ),
    },
    { key: 'served', header: 'Started under', cell: (c) => c.served || 'no policy' },
    { key: 'approval', header: 'Approval', cell: (c) => saidWord(c.approval) },
    { key: 'sandbox', header: 'Sandbox', cell: (c) => saidWord(c.sandbox) },
    {
      key: 'servers',
      header: 'MCP servers',
      cell: (c) => saidWord(c.servers || 'none'),
      wideOnly: true,
    },
    { key: 'signIn', header: 'Signed in', cell: (c) => saidWord(c.signIn), wideOnly: true },
    { key: 'version', header: 'Version', cell: (c) => c.version, wideOnly: true },
  ]
  return (
    <Section
      title="Reported"
      about="Its last day of activity. Conversations that began alike are one line."
    >
      <Rows
        label="Reported"
        columns={columns}
        rows={of.conversations}
        rowKey={(c) => JSON.stringify(c)}
      />
    </Section>
  )
}

function Findings({ of }: { readonly of: DriftClientPage }) {
  const may = useCan('alerts.manage')
  const listed = of.findings.filter((f) => f.closedAt === null).length
  const columns: readonly Column<Finding>[] = [
    { key: 'key', header: 'What', cell: (f) => checkWords[f.key] },
    {
      key: 'reported',
      header: 'Reported',
      cell: (f) => (
        <>
          {saidWord(f.reported)}
          {f.acknowledged !== null && (
            <Text size="sm" c="dimmed">
              {f.acknowledged.by}: {f.acknowledged.reason}
            </Text>
          )}
        </>
      ),
    },
    { key: 'state', header: 'State', cell: (f) => <FindingMark of={f} /> },
    {
      key: 'since',
      header: 'Since',
      cell: (f) => <Time at={f.since} />,
      align: 'right',
      wideOnly: true,
    },
    {
      key: 'act',
      header: '',
      cell: (f) =>
        may && f.closedAt === null && f.acknowledged === null ? <Acknowledge of={f} /> : null,
      align: 'right',
    },
  ]
  return (
    <Section
      title="Disagreements"
      about={
        of.open > listed
          ? `${of.open} go on; the oldest ${listed} are kept, and more when one of them closes.`
          : undefined
      }
    >
      <Rows label="Disagreements" columns={columns} rows={of.findings} rowKey={(f) => f.id} />
    </Section>
  )
}
