import { useState } from 'react'
import { Button, Group } from '@mantine/core'
import { surface, type Surface } from '#features/workspace/surfaces/schema.ts'
import { surfaceWords } from '#features/workspace/surfaces/schema.words.ts'
import { api, ChangeSetConfirm, MessageField, useAct } from '#web/kit/index.ts'

/** Turns a surface on or off, after its effect was looked at. */
export function Switch({ of }: { readonly of: Surface }) {
  const [opened, setOpened] = useState(false)
  // What was asked for: while the dialog closes, the surface is already in its new state.
  const [on, setOn] = useState(!of.on)
  const [message, setMessage] = useState(of.message)
  const { name, question } = surfaceWords[of.key]
  const turn = useAct(
    (changeSet: string | undefined) =>
      api.put(`/api/v1/surfaces/${of.key}`, {
        body: { on, message, changeSet },
        schema: surface,
      }),
    {
      refresh: ['surfaces', 'delivery', 'overview', 'refusals'],
      done: `${name} is ${on ? 'on' : 'off'}`,
      onError: () => true,
    },
  )
  return (
    <Group gap="xs">
      <Button
        variant="default"
        {...(of.on ? { color: 'red' } : {})}
        aria-label={`Turn ${of.on ? 'off' : 'on'} ${name}`}
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
        title={on ? `Turn ${name} on?` : question}
        action={on ? 'Turn on' : 'Turn off'}
        danger={!on}
        act={{ kind: 'surface', key: of.key, on }}
        onConfirm={(hash) => turn.mutateAsync(hash)}
      >
        {!on && (
          <MessageField
            label="Your text"
            description="Shown wherever the client shows a text of ours; the table below the switch says where. Empty: a general sentence."
            value={message}
            onChange={setMessage}
          />
        )}
      </ChangeSetConfirm>
    </Group>
  )
}
