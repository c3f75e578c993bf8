import { useState } from 'react'
import {
  Autocomplete,
  Button,
  Group,
  Modal,
  NumberInput,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import type { z } from 'zod'
import {
  api,
  ConfirmButton,
  Effect,
  Empty,
  FormFoot,
  Loaded,
  Rows,
  Section,
  useAct,
  useApi,
  useCan,
  type Column,
} from '#web/kit/index.ts'
import { price, priceList, type newPrice, type PriceEntry } from '../schema.ts'

const path = '/api/v1/analytics/prices'
const kinds = ['analytics', 'prices'] as const

/** What a million tokens of a model cost, by the day from which on. */
export function Prices({ models }: { readonly models: readonly string[] }) {
  const answer = useApi(kinds, path, priceList)
  const may = useCan('settings.manage')
  return (
    <Section
      title="Prices"
      about="For a million tokens. Costs are reckoned with them when somebody asks; Gatehouse brings no prices of its own."
      actions={may && <AddPrice models={models} />}
    >
      <Loaded of={answer}>
        {({ currency, items }) =>
          items.length === 0 ? (
            <Empty title="No prices yet">
              Without one, the cost of a model is left empty. Write `gpt-5*` for all models whose
              names begin alike.
            </Empty>
          ) : (
            <Stack gap="xs">
              <Rows
                label="Prices"
                columns={columnsOf(currency, may)}
                rows={items}
                rowKey={({ id }) => id}
              />
              <Missing models={models} prices={items} />
            </Stack>
          )
        }
      </Loaded>
    </Section>
  )
}

const columnsOf = (currency: string, may: boolean): readonly Column<PriceEntry>[] => [
  {
    key: 'model',
    header: 'Model',
    cell: (entry) => <code style={{ whiteSpace: 'nowrap' }}>{entry.model}</code>,
  },
  { key: 'from', header: 'From', cell: (entry) => entry.from },
  ...(['input', 'cachedInput', 'output'] as const).map((key) => ({
    key,
    header: `${words[key]}, ${currency}`,
    cell: (entry: PriceEntry) => entry[key].toLocaleString('en', { maximumFractionDigits: 6 }),
    align: 'right' as const,
    wideOnly: key === 'cachedInput',
  })),
  ...(may
    ? [{ key: 'remove', header: '', cell: (entry: PriceEntry) => <RemovePrice entry={entry} /> }]
    : []),
]

const words = { input: 'Input', cachedInput: 'Cached input', output: 'Output' } as const

/** Models that were seen and have no price. */
function Missing({
  models,
  prices,
}: {
  readonly models: readonly string[]
  readonly prices: readonly PriceEntry[]
}) {
  const begins = (model: string, text: string): boolean =>
    text.endsWith('*') ? model.startsWith(text.slice(0, -1)) : model === text
  const missing = models.filter((model) => !prices.some((entry) => begins(model, entry.model)))
  if (missing.length === 0) return null
  return (
    <Text size="sm">
      Seen lately, without a price: {missing.join(', ')}. Where one of them is among the tokens, no
      cost is shown.
    </Text>
  )
}

function RemovePrice({ entry }: { readonly entry: PriceEntry }) {
  const remove = useAct(() => api.delete(`${path}/${entry.id}`, { schema: price }), {
    done: 'Removed.',
    refresh: ['analytics'],
  })
  return (
    <ConfirmButton
      label="Remove"
      title={`Remove the price of “${entry.model}” from ${entry.from}?`}
      action="Remove"
      onConfirm={() => remove.mutateAsync(undefined)}
    >
      <Effect
        touches="Costs of the days from then on are reckoned with the entry before it; without one they are left empty."
        when="At the next look at Analytics. Nothing that is stored changes."
        undo="Add the price again."
      />
    </ConfirmButton>
  )
}

type NewPrice = z.infer<typeof newPrice>

function AddPrice({ models }: { readonly models: readonly string[] }) {
  const [open, setOpen] = useState(false)
  const form = useForm<NewPrice>({
    initialValues: {
      model: '',
      from: new Date().toISOString().slice(0, 10),
      input: 0,
      cachedInput: 0,
      output: 0,
    },
  })
  const add = useAct((body: NewPrice) => api.post(path, { body, schema: price }), {
    done: 'Added.',
    refresh: ['analytics'],
    onDone: () => {
      form.reset()
      setOpen(false)
    },
    onError: (error) => {
      form.setErrors(error.fields)
      return error.errors.length > 0
    },
  })
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        Add a price
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} title="Add a price">
        <form onSubmit={form.onSubmit((values) => add.mutate(values))}>
          <Stack gap="md">
            <Autocomplete
              data-autofocus
              label="Model"
              description="A whole name, or the beginning of names followed by *. The longest wins."
              data={[...models]}
              {...form.getInputProps('model')}
            />
            <TextInput
              type="date"
              label="From"
              description="The start of this day, UTC. A day in the past changes what it is said to have cost."
              {...form.getInputProps('from')}
            />
            <Group grow align="flex-start">
              {(['input', 'cachedInput', 'output'] as const).map((key) => (
                <NumberInput
                  key={key}
                  label={words[key]}
                  min={0}
                  decimalScale={6}
                  hideControls
                  {...form.getInputProps(key)}
                />
              ))}
            </Group>
            <FormFoot action="Add" busy={add.isPending} onCancel={() => setOpen(false)} />
          </Stack>
        </form>
      </Modal>
    </>
  )
}
