import type { ReactNode } from 'react'
import {
  Button,
  Group,
  NumberInput,
  Select,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDebouncedValue } from '@mantine/hooks'
import { Section, useAct, useApi, useCan } from '#web/kit/index.ts'
import {
  choices,
  conditions,
  measureKeys,
  measures,
  units,
  type Alert,
  type Condition,
  type MeasureKey,
  type NewAlert,
  type Rule,
  type Subject,
  type Unit,
} from '../schema.ts'
import { Past } from './past.tsx'
import { SubjectField } from './subject.tsx'
import { conditionWords, path, subjectWords, unitWords } from './words.tsx'

interface Values {
  readonly name: string
  readonly measure: MeasureKey
  readonly of: Subject
  readonly value: string
  readonly unit: Unit
  readonly condition: Condition
  readonly amount: number | string
  readonly exact: boolean
  readonly webhookId: string
  readonly mailTo: string[]
}

const fresh: Values = {
  name: '',
  measure: 'tokens',
  of: 'workspace',
  value: '',
  unit: 'month',
  condition: 'reaches',
  amount: '',
  exact: false,
  webhookId: '',
  mailTo: [],
}

/** A rule, what it would have told, and who is told. */
export function AlertForm({
  of,
  action,
  save,
  onSaved,
}: {
  readonly of?: Alert
  readonly action: string
  readonly save: (body: NewAlert) => Promise<Alert>
  readonly onSaved: (saved: Alert) => void
}) {
  const persons = useCan('analytics.persons')
  const form = useForm<Values>({
    initialValues: of
      ? { ...fresh, ...of.rule, name: of.name, webhookId: of.webhookId ?? '', mailTo: of.mailTo }
      : { ...fresh, exact: persons },
  })
  const { values } = form
  const rule = ruleOf(values)
  const [settled] = useDebouncedValue(rule, 400)
  const act = useAct(
    () =>
      save({
        name: values.name,
        rule,
        webhookId: values.webhookId || null,
        mailTo: values.mailTo,
      }),
    {
      done: 'Saved. It is judged now, and every five minutes.',
      refresh: ['alerts'],
      onDone: onSaved,
      onError: (error) => {
        form.setErrors(
          Object.fromEntries(
            Object.entries(error.fields).map(([key, text]) => [key.replace(/^rule\./, ''), text]),
          ),
        )
        return error.errors.length > 0
      },
    },
  )
  return (
    <form onSubmit={form.onSubmit(() => act.mutate(undefined))}>
      <Section title="What is watched">
        <Watched form={form} persons={persons} known={of} />
      </Section>
      <Section title="When it tells">
        <When form={form} />
      </Section>
      <Section title="Over the past" about="What it would have told, by the figures there are.">
        {isWhole(settled) ? (
          <Past rule={settled} />
        ) : (
          <Text size="sm">Say what is watched and when it tells, and the past stands here.</Text>
        )}
      </Section>
      <Section title="Who is told" about="Once, when it begins to fire, and when that is over.">
        <Told form={form} />
      </Section>
      <Group mt="md">
        <Button type="submit" loading={act.isPending} disabled={!isWhole(rule)}>
          {action}
        </Button>
      </Group>
    </form>
  )
}

type Form = ReturnType<typeof useForm<Values>>

const ruleOf = ({ measure, of, value, unit, condition, amount, exact }: Values): Rule => ({
  measure,
  of,
  value: of === 'workspace' ? '' : value.trim(),
  unit,
  condition,
  amount: condition === 'absent' ? 0 : Number(amount),
  exact,
})

const isWhole = ({ of, value, condition, amount }: Rule): boolean =>
  (of === 'workspace' || value !== '') && (condition === 'absent' || amount > 0)

const measureOptions = [
  { group: 'Budgets', items: optionsOf((key) => key === 'tokens' || key === 'cost') },
  { group: 'Other figures', items: optionsOf((key) => key !== 'tokens' && key !== 'cost') },
]

function optionsOf(wanted: (key: MeasureKey) => boolean) {
  return measureKeys.filter(wanted).map((key) => ({ value: key, label: measures[key].title }))
}

function Watched({
  form,
  persons,
  known,
}: {
  readonly form: Form
  readonly persons: boolean
  readonly known: Alert | undefined
}): ReactNode {
  const { values } = form
  const subjects = measures[values.measure].of.filter((s) => persons || s !== 'member')
  const choose = (of: Subject) =>
    form.setValues({ of, value: '', ...(of === 'member' ? { exact: true } : {}) })
  return (
    <Stack gap="md">
      <Select
        label="Figure"
        data={measureOptions}
        allowDeselect={false}
        value={values.measure}
        onChange={(key) => {
          const measure = key ?? 'tokens'
          form.setValues({ measure })
          const { of } = measures[measure]
          if (!of.includes(values.of)) choose(of[0] ?? 'workspace')
        }}
        error={form.errors['measure']}
      />
      <Select
        label="Of"
        data={subjects.map((value) => ({ value, label: subjectWords[value] }))}
        allowDeselect={false}
        value={values.of}
        onChange={(of) => choose(of ?? 'workspace')}
        error={form.errors['of']}
      />
      {values.of !== 'workspace' && (
        <SubjectField
          of={values.of}
          value={values.value}
          onChange={(value) => form.setValues({ value })}
          error={form.errors['value']}
          known={
            known?.rule.of === values.of ? { value: known.rule.value, label: known.subject } : null
          }
        />
      )}
      {persons && (
        <Switch
          label="Exact, with today"
          description="Seen only by those who may see single persons. Otherwise it sees days that have ended, and nothing about few people."
          checked={values.exact}
          disabled={values.of === 'member'}
          onChange={(event) => form.setValues({ exact: event.currentTarget.checked })}
        />
      )}
    </Stack>
  )
}

function When({ form }: { readonly form: Form }): ReactNode {
  const { condition, measure } = form.values
  const percent = condition === 'rise' || condition === 'fall'
  const unit = { count: '', tokens: 'tokens', cost: 'in the currency of analytics', percent: 'percent', ms: 'milliseconds' } // prettier-ignore
  return (
    <Stack gap="md">
      <Select
        label="Per"
        description="Days, weeks and months are those of UTC."
        data={units.map((value) => ({ value, label: unitWords[value] }))}
        allowDeselect={false}
        {...form.getInputProps('unit')}
      />
      <Select
        label="When the figure"
        description={
          condition === 'reaches'
            ? 'Judged every five minutes while the time runs.'
            : 'Judged when the time has ended.'
        }
        data={conditions.map((value) => ({ value, label: conditionWords[value] }))}
        allowDeselect={false}
        {...form.getInputProps('condition')}
      />
      {condition !== 'absent' && (
        <NumberInput
          label={percent ? 'By percent' : 'Amount'}
          description={percent ? undefined : unit[measures[measure].kind]}
          min={0}
          thousandSeparator=","
          hideControls
          {...form.getInputProps('amount')}
        />
      )}
    </Stack>
  )
}

function Told({ form }: { readonly form: Form }): ReactNode {
  const offered = useApi(['alerts', 'choices'], `${path}/choices`, choices).data
  return (
    <Stack gap="md">
      <TextInput
        label="Name"
        description="Stands in every message."
        required
        maxLength={100}
        {...form.getInputProps('name')}
      />
      <Select
        label="Webhook"
        data={[
          { value: '', label: 'None' },
          ...(offered?.webhooks ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
        allowDeselect={false}
        {...form.getInputProps('webhookId')}
      />
      <TagsInput
        label="Mail"
        description={
          offered?.mail === false
            ? 'Mail is not configured on this server: nothing would be sent.'
            : 'Addresses; press Enter after each.'
        }
        {...form.getInputProps('mailTo')}
      />
    </Stack>
  )
}
