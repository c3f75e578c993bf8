import { useState } from 'react'
import { Button, Group, Stack } from '@mantine/core'
import { z } from 'zod'
import {
  Diff,
  Empty,
  Facts,
  Loaded,
  Page,
  Section,
  Time,
  Timeline,
  useAddress,
  useApi,
  useCan,
  useParam,
} from '#web/kit/index.ts'
import { recordedOnly } from '../../decisions/schema.catalogue.ts'
import {
  decisionWithHistory,
  type DecisionVersion,
  type DecisionWithHistory,
} from '../../decisions/schema.ts'
import { Owner, ReviewBy } from './decisions.tsx'
import { RecordDecision } from './record.tsx'

export function DecisionScreen() {
  const key = useParam('key')
  const answer = useApi(['decisions', key], `/api/v1/decisions/${key}`, decisionWithHistory)
  return (
    <Loaded of={answer}>
      {(one) => (
        <Page
          title={one.name}
          trail={[{ label: 'Decisions', to: '/decisions' }]}
          about={`${one.about} ${recordedOnly}`}
          actions={<Acts of={one} />}
        >
          <Stack gap="xl">
            <Present of={one} />
            {one.versions.length > 0 && <Versions of={one.versions} />}
          </Stack>
        </Page>
      )}
    </Loaded>
  )
}

function Acts({ of }: { readonly of: DecisionWithHistory }) {
  const [opened, setOpened] = useState(false)
  if (!useCan('decisions.manage')) return null
  return (
    <>
      <Button onClick={() => setOpened(true)}>
        {of.current ? 'Decide anew…' : 'Record the decision…'}
      </Button>
      {opened && <RecordDecision of={of} onClose={() => setOpened(false)} />}
    </>
  )
}

function Present({ of }: { readonly of: DecisionWithHistory }) {
  const { current, where } = of
  if (!current)
    return (
      <Empty title="Not decided yet">
        It is set at the vendor: {where}. Once it is decided, who decided it and why stands here.
      </Empty>
    )
  return (
    <Section title="As it stands">
      <Facts
        of={[
          ['Decided', <Words key="w" of={current} />],
          ['Owner', <Owner key="o" of={current.owner} />],
          ['Reason', current.reason],
          ['Review by', <ReviewBy key="r" of={of} />],
          ['Set at the vendor', where],
          [
            'Recorded',
            <span key="a">
              <Time at={current.at} /> by {current.by}, version {current.number}
            </span>,
          ],
        ]}
      />
    </Section>
  )
}

const Words = ({ of }: { readonly of: DecisionVersion }) => (
  <Group gap={4} component="span">
    {of.words.map((words) => (
      <span key={words} style={{ display: 'block', width: '100%' }}>
        {words.replace(/^Decision: /, '')}
      </span>
    ))}
  </Group>
)

const view = z.object({
  from: z.coerce.number().int().min(1).optional().catch(undefined),
  to: z.coerce.number().int().min(1).optional().catch(undefined),
})

/** The versions, and what changed between any two: the address says which. */
function Versions({ of }: { readonly of: readonly DecisionVersion[] }) {
  const [asked, setView] = useAddress(view)
  const newest = of[0]?.number ?? 1
  const to = asked.to ?? newest
  const from = asked.from ?? to - 1
  const text = (number: number) => {
    const version = of.find((one) => one.number === number)
    return version ? asText(version) : ''
  }
  return (
    <Section title="Versions">
      <Stack gap="lg">
        <Timeline
          versions={of.map((one) => ({ ...one, author: one.by, message: one.reason }))}
          from={from}
          to={to}
          onPair={(a, b) => setView({ from: a, to: b })}
        />
        {from >= 1 && from !== to && (
          <Diff
            before={text(from)}
            after={text(to)}
            beforeLabel={`Version ${from}`}
            afterLabel={`Version ${to}`}
          />
        )}
      </Stack>
    </Section>
  )
}

/** A version as lines, so that two of them can stand side by side. */
const asText = ({ words, owner, reason, reviewAt }: DecisionVersion): string =>
  [
    ...words,
    `Owner: ${owner.label}`,
    `Review by: ${reviewAt === null ? 'never' : new Date(reviewAt).toISOString().slice(0, 10)}`,
    `Reason: ${reason}`,
    '',
  ].join('\n')
