import { useState } from 'react'
import { SegmentedControl, Select, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { z } from 'zod'
import { MemberPicker } from '#features/access/web/pickers.tsx'
import { page } from '#features/workspace/schema.ts'
import {
  api,
  ApiError,
  ConfirmButton,
  Effect,
  exactTime,
  Facts,
  Loaded,
  plural,
  Section,
  Time,
  useAct,
  useApi,
} from '#web/kit/index.ts'
import { held, type Held } from '../held/schema.ts'

const kinds = {
  member: 'Member',
  account: 'Service account',
  enrolment: 'Enrolment',
} as const
type Kind = keyof typeof kinds
const lists = {
  member: '/api/v1/members',
  account: '/api/v1/service-accounts',
  enrolment: '/api/v1/enrolments',
} as const
const called = z.object({ name: z.string(), email: z.string().optional() })
const named = page(called.extend({ id: z.string() }))

/** Chooses somebody, shows how much is kept, and removes it. */
export function Removal() {
  const [kind, setKind] = useState<Kind>('member')
  const [id, setId] = useState<string | null>(null)
  return (
    <Section
      title="Remove what was reported about somebody"
      about="Everything that names one member, service account or enrolment. Sums of groups keep their counts, in which nobody stands by name."
    >
      <Stack gap="md" maw={480}>
        <SegmentedControl
          aria-label="About whom"
          value={kind}
          onChange={(next) => {
            setKind(next as Kind)
            setId(null)
          }}
          data={Object.entries(kinds).map(([value, label]) => ({ value, label }))}
        />
        {kind === 'member' ? (
          <MemberPicker value={id} onChange={setId} />
        ) : (
          <NamedPicker key={kind} kind={kind} value={id} onChange={setId} />
        )}
        {id !== null && <Kept kind={kind} id={id} />}
      </Stack>
    </Section>
  )
}

function NamedPicker({
  kind,
  value,
  onChange,
}: {
  readonly kind: Kind
  readonly value: string | null
  readonly onChange: (id: string | null) => void
}) {
  const [text, setText] = useState('')
  const [q] = useDebouncedValue(text, 150)
  const answer = useApi([kind, 'options'], lists[kind], named, {
    query: { q, limit: 50 },
    keep: true,
  })
  return (
    <Select
      label={kinds[kind]}
      data={(answer.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
      value={value}
      onChange={onChange}
      searchable
      searchValue={text}
      onSearchChange={setText}
      nothingFoundMessage="Nothing has this in its name"
    />
  )
}

function Kept({ kind, id }: { readonly kind: Kind; readonly id: string }) {
  const path = `/api/v1/telemetry/principals/${id}`
  const { data: who } = useApi([kind, 'named', id], `${lists[kind]}/${id}`, called)
  const answer = useApi(['telemetry', 'held', id], path, held)
  const remove = useAct(() => api.delete(path, { schema: z.object({}) }), {
    done: 'It is being removed. The audit trail says when it is done.',
    refresh: ['telemetry'],
  })
  if (answer.error instanceof ApiError && answer.error.code === 'not_found')
    return <Text size="sm">Nothing is kept about this one.</Text>
  return (
    <Loaded of={answer}>
      {(kept) => (
        <Stack gap="md">
          <Facts of={factsOf(kept)} />
          {who && (
            <div>
              <ConfirmButton
                label="Remove all of it"
                title={`Remove what was reported about “${nameOf(who)}”?`}
                action="Remove"
                typed={nameOf(who)}
                onConfirm={() => remove.mutateAsync(undefined)}
              >
                <Effect
                  touches={`${plural(kept.conversations, 'conversation')} with ${eventsText(kept)}, and ${plural(kept.days, 'day')} of figures. Files that compliance has closed already are not touched.`}
                  when="Some seconds after this; an audit record says how much it was. What clients report from then on is kept again."
                  undo="Nothing brings it back."
                />
              </ConfirmButton>
            </div>
          )}
        </Stack>
      )}
    </Loaded>
  )
}

const nameOf = ({ email, name }: z.infer<typeof called>): string => email ?? name

/** They are counted up to this. */
const counted = 100_000
const eventsText = ({ events }: Pick<Held, 'events'>): string =>
  `${events < counted ? '' : 'at least '}${plural(events, 'event')}`

const factsOf = ({ machines, conversations, events, days, firstAt, lastAt }: Held) =>
  [
    ['Conversations', conversations.toLocaleString('en')],
    ['Events', eventsText({ events })],
    ['Days', days.toLocaleString('en')],
    ...(machines > 1 ? [['Machines', machines.toLocaleString('en')] as const] : []),
    ...(firstAt === null ? [] : [['First', exactTime(firstAt)] as const]),
    ...(lastAt === null ? [] : [['Last', <Time at={lastAt} />] as const]),
  ] as const
