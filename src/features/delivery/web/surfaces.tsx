import { useState } from 'react'
import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { z } from 'zod'
import { surface, type Surface } from '#features/workspace/schema.ts'
import {
  api,
  ChangeSetConfirm,
  Facts,
  Loaded,
  Page,
  Section,
  Status,
  Time,
  useAct,
  useApi,
  useCan,
} from '#web/kit/index.ts'
import { deliveryState, type DeliveryState } from '../schema.ts'
import { Outage } from './outage.tsx'

const surfaces = z.object({ items: z.array(surface) })

export function SurfacesScreen() {
  const answer = useApi(['surfaces'], '/api/v1/surfaces', surfaces)
  const may = useCan('enrolments.read')
  const state = useApi(['delivery'], '/api/v1/delivery', deliveryState, {
    enabled: may,
    every: 10_000,
  })
  return (
    <Page
      title="Surfaces"
      about="What Gatehouse can turn off by itself. Switches of the vendor’s own cloud are not here, because they could not be enforced."
      width="narrow"
    >
      <Stack gap="xl">
        <Loaded of={answer}>
          {({ items }) =>
            items.map((one) => <One key={one.key} of={one} refusal={state.data?.refusal} />)
          }
        </Loaded>
        {may && <Loaded of={state}>{(now) => <Outage of={now} />}</Loaded>}
      </Stack>
    </Page>
  )
}

interface OneProps {
  readonly of: Surface
  readonly refusal: DeliveryState['refusal'] | undefined
}

function One({ of, refusal }: OneProps) {
  const may = useCan('surfaces.manage')
  return (
    <Section
      title="Codex local"
      about="The client on machines: command line, IDE extension, desktop."
      actions={may && <Switch of={of} />}
    >
      <Facts
        of={[
          [
            'State',
            of.on ? (
              <Status meaning="allowed">on</Status>
            ) : (
              <Status meaning="forbidden">off: every enrolment is refused</Status>
            ),
          ],
          ...(of.changedAt === null
            ? []
            : [
                [
                  'Changed',
                  <span key="c">
                    <Time at={of.changedAt} /> by {of.changedBy}
                  </span>,
                ] as const,
              ]),
          ...(refusal
            ? [
                ['A person reads, when it is off', refusal.client] as const,
                ['Our text in the answer', refusal.answer] as const,
              ]
            : []),
        ]}
      />
      <Text size="sm" c="dimmed" mt="xs">
        The client shows its own sentence for every refusal and never our text; the text is for
        whoever asks the address by hand. Tell people in another way why it is off.
      </Text>
    </Section>
  )
}

function Switch({ of }: { readonly of: Surface }) {
  const [opened, setOpened] = useState(false)
  // What was asked for: while the dialog closes, the surface is already in its new state.
  const [on, setOn] = useState(!of.on)
  const [message, setMessage] = useState(of.message)
  const turn = useAct(
    (changeSet: string | undefined) =>
      api.put(`/api/v1/surfaces/${of.key}`, {
        body: { on, message, changeSet },
        schema: surface,
      }),
    {
      refresh: ['surfaces', 'delivery', 'overview'],
      done: on ? 'Codex local is on' : 'Codex local is off',
      onError: () => true,
    },
  )
  return (
    <Group gap="xs">
      <Button
        variant="default"
        {...(of.on ? { color: 'red' } : {})}
        onClick={() => {
          setMessage(of.message)
          setOn(!of.on)
          setOpened(true)
        }}
      >
        {of.on ? 'Turn off' : 'Turn on'}
      </Button>
      <ChangeSetConfirm
        opened={opened}
        onClose={() => setOpened(false)}
        title={on ? 'Turn Codex local on?' : 'Turn Codex local off for everybody?'}
        action={on ? 'Turn on' : 'Turn off'}
        danger={!on}
        act={{ kind: 'surface', key: of.key, on }}
        onConfirm={(hash) => turn.mutateAsync(hash)}
      >
        {!on && (
          <Textarea
            label="Text of the answer"
            description="Goes out with the refusal. The client does not show it."
            autosize
            minRows={2}
            maxLength={500}
            value={message}
            onChange={(event) => setMessage(event.currentTarget.value)}
          />
        )}
      </ChangeSetConfirm>
    </Group>
  )
}
