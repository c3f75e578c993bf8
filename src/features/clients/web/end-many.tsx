import { useState } from 'react'
import { Alert, Button, Modal, Radio, Select, Stack, Text, TextInput } from '@mantine/core'
import { MemberPicker } from '#features/access/web/pickers.tsx'
import { FormFoot, Link, useAct, useApi, type ApiError, plural } from '#web/kit/index.ts'
import { clientPage, routes, type Route } from '../schema.ts'
import { AfterEnd } from './after-end.tsx'
import { at, endClients, type EndFilter } from './calls.ts'
import { routeNames } from './words.tsx'

const kinds = ['member', 'signedInBefore', 'unusedSince'] as const
type Kind = (typeof kinds)[number]
const kindNames: Readonly<Record<Kind, string>> = {
  member: 'All of one member',
  signedInBefore: 'All that signed in before a day',
  unusedSince: 'All that were not used since a day',
}

/** Ends the sign-ins of a member, or all older than a day, after saying how many those are. */
export function EndMany() {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        End many…
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="End many sign-ins" size="lg">
        <Form onClose={() => setOpened(false)} />
      </Modal>
    </>
  )
}

function Form({ onClose }: { readonly onClose: () => void }) {
  const [kind, setKind] = useState<Kind>('member')
  const [memberId, setMemberId] = useState<string | null>(null)
  const [date, setDate] = useState('')
  const [route, setRoute] = useState<Route | null>(null)
  const filter = filterOf(kind, memberId, date, route)
  const dayField = (
    <TextInput
      type="date"
      label="Day"
      description="Its beginning counts: midnight, UTC."
      required
      value={date}
      onChange={(event) => setDate(event.currentTarget.value)}
    />
  )
  return (
    <EndThese filter={filter} onClose={onClose}>
      <Radio.Group label="Which" value={kind} onChange={setKind}>
        <Stack gap={6} mt={4}>
          {kinds.map((one) => (
            <Radio key={one} value={one} label={kindNames[one]} />
          ))}
        </Stack>
      </Radio.Group>
      {kind === 'member' ? <MemberPicker value={memberId} onChange={setMemberId} /> : dayField}
      <Select
        label="Route"
        placeholder="Both"
        clearable
        data={routes.map((value) => ({ value, label: routeNames[value] }))}
        value={route}
        onChange={setRoute}
      />
    </EndThese>
  )
}

function filterOf(
  kind: Kind,
  memberId: string | null,
  date: string,
  route: Route | null,
): EndFilter | undefined {
  const only = route === null ? {} : { route }
  if (kind === 'member') return memberId === null ? undefined : { member: memberId, ...only }
  const day = Date.parse(`${date}T00:00:00Z`)
  return Number.isNaN(day) ? undefined : { [kind]: day, ...only }
}

interface EndTheseProps {
  /** Undefined: not chosen yet. */
  readonly filter: EndFilter | undefined
  readonly onClose: () => void
  readonly children?: React.ReactNode
}

/** The question itself: how many it would be now, and what those clients do then. */
export function EndThese({ filter, onClose, children }: EndTheseProps) {
  const count = useCount(filter)
  const [trouble, setTrouble] = useState<ApiError>()
  const end = useAct(
    (asked: { readonly filter: EndFilter; readonly expected: number }) =>
      endClients(asked.filter, asked.expected),
    {
      done: ({ ended }) => `${plural(ended, 'sign-in')} ended.`,
      refresh: ['clients', 'own-clients', 'overview'],
      onDone: onClose,
      onError: (error) => {
        setTrouble(error)
        if (error.code === 'preview_outdated') count.again()
        return true
      },
    },
  )
  const some = (count.value ?? 0) > 0
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        setTrouble(undefined)
        if (filter !== undefined && count.value !== undefined)
          end.mutate({ filter, expected: count.value })
      }}
    >
      <Stack gap="md">
        {children}
        {filter !== undefined && (
          <div role="status">
            {count.value === undefined ? (
              <Text size="sm" c="dimmed">
                Counting…
              </Text>
            ) : some ? (
              <AfterEnd
                who={
                  <>
                    <strong>{plural(count.value, 'client')}</strong>, now signed in or suspended.{' '}
                    <Link to="/clients" search={{ ...filter }} underline="always">
                      Look at them
                    </Link>
                  </>
                }
                routes={filter.route === undefined ? routes : [filter.route]}
              />
            ) : (
              <Text size="sm">No client that is signed in fits this.</Text>
            )}
          </div>
        )}
        {trouble !== undefined && (
          <Alert color="red" role="alert">
            {trouble.message} {trouble.remedy}
          </Alert>
        )}
        <FormFoot
          action={some ? `End ${plural(count.value ?? 0, 'sign-in')}` : 'End sign-ins'}
          busy={end.isPending}
          disabled={!some}
          danger
          onCancel={onClose}
        />
      </Stack>
    </form>
  )
}

/** How many the filter lets through that have not ended. */
function useCount(filter: EndFilter | undefined): {
  readonly value: number | undefined
  readonly again: () => void
} {
  const ask = (state: 'active' | 'suspended') =>
    [
      ['clients', 'count'],
      at.clients,
      clientPage,
      { query: { ...filter, state, limit: 1 }, enabled: filter !== undefined },
    ] as const
  const active = useApi(...ask('active'))
  const suspended = useApi(...ask('suspended'))
  const known = active.data !== undefined && suspended.data !== undefined
  return {
    value: known ? active.data.total + suspended.data.total : undefined,
    again: () => void Promise.all([active.refetch(), suspended.refetch()]),
  }
}
