import { Button, Group, Text, VisuallyHidden } from '@mantine/core'
import {
  api,
  ConfirmButton,
  Effect,
  Empty,
  Loaded,
  plural,
  Rows,
  Section,
  Status,
  Time,
  useAct,
  useApi,
  useCan,
  type Column,
  type Meaning,
} from '#web/kit/index.ts'
import { destination, destinations, destinationTest, type Destination } from '../schema.ts'
import { EditDestination } from './edit-destination.tsx'
import { NewDestination } from './new-destination.tsx'
import { kindWords } from './words.ts'

export function Destinations() {
  const answer = useApi(
    ['compliance-destinations'],
    '/api/v1/compliance/destinations',
    destinations,
    { every: 5_000 },
  )
  const may = useCan('settings.manage')
  return (
    <Section
      title="Exports"
      about="Each closed file is sent there, in order. What does not arrive is sent again until it does."
      actions={may && <NewDestination />}
    >
      <Loaded of={answer}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No exports yet">
              Send files to a folder, a bucket, a webhook or a SIEM as they are closed.
            </Empty>
          ) : (
            <Rows label="Exports" columns={columns} rows={items} rowKey={(d) => d.id} />
          )
        }
      </Loaded>
    </Section>
  )
}

const meanings: Readonly<Record<Destination['state'], Meaning>> = {
  unused: 'neutral',
  working: 'allowed',
  failing: 'forbidden',
  paused: 'prompt',
}

const columns: readonly Column<Destination>[] = [
  {
    key: 'name',
    header: 'Name',
    cell: (d) => (
      <>
        {d.name}
        <Text component="div" size="xs" c="dimmed">
          {kindWords[d.kind]}: {d.where}
        </Text>
        {d.lastError !== null && d.failingSince !== null && (
          <Text component="div" size="xs" role="status">
            {plural(d.failures, 'failure')} since <Time at={d.failingSince} />: {d.lastError}
          </Text>
        )}
      </>
    ),
  },
  { key: 'state', header: 'State', cell: (d) => <Status meaning={meanings[d.state]}>{d.state}</Status> }, // prettier-ignore
  { key: 'behind', header: 'Waiting', cell: (d) => d.behind, align: 'right', wideOnly: true },
  {
    key: 'last',
    header: 'Last arrival',
    cell: (d) => (
      <>
        <Time at={d.lastSuccessAt} none="none yet" />
        {d.lastFile && (
          <Text component="div" size="xs" c="dimmed">
            {d.lastFile.eventType} of <Time at={d.lastFile.endAt} />
          </Text>
        )}
      </>
    ),
    align: 'right',
    wideOnly: true,
  },
  { key: 'acts', header: '', cell: (d) => <Acts of={d} />, align: 'right' },
]

function Acts({ of: d }: { readonly of: Destination }) {
  const may = useCan('settings.manage')
  const path = `/api/v1/compliance/destinations/${d.id}`
  const refresh = ['compliance-destinations']
  const paused = d.state === 'paused'
  const test = useAct(() => api.post(`${path}/test`, { schema: destinationTest }), {
    refresh,
    done: ({ message }) => message,
  })
  const pause = useAct(
    () => api.patch(path, { body: { revision: d.revision, paused: !paused }, schema: destination }),
    { done: paused ? 'It goes on' : 'Paused', refresh },
  )
  const remove = useAct(() => api.delete(path), { done: `${d.name} ended`, refresh })
  if (!may) return null
  return (
    <Group gap={6} justify="flex-end">
      <Button
        variant="default"
        size="compact-sm"
        aria-label={`Test ${d.name}`}
        loading={test.isPending}
        onClick={() => test.mutate()}
      >
        Test
      </Button>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={`${paused ? 'Go on with' : 'Pause'} ${d.name}`}
        loading={pause.isPending}
        onClick={() => pause.mutate()}
      >
        {paused ? 'Go on' : 'Pause'}
      </Button>
      <EditDestination of={d} />
      <ConfirmButton
        label={
          <>
            End<VisuallyHidden> {d.name}</VisuallyHidden>
          </>
        }
        button={{ size: 'compact-sm' }}
        title={`Send nothing to ${d.name} any more?`}
        action="End"
        onConfirm={() => remove.mutateAsync()}
      >
        <Effect
          touches={`${plural(d.behind, 'file')} that wait are not sent.`}
          when="At once. What is there stays there."
          undo="Add it again; files can be sent from the beginning."
        />
      </ConfirmButton>
    </Group>
  )
}
