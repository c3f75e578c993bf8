import { useState } from 'react'
import { Autocomplete, Button, Group, SegmentedControl } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { z } from 'zod'
import { page } from '#features/workspace/schema.ts'
import { Empty, Loaded, Page, useAddress, useApi } from '#web/kit/index.ts'
import { explained } from '../lookup/schema.ts'
import { Answer } from './lookup-answer.tsx'

const kinds = ['email', 'group', 'enrolment', 'account'] as const
type Kind = (typeof kinds)[number]
const view = z.object({
  email: z.string().optional(),
  group: z.string().optional(),
  enrolment: z.string().optional(),
  account: z.string().optional(),
})
const labels: Readonly<Record<Kind, string>> = {
  email: 'E-mail address',
  group: 'Group',
  enrolment: 'Enrolment',
  account: 'Service account',
}
const lists = {
  email: '/api/v1/members',
  group: '/api/v1/groups',
  enrolment: '/api/v1/enrolments',
  account: '/api/v1/service-accounts',
} as const
const named = page(z.object({ name: z.string(), email: z.string().optional() }))

/** Which policy somebody gets, and why exactly that one. */
export function LookupScreen() {
  const [asked, setAsked] = useAddress(view)
  const inAddress = kinds.find((k) => asked[k] !== undefined)
  const [kind, setKind] = useState<Kind>(inAddress ?? 'email')
  const value = inAddress === undefined ? '' : (asked[inAddress] ?? '')
  const answer = useApi(['lookup'], '/api/v1/lookup', explained, {
    query: inAddress === undefined ? {} : { [inAddress]: value },
    enabled: inAddress !== undefined && value !== '',
  })
  const ask = (text: string) =>
    setAsked({
      ...{ email: undefined, group: undefined, enrolment: undefined, account: undefined },
      [kind]: text.trim(),
    })
  return (
    <Page
      title="Lookup"
      about="Which policy somebody gets at this moment, why that one, and where every key in force comes from."
    >
      <Group align="flex-end" gap="sm" mb="lg">
        <SegmentedControl
          aria-label="Look up by"
          value={kind}
          onChange={(next) => setKind(z.enum(kinds).catch('email').parse(next))}
          data={kinds.map((k) => ({ value: k, label: labels[k] }))}
        />
        <Ask
          key={`${kind} ${inAddress === kind ? value : ''}`}
          kind={kind}
          start={inAddress === kind ? value : ''}
          onAsk={ask}
        />
      </Group>
      {inAddress === undefined || value === '' ? (
        <Empty title="Whom is it about?">
          A member by e-mail address, a group as somebody would get it who is in no other, an
          enrolment, or a service account.
        </Empty>
      ) : (
        <Loaded of={answer}>{(found) => <Answer of={found} />}</Loaded>
      )}
    </Page>
  )
}

function Ask({
  kind,
  start,
  onAsk,
}: {
  readonly kind: Kind
  readonly start: string
  readonly onAsk: (text: string) => void
}) {
  const [text, setText] = useState(start)
  const [q] = useDebouncedValue(text.trim(), 200)
  const near = useApi(['lookup-names', kind], lists[kind], named, {
    query: { q, limit: 8 },
    enabled: q !== '' && q !== start,
    keep: true,
  })
  const names = (near.data?.items ?? []).map((item) => item.email ?? item.name)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim() !== '') onAsk(text)
      }}
    >
      <Group align="flex-end" gap="sm">
        <Autocomplete
          aria-label={labels[kind]}
          placeholder={labels[kind]}
          w={300}
          data={[...new Set(names)]}
          value={text}
          onChange={setText}
          onOptionSubmit={onAsk}
          filter={({ options }) => options}
        />
        <Button type="submit" disabled={text.trim() === ''}>
          Look up
        </Button>
      </Group>
    </form>
  )
}
