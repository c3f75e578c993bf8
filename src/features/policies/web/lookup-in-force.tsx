import { useMemo, useState } from 'react'
import { Alert, Button, Group, List, Stack, Switch, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { z } from 'zod'
import { compose, rowsOf, type ComposedRow, type Layer } from '#requirements/index.ts'
import {
  Empty,
  FilterBox,
  Link,
  Rows,
  saveFile,
  Section,
  plural,
  useAct,
  useAddress,
  type Column,
} from '#web/kit/index.ts'
import type { Composed, Explained } from '../lookup/schema.ts'
import { MachineFiles, noFiles, type Files } from './lookup-machine.tsx'

const view = z.object({
  key: z.string().catch(''),
  contested: z.enum(['yes', 'no']).catch('no'),
  host: z.string().catch(''),
  clients: z.enum(['current', 'older']).catch('current'),
})

type Shown = Pick<Composed, 'errors'> & {
  readonly keys: Parameters<typeof rowsOf>[0]
  readonly layers: readonly Pick<Composed['layers'][number], 'name' | 'policyId' | 'version'>[]
}

/** Every key in force with its why: what Gatehouse delivers, and with it what lies on a machine. */
export function InForce({ of: found }: { readonly of: Explained }) {
  const [shown, setShown] = useAddress(view)
  const [files, setFiles] = useState<Files>(noFiles)
  const { clients, host } = shown
  const composition = useMemo(
    () => composed(found, files, host, clients),
    [found, files, host, clients],
  )
  const all = rowsOf(composition.keys)
  const rows = all.filter(
    ({ key, value, beat }) =>
      `${key} ${value}`.toLowerCase().includes(shown.key.trim().toLowerCase()) &&
      (shown.contested === 'no' || beat.length > 0),
  )
  const alone = Object.values(files).every((text) => text === undefined)
  return (
    <Section
      title="Every key in force, and why"
      about={
        alone
          ? 'This is what Gatehouse delivers. It does not know the files on the machine: give them, and this table is what holds there.'
          : 'What is delivered together with the files of the machine, as the client composes them.'
      }
    >
      <Stack gap="md">
        <MachineFiles
          files={files}
          onChange={setFiles}
          host={host}
          clients={clients}
          onView={setShown}
        />
        {found.beside !== null && (
          <Text size="sm">
            Behind the policy stands what the settings of telemetry deliver to every client, where “
            {found.beside.name}” is named below. An [otel] in the policy wins over it, key by key.
          </Text>
        )}
        <Refusals of={composition} />
        <Group gap="md" justify="space-between">
          <FilterBox
            label="Filter the keys"
            placeholder="Key or value"
            value={shown.key}
            onChange={(key) => setShown({ key: key === '' ? undefined : key }, { replace: true })}
          />
          <Switch
            label="Only what beat something"
            checked={shown.contested === 'yes'}
            onChange={(event) =>
              setShown({ contested: event.currentTarget.checked ? 'yes' : undefined })
            }
          />
          <Save of={found} files={files} host={host} clients={clients} />
        </Group>
        {rows.length === 0 ? (
          <Empty title={all.length === 0 ? 'Nothing is in force' : 'No key fits'}>
            {all.length === 0
              ? 'A client with these layers is not limited.'
              : `${plural(all.length, 'key')} are in force; none fits the filter.`}
          </Empty>
        ) : (
          <Rows
            label="Keys in force"
            columns={columnsFor(composition)}
            rows={rows}
            rowKey={(row) => row.key}
          />
        )}
      </Stack>
    </Section>
  )
}

/** As the server composed it, or here where files of a machine join in: they need not leave the browser for that. */
function composed(
  { policy, beside, composition }: Explained,
  files: Files,
  host: string,
  generation: 'current' | 'older',
): Shown {
  const own = FILES.flatMap(([kind, name]): Layer[] => {
    const text = files[kind]
    return text === undefined ? [] : [{ kind, name, text }]
  })
  if (own.length === 0 && host === '' && generation === 'current') return composition
  const delivered: Layer[] = policy
    ? [
        {
          kind: 'delivered',
          name: `${policy.name} v${policy.version}`,
          text: policy.text,
          policyId: policy.id,
          version: policy.version,
        },
      ]
    : []
  if (beside !== null) delivered.push({ kind: 'delivered', ...beside })
  const made = compose([...delivered, ...own], { generation, ...(host === '' ? {} : { host }) })
  return {
    keys: made.keys,
    layers: made.layers,
    errors: made.errors.map(({ complaint, layers, places, ...rest }) => ({
      ...rest,
      ...(complaint === undefined ? {} : { complaint }),
      layers: [...layers],
      places: [...places],
    })),
  }
}

const FILES = [
  ['mdm', 'device management'],
  ['legacy', '/etc/codex/managed_config.toml'],
  ['system', '/etc/codex/requirements.toml'],
] as const

function Refusals({ of: { errors, layers } }: { readonly of: Shown }) {
  if (errors.length === 0) return null
  return (
    <Alert color="red" title="A client with these layers does not start">
      <List size="sm" spacing={4}>
        {errors.map((error, at) => (
          <List.Item key={at}>
            {error.message} {error.remedy}{' '}
            <span className="gh-quiet">
              {error.places.map(({ layer, line }) => placeName(layers, layer, line)).join(' and ')}
            </span>
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}

const placeName = (layers: Shown['layers'], layer: number, line: number): string =>
  `${layers[layer]?.name ?? ''}, line ${line}`

/** A key with its why. */
export function columnsFor({ layers }: Pick<Shown, 'layers'>): readonly Column<ComposedRow>[] {
  return [
    { key: 'key', header: 'Key', cell: ({ key }) => <code className="gh-key-name">{key}</code> },
    {
      key: 'value',
      header: 'In force',
      cell: ({ value }) => <code className="gh-key-value">{value}</code>,
    },
    {
      key: 'from',
      header: 'From',
      cell: ({ from }) => <Place layers={layers} layer={from.layer} line={from.line} />,
    },
    {
      key: 'beat',
      header: 'What it beat',
      cell: ({ beat }) =>
        beat.map((lost, at) => (
          <div key={at} className="gh-key-lost">
            <code className="gh-key-value">{lost.value}</code>{' '}
            <Place layers={layers} layer={lost.layer} line={lost.line} />
          </div>
        )),
    },
  ]
}

/** Where something stands; of a delivered policy a link to that line of that version. */
function Place(props: {
  readonly layers: Shown['layers']
  readonly layer: number
  readonly line: number
}) {
  const { layers, layer, line } = props
  const { policyId, version } = layers[layer] ?? {}
  const name = placeName(layers, layer, line)
  return (
    <span className="gh-key-place">
      {policyId === undefined || version === undefined ? (
        name
      ) : (
        <Link underline="always" to={`/policies/${policyId}/versions/${version}`} search={{ line }}>
          {name}
        </Link>
      )}
    </span>
  )
}

function Save(props: {
  readonly of: Explained
  readonly files: Files
  readonly host: string
  readonly clients: 'current' | 'older'
}) {
  const { of: found, files, host, clients } = props
  const { kind, id, label } = found.principal
  const save = useAct((format: 'csv' | 'json') =>
    saveFile(
      '/api/v1/lookup',
      {
        ...(kind === 'member' ? { email: label } : { [kind]: id }),
        ...files,
        ...(host === '' ? {} : { host }),
        generation: clients,
        format,
      },
      `in-force.${format}`,
    ),
  )
  return (
    <Group gap="xs">
      {(['csv', 'json'] as const).map((format) => (
        <Button
          key={format}
          variant="default"
          size="compact-sm"
          leftSection={<IconDownload size={14} aria-hidden />}
          loading={save.isPending && save.variables === format}
          onClick={() => save.mutate(format)}
        >
          {format.toUpperCase()}
        </Button>
      ))}
    </Group>
  )
}
