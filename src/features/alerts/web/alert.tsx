import { Button, Group, Menu, Stack, Text } from '@mantine/core'
import {
  api,
  ConfirmButton,
  DataTable,
  Effect,
  Empty,
  Facts,
  Id,
  LinkButton,
  Loaded,
  Page,
  Section,
  Status,
  Time,
  useAct,
  useApi,
  useCan,
  useParam,
  type Column,
} from '#web/kit/index.ts'
import { figureOf } from '../schema.figure.ts'
import { alert, choices, firing, type Alert, type Firing } from '../schema.ts'
import { Past } from './past.tsx'
import { path, periodWords, StateMark, valueText } from './words.tsx'

/** One alert: what it says now, when it fired, and what it would say of the past. */
export function AlertScreen() {
  const id = useParam('alertId')
  const answer = useApi(['alerts', id], `${path}/${id}`, alert, { every: 5_000 })
  return <Loaded of={answer}>{(one) => <Shown of={one} />}</Loaded>
}

function Shown({ of }: { readonly of: Alert }) {
  const may = useCan('alerts.manage')
  return (
    <Page
      title={of.name}
      trail={[{ label: 'Alerts', to: '/alerts' }]}
      mark={
        <Group gap="xs">
          <StateMark of={of} />
          {of.rule.exact && <Status>shows persons</Status>}
        </Group>
      }
      about={`${of.says}. It tells; nothing is refused because of it.`}
      actions={may && <Acts of={of} />}
    >
      <Section title="Now">
        <Stack gap="sm">
          {of.why !== null && <Text size="sm">{of.why}</Text>}
          <Facts
            of={[
              ['Judged last', <Time key="j" at={of.judgedAt} />],
              [
                of.last === null ? 'Figure' : `${periodWords[of.rule.unit]} ${of.last.period}`,
                of.last === null ? '–' : valueText(of.last, of.kind, of.currency),
              ],
              ['Firing since', <Time key="f" at={of.firingSince} none="it does not" />],
              ['Quiet until', <Time key="q" at={of.quietUntil} none="it tells" />],
              ['Told', <Told key="t" of={of} />],
              ['Made', <><Time at={of.createdAt} /> by {of.createdBy}</>], // prettier-ignore
              ['Id', <Id key="i" value={of.id} />],
            ]}
          />
        </Stack>
      </Section>
      <Section
        title="Firings"
        about="Each is told once. It ends when the figure is a tenth on the other side again, or when its time is over. Kept for a year."
      >
        <DataTable
          // Anew with each firing and end that the page hears of.
          key={`${of.revision} ${of.firingSince ?? 0}`}
          name="alerts"
          label="Firings"
          path={`${path}/${of.id}/firings`}
          schema={firing}
          columns={columnsOf(of)}
          rowKey={(f) => f.id}
          search={false}
          empty={<Empty title="It has not fired yet">What it would have told stands below.</Empty>}
        />
      </Section>
      {of.state !== 'deleted' && (
        <Section title="Over the past" about="What the rule says of the figures as they are now.">
          <Past rule={of.rule} />
        </Section>
      )}
    </Page>
  )
}

/** Names of webhooks only for those who may choose them. */
function Told({ of }: { readonly of: Alert }) {
  const may = useCan('alerts.manage')
  const offered = useApi(['alerts', 'choices'], `${path}/choices`, choices, { enabled: may }).data
  const webhook = offered?.webhooks.find(({ id }) => id === of.webhookId)?.name ?? of.webhookId
  const all = [...(webhook === null ? [] : [`webhook ${webhook}`]), ...of.mailTo]
  return all.length === 0 ? 'nobody: it stands here only' : all.join(', ')
}

const ended = {
  over: 'over',
  period: 'its time was over',
  changed: 'the alert was changed',
  deleted: 'the alert was deleted',
} as const

const columnsOf = ({ rule, kind, currency }: Alert): readonly Column<Firing>[] => [
  { key: 'period', header: periodWords[rule.unit], cell: (f) => f.period },
  {
    key: 'value',
    header: 'Figure then',
    cell: (f) => (f.value === null ? '–' : figureOf(f.value, kind, currency)),
    align: 'right',
  },
  { key: 'began', header: 'Began', cell: (f) => <Time at={f.beganAt} />, align: 'right' },
  {
    key: 'ended',
    header: 'Ended',
    cell: (f) =>
      f.endedBecause === null ? (
        <Status meaning="drift">firing</Status>
      ) : (
        <>
          <Time at={f.endedAt} />
          <div className="gh-under">{ended[f.endedBecause]}</div>
        </>
      ),
    align: 'right',
  },
  {
    key: 'told',
    header: 'Told',
    cell: (f) => <Time at={f.toldAt} none="quiet" />,
    align: 'right',
    wideOnly: true,
  },
]

const hour = 3_600_000
const spells = [
  ['an hour', hour],
  ['a day', 24 * hour],
  ['a week', 168 * hour],
] as const

function Acts({ of }: { readonly of: Alert }) {
  const here = `${path}/${of.id}`
  const quiet = useAct(
    (until: number | null) => api.put(`${here}/quiet`, { body: { until }, schema: alert }),
    {
      done: ({ quietUntil }) => (quietUntil === null ? 'It tells again' : 'It is quiet now'),
      refresh: ['alerts'],
    },
  )
  const remove = useAct(() => api.delete(here, { schema: alert }), {
    done: 'Deleted. It can be restored for 30 days.',
    refresh: ['alerts'],
  })
  const restore = useAct(() => api.post(`${here}/restore`, { schema: alert }), {
    done: 'Restored. It begins anew.',
    refresh: ['alerts'],
  })
  if (of.state === 'deleted')
    return (
      <Button loading={restore.isPending} onClick={() => restore.mutate(undefined)}>
        Restore
      </Button>
    )
  return (
    <>
      {of.quietUntil !== null ? (
        <Button variant="default" onClick={() => quiet.mutate(null)}>
          Tell again
        </Button>
      ) : (
        <Menu>
          <Menu.Target>
            <Button variant="default">Quiet for…</Button>
          </Menu.Target>
          <Menu.Dropdown>
            {spells.map(([label, ms]) => (
              <Menu.Item key={label} onClick={() => quiet.mutate(Date.now() + ms)}>
                {label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <LinkButton variant="default" to={`/alerts/${of.id}/edit`}>
        Change
      </LinkButton>
      <ConfirmButton
        label="Delete"
        title={`Delete “${of.name}”?`}
        action="Delete"
        onConfirm={() => remove.mutateAsync(undefined)}
      >
        <Effect
          touches="Nothing is watched and told by it any more."
          when="At once."
          undo="For 30 days it can be restored, from the list of deleted alerts."
        />
      </ConfirmButton>
    </>
  )
}
