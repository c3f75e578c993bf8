import { useState } from 'react'
import { Group, NativeSelect, SegmentedControl, Stack, TextInput } from '@mantine/core'
import { z } from 'zod'
import { Empty, LinkButton, Loaded, Page, useAddress, useApi, useCan } from '#web/kit/index.ts'
import { choices, questionList, type Choices, type QuestionHead } from '../schema.ts'
import { Panel, type Asking } from './panel.tsx'
import { dateOf, periodBefore } from './series.ts'

const day = 86_400_000
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)
const filters = ['group', 'surface', 'model', 'client'] as const
const view = z.object({
  from: date.optional().catch(undefined),
  to: date.optional().catch(undefined),
  unit: z.enum(['day', 'week', 'month']).catch('day').default('day'),
  group: z.string().optional(),
  surface: z.string().optional(),
  model: z.string().optional(),
  client: z.string().optional(),
})

/** What agents did, in figures: each question with its chart and its table, over one range and with one filter. */
export function DashboardScreen() {
  const offered = useApi(['analytics', 'choices'], '/api/v1/analytics/choices', choices)
  const questions = useApi(['analytics', 'questions'], '/api/v1/analytics/questions', questionList)
  const mayCollect = useCan('telemetry.manage')
  return (
    <Page title="Analytics" about="What agents report, summed up. The client’s own word.">
      <Loaded of={offered}>
        {(known) =>
          known.firstDay === null ? (
            <Empty
              title="Nothing has been reported yet"
              action={
                mayCollect && <LinkButton to="/settings/telemetry">Collect telemetry</LinkButton>
              }
            >
              Turn on “Collect telemetry”: clients report from their next start on, at the latest an
              hour after it.
            </Empty>
          ) : (
            <Loaded of={questions}>
              {({ items }) => <Figures known={known} questions={items} />}
            </Loaded>
          )
        }
      </Loaded>
    </Page>
  )
}

function Figures({
  known,
  questions,
}: {
  readonly known: Choices
  readonly questions: readonly QuestionHead[]
}) {
  const [state, setState] = useAddress(view)
  const [now] = useState(() => Date.now())
  const from = state.from ?? dateOf(now - 29 * day)
  const to = state.to ?? dateOf(now)
  const held = Object.fromEntries(
    filters.flatMap((key) => (state[key] === undefined ? [] : [[key, state[key]]])),
  )
  const asking: Asking = { from, to, unit: state.unit, ...held }
  // Whoever may not see persons filters or splits, not both.
  const whole = !known.persons && Object.keys(held).length > 0
  const before: Asking = { ...asking, ...periodBefore(from, to) }
  const options: Readonly<
    Record<(typeof filters)[number], readonly { value: string; label: string }[]>
  > = {
    group: known.groups.map(({ id, name }) => ({ value: id, label: name })),
    surface: known.surfaces.map(same),
    model: known.models.map(same),
    client: known.clients.map(same),
  }
  const preset = ranges.find(
    (days) => to === dateOf(now) && from === dateOf(now - (days - 1) * day),
  )
  return (
    <Stack gap="lg">
      <Group gap="sm" align="flex-end" wrap="wrap">
        <SegmentedControl
          size="xs"
          aria-label="Range"
          value={String(preset ?? '')}
          onChange={(days) =>
            setState({ from: dateOf(now - (Number(days) - 1) * day), to: undefined })
          }
          data={ranges.map((days) => ({ value: String(days), label: `${days} days` }))}
        />
        <TextInput
          type="date"
          size="xs"
          label="From"
          value={from}
          onChange={(event) => setState({ from: event.currentTarget.value || undefined })}
        />
        <TextInput
          type="date"
          size="xs"
          label="To"
          value={to}
          onChange={(event) => setState({ to: event.currentTarget.value || undefined })}
        />
        <NativeSelect
          size="xs"
          label="Rows by"
          value={state.unit}
          onChange={(event) => setState({ unit: event.currentTarget.value as 'day' })}
          data={[
            { value: 'day', label: 'Day' },
            { value: 'week', label: 'Week' },
            { value: 'month', label: 'Month' },
          ]}
        />
        {filters.map((key) => (
          <NativeSelect
            key={key}
            size="xs"
            label={key.charAt(0).toUpperCase() + key.slice(1)}
            value={state[key] ?? ''}
            onChange={(event) =>
              setState({
                ...(known.persons ? {} : cleared),
                [key]: event.currentTarget.value || undefined,
              })
            }
            data={[{ value: '', label: 'All' }, ...options[key]]}
          />
        ))}
      </Group>
      <div className="gh-panels">
        {questions
          .filter(
            ({ persons, dimensions }) =>
              known.persons || (!persons && (!whole || dimensions.includes('none'))),
          )
          .map((question) => (
            <Panel
              key={question.key}
              question={question}
              asking={asking}
              before={before}
              whole={whole}
            />
          ))}
      </div>
    </Stack>
  )
}

const ranges = [7, 30, 90] as const
const same = (value: string) => ({ value, label: value })
const cleared = { group: undefined, surface: undefined, model: undefined, client: undefined }
